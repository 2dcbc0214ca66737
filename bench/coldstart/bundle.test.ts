import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundle, functionNames } from './bundle.ts';

/** Sizes only: how long an import takes is the bench's to measure, on a machine that has nothing else to do. */

let outdir: string;
let bundles: Bundle[];
beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'evac-bundles-'));
  bundles = await bundle(functionNames(), outdir);
}, 60_000);
afterAll(() => rm(outdir, { recursive: true }));

describe('the bundle of the function', () => {
  it.each(functionNames())('%s is within its limit, and carries what it loads', (name) => {
    const made = bundles.find((b) => b.name === name);
    if (!made) throw new Error('it was not bundled');
    const { bytes, limit, missing, parts } = made;
    expect(bytes, `${name}: ${JSON.stringify(parts.slice(0, 8))}`).toBeLessThanOrEqual(limit.bytes);
    expect(missing).toEqual([]);
    // The config's reader stays where the config is written.
    expect(parts.map(({ part }) => part)).not.toContain('zod');
  });
});
