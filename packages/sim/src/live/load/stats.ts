/** What one request of the load came to. Times are epoch ms and milliseconds. */
export interface LoadResult {
  /** When it was sent. */
  at: number;
  ok: boolean;
  latencyMs: number;
  ttftMs: number | null;
  /** The region whose address DNS gave; null when DNS gave none. */
  region: string | null;
  node: string | null;
  error: string | null;
}

export interface LoadStats {
  total: number;
  failed: number;
  /** Of what was answered rightly; null when nothing was. */
  p50Ms: number | null;
  p99Ms: number | null;
  /** The longest time in which no success arrived, from the first request on. */
  longestGapMs: number;
  /** One a second (of when requests were sent), for a chart; seconds without a request are left out. */
  buckets: LoadBucket[];
}

export interface LoadBucket {
  /** The second's beginning, epoch ms. */
  at: number;
  total: number;
  failed: number;
  p50Ms: number | null;
  /** Requests by the region they went to. */
  regions: Record<string, number>;
}

/** Sums up results; `until` is when the load ended, or now. */
export function summarise(results: readonly LoadResult[], until: number): LoadStats {
  const good = results.filter((r) => r.ok);
  const latencies = good.map((r) => r.latencyMs);
  const bySecond = Map.groupBy(results, (r) => Math.floor(r.at / 1_000) * 1_000);
  return {
    total: results.length,
    failed: results.length - good.length,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    longestGapMs: longestGap(results, until),
    buckets: [...bySecond].toSorted(([a], [b]) => a - b).map(([at, sent]) => bucket(at, sent)),
  };
}

function bucket(at: number, sent: LoadResult[]): LoadBucket {
  const good = sent.filter((r) => r.ok);
  const regions: Record<string, number> = {};
  for (const { region } of sent) if (region !== null) regions[region] = (regions[region] ?? 0) + 1;
  const p50Ms = percentile(
    good.map((r) => r.latencyMs),
    0.5,
  );
  return { at, total: sent.length, failed: sent.length - good.length, p50Ms, regions };
}

function longestGap(results: readonly LoadResult[], until: number): number {
  if (results.length === 0) return 0;
  const arrivals = results.filter((r) => r.ok).map((r) => r.at + r.latencyMs);
  let last = results.reduce((first, r) => Math.min(first, r.at), Number.POSITIVE_INFINITY);
  let longest = 0;
  for (const at of [...arrivals.toSorted((a, b) => a - b), until]) {
    longest = Math.max(longest, at - last);
    last = Math.max(last, at);
  }
  return longest;
}

/** The nearest rank; null of nothing. */
function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
}
