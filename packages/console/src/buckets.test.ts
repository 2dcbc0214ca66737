import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketRequests, mergeBuckets } from './buckets.ts';
import { percentile } from './percentile.ts';

const ask = (askedAt: number, ok = true, latencyMs = 10) => ({ askedAt, ok, latencyMs });

it('counts by the second in which was asked, and keeps the seconds in which nothing was', () => {
  const buckets = bucketRequests([ask(2_999, false), ask(1_000), ask(1_500, true, 30), ask(5_100)], 1_000);
  expect(buckets.map(({ atMs, ok, failed }) => [atMs, ok, failed])).toEqual([
    [0, 2, 0],
    [1_000, 0, 1],
    [2_000, 0, 0],
    [3_000, 0, 0],
    [4_000, 1, 0],
  ]);
  expect(buckets[0]).toMatchObject({ p50Ms: 10, p99Ms: 30 });
  expect(buckets[1]).toMatchObject({ p50Ms: null, p99Ms: null });
});

it('leaves out what was asked before the start', () => {
  expect(bucketRequests([ask(500)], 1_000)).toEqual([]);
});

it('merges without losing a request or a moment, to no more than were wanted', () => {
  const requests = fc.array(
    fc.record({ askedAt: fc.nat(90_000), ok: fc.boolean(), latencyMs: fc.nat(9_000) }),
  );
  fc.assert(
    fc.property(requests, fc.integer({ min: 1, max: 40 }), (asked, most) => {
      const merged = mergeBuckets(bucketRequests(asked, 0), most);
      expect(merged.length).toBeLessThanOrEqual(most);
      expect(merged.reduce((sum, { ok, failed }) => sum + ok + failed, 0)).toBe(asked.length);
      for (const [index, bucket] of merged.entries()) {
        const before = merged[index - 1];
        if (before) expect(bucket.atMs).toBe(before.atMs + before.widthMs);
      }
    }),
  );
});

it('never makes a merged p99 look better than its worst second', () => {
  const buckets = bucketRequests([ask(0, true, 10), ask(1_000, true, 900), ask(2_000, true, 20)], 0);
  expect(mergeBuckets(buckets, 1)).toEqual([
    { atMs: 0, widthMs: 3_000, ok: 3, failed: 0, p50Ms: 20, p99Ms: 900 },
  ]);
});

it('takes a percentile that was really seen', () => {
  expect(percentile([], 0.5)).toBeNull();
  expect(percentile([5], 0.99)).toBe(5);
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(percentile([4, 1, 3, 2], 0.99)).toBe(4);
});
