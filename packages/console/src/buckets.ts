import type { Bucket } from './drill-result.ts';
import { percentile } from './percentile.ts';
import type { RequestResult } from './request-result.ts';

/**
 * Counts requests by the second in which they were asked, from `startedAt` (epoch ms) to the last one: seconds in
 * which nothing was asked are there, with zeros. Requests asked before `startedAt` are left out.
 */
export function bucketRequests(
  requests: readonly RequestResult[],
  startedAt: number,
  widthMs = 1_000,
): Bucket[] {
  const groups = new Map<number, RequestResult[]>();
  let last = -1;
  for (const request of requests) {
    const index = Math.floor((request.askedAt - startedAt) / widthMs);
    if (index < 0) continue;
    last = Math.max(last, index);
    const group = groups.get(index);
    if (group) group.push(request);
    else groups.set(index, [request]);
  }
  return Array.from({ length: last + 1 }, (_, index) => {
    const group = groups.get(index) ?? [];
    const good = group.filter((request) => request.ok).map((request) => request.latencyMs);
    return {
      atMs: index * widthMs,
      widthMs,
      ok: good.length,
      failed: group.length - good.length,
      p50Ms: percentile(good, 0.5),
      p99Ms: percentile(good, 0.99),
    };
  });
}

/**
 * At most `most` buckets over the same time, neighbours added up. A merged percentile cannot be known from its
 * parts: the worst of the parts stands for the p99, the middle one for the p50.
 */
export function mergeBuckets(buckets: readonly Bucket[], most: number): Bucket[] {
  const per = Math.ceil(buckets.length / most);
  if (per <= 1) return [...buckets];
  const merged: Bucket[] = [];
  for (let from = 0; from < buckets.length; from += per) {
    const group = buckets.slice(from, from + per);
    const [first] = group;
    const last = group.at(-1);
    if (!first || !last) continue;
    merged.push({
      atMs: first.atMs,
      widthMs: last.atMs + last.widthMs - first.atMs,
      ok: group.reduce((sum, bucket) => sum + bucket.ok, 0),
      failed: group.reduce((sum, bucket) => sum + bucket.failed, 0),
      p50Ms: percentile(known(group.map((bucket) => bucket.p50Ms)), 0.5),
      p99Ms: percentile(known(group.map((bucket) => bucket.p99Ms)), 1),
    });
  }
  return merged;
}

function known(values: (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
