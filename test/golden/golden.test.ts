import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decide, guardNames } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { readCase } from './format/read-case.ts';
import { type Expected, summarize } from './format/summary.ts';

/** Every folder here that holds a snapshot is a case: copy one, change it, and it is another. */
const root = import.meta.dirname;
const update = process.env.UPDATE_GOLDEN === '1';
const names = readdirSync(root)
  .filter((name) => existsSync(join(root, name, 'snapshot.json')))
  .toSorted();

function expectedOf(name: string): Expected | null {
  const file = join(root, name, 'expected.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

describe('golden', () => {
  it.each(names)('%s', (name) => {
    const { about, snapshot, settings, now } = readCase(join(root, name));
    const expected = expectedOf(name);
    const decided = summarize(decide(snapshot, settings, now), Object.keys(expected?.verdicts ?? {}));
    if (update) {
      writeFileSync(join(root, name, 'expected.json'), `${JSON.stringify(decided, null, 2)}\n`);
      return;
    }
    if (!expected)
      throw new Error(
        `${name} has no expected.json: write what should be decided, or run with UPDATE_GOLDEN=1`,
      );
    expect(decided, about).toEqual(expected);
  });
});

describe('the cases together', () => {
  const all = names.flatMap((name) => expectedOf(name) ?? []);
  it.each(guardNames)('one is refused by %s', (guard) => {
    expect(all.some((e) => e.refusals.some((r) => r.guard === guard))).toBe(true);
  });
  it('none but a folder with a snapshot', () => {
    const folders = readdirSync(root, { withFileTypes: true }).filter((d) => d.isDirectory());
    expect(folders.map((d) => d.name).toSorted()).toEqual([...names, 'format'].toSorted());
  });
});
