import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { invariants } from './index.ts';

test('every invariant is in the list under its own file’s name, and each with a test', () => {
  const files = readdirSync(import.meta.dirname);
  const names = invariants.map((make) => make().name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(files).toEqual(expect.arrayContaining([`${name}.ts`, `${name}.test.ts`]));
});
