import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checks } from './finding.ts';

const page = readFileSync(new URL('../../../../docs/doctor.md', import.meta.url), 'utf8');

it('docs/doctor.md has every finding with its severity and what to do, and no other', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\w+) \| .+ \| .+ \|$/gm)];
  const listed = Object.fromEntries(rows.map(([, check = '', severity = '']) => [check, severity]));
  expect(rows).toHaveLength(Object.keys(checks).length);
  expect(listed).toEqual(checks);
});
