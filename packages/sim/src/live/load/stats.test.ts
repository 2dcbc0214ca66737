import { expect, test } from 'vitest';
import { type LoadResult, summarise } from './stats.ts';

const result = (at: number, ok: boolean, latencyMs = 10, region = 'r1'): LoadResult => ({
  at,
  ok,
  latencyMs,
  ttftMs: null,
  region,
  node: null,
  error: ok ? null : 'timeout',
});

test('nothing is nulls and zeros, never a made-up number', () => {
  expect(summarise([], 5_000)).toEqual({
    total: 0,
    failed: 0,
    p50Ms: null,
    p99Ms: null,
    longestGapMs: 0,
    buckets: [],
  });
});

test('percentiles are of the successes, by nearest rank', () => {
  const results = Array.from({ length: 100 }, (_, i) => result(i, true, i + 1));
  const stats = summarise([...results, result(5, false, 9_999)], 200);
  expect(stats).toMatchObject({ total: 101, failed: 1, p50Ms: 50, p99Ms: 99 });
});

test('the longest gap runs between arrivals, from the first request and to the end', () => {
  const late = [result(1_000, false), result(1_500, true), result(1_600, true, 700)];
  expect(summarise(late, 2_400).longestGapMs).toBe(790);
  expect(summarise(late, 9_000).longestGapMs).toBe(6_700);
  expect(summarise([result(1_000, false)], 4_000).longestGapMs).toBe(3_000);
});

test('buckets are seconds, with where the requests went', () => {
  const stats = summarise([result(2_100, true), result(1_999, false), result(2_900, true, 30, 'r2')], 3_000);
  expect(stats.buckets).toEqual([
    { at: 1_000, total: 1, failed: 1, p50Ms: null, regions: { r1: 1 } },
    { at: 2_000, total: 2, failed: 0, p50Ms: 10, regions: { r1: 1, r2: 1 } },
  ]);
});
