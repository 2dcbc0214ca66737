import type { SceneResult } from '@evac/simulation';
import { expect, it } from 'vitest';
import { createTally } from './tally.ts';

const empty = { digest: '', virtualMs: 1_000, violations: [], moves: [], refusals: {}, faults: [] };

function tallyOf(results: (Partial<SceneResult> & { seed: number })[]) {
  const tally = createTally();
  for (const result of results) tally.add({ ...empty, ...result });
  return tally.result();
}

it('takes percentiles of times that were really seen, and leaves out what was never detected or recovered', () => {
  const times = Array.from({ length: 100 }, (_, i) => i + 1);
  const { faults } = tallyOf([
    {
      seed: 1,
      faults: [
        ...times.map((ms) => ({
          name: 'zone-loss' as const,
          detectedMs: ms,
          recoveredMs: ms > 50 ? null : 10 * ms,
        })),
        { name: 'node-crash', detectedMs: null, recoveredMs: null },
      ],
    },
  ]);
  expect(faults).toEqual([
    {
      fault: 'node-crash',
      count: 1,
      detected: { count: 0, p50Ms: null, p90Ms: null, p99Ms: null, maxMs: null },
      recovered: { count: 0, p50Ms: null, p90Ms: null, p99Ms: null, maxMs: null },
    },
    {
      fault: 'zone-loss',
      count: 100,
      detected: { count: 100, p50Ms: 50, p90Ms: 90, p99Ms: 99, maxMs: 100 },
      recovered: { count: 50, p50Ms: 250, p90Ms: 450, p99Ms: 500, maxMs: 500 },
    },
  ]);
});

it('counts a rule once for each time it was broken, and once for each seed', () => {
  const violation = (atMs: number) => ({ invariant: 'paused means no move', atMs, text: `at ${atMs}` });
  const { broken } = tallyOf([
    { seed: 9, violations: [violation(5), violation(6)] },
    { seed: 2, violations: [violation(7)] },
    { seed: 3 },
  ]);
  expect(broken).toEqual([
    {
      invariant: 'paused means no move',
      count: 3,
      seeds: [
        { seed: 2, atMs: 7, text: 'at 7' },
        { seed: 9, atMs: 5, text: 'at 5' },
      ],
    },
  ]);
});

it('comes to the same in whatever order the seeds ended, and to another for another trace', () => {
  const one = { seed: 1, digest: 'a', refusals: { cooldown: 1 } };
  const two = { seed: 2, digest: 'b', refusals: { quorum: 3, cooldown: 1 } };
  expect(JSON.stringify(tallyOf([two, one]))).toBe(JSON.stringify(tallyOf([one, two])));
  expect(tallyOf([one, two]).refusals).toEqual({ quorum: 3, cooldown: 2 });
  expect(tallyOf([one, { ...two, digest: 'c' }]).digest).not.toBe(tallyOf([one, two]).digest);
});
