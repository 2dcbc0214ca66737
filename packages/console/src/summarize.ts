import { bucketRequests } from './buckets.ts';
import type { DrillResult } from './drill-result.ts';
import { percentile } from './percentile.ts';
import type { RequestResult } from './request-result.ts';

/** What was measured in one drill. All times epoch ms, by one clock. */
export interface Trace {
  /** When the load began. */
  startedAt: number;
  faultAt: number;
  /** When the fault was taken away again; null if it was left on. What got better after that is not Evac's doing. */
  mendedAt: number | null;
  endedAt: number;
  /** Every request of the drill, in any order; one still open at the end belongs here as failed. */
  requests: readonly RequestResult[];
  /** When it was first judged, and when the broken thing was first out of traffic; only what came after the fault counts. */
  events: readonly { at: number; kind: 'detected' | 'traffic-stopped' }[];
  /** Good answers must go on this long before it counts as recovered. */
  steadyMs: number;
}

type Summary = Pick<
  DrillResult,
  | 'detectedMs'
  | 'trafficStoppedMs'
  | 'recoveredMs'
  | 'requests'
  | 'longestGapMs'
  | 'series'
  | 'failures'
  | 'failedBeforeFault'
>;

/** The times in whole milliseconds, counts and series of a drill, with null for whatever did not happen. */
export function summarize(trace: Trace): Summary {
  const { requests, faultAt } = trace;
  const good = requests.filter((request) => request.ok);
  const bad = requests.filter((request) => !request.ok);
  // Clients measure finer than anybody reads.
  const latencies = good.map((request) => Math.round(request.latencyMs));
  return {
    detectedMs: firstAfter(trace, 'detected'),
    trafficStoppedMs: firstAfter(trace, 'traffic-stopped'),
    recoveredMs: recovered(trace, good, bad),
    requests: {
      total: requests.length,
      failed: bad.length,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
    },
    longestGapMs: longestGap(trace, good),
    series: bucketRequests(requests, trace.startedAt),
    failures: countReasons(bad),
    failedBeforeFault: bad.filter((request) => endOf(request) < faultAt).length,
  };
}

const endOf = (request: RequestResult): number => request.askedAt + request.latencyMs;

function firstAfter(trace: Trace, kind: Trace['events'][number]['kind']): number | null {
  const times = trace.events
    .filter((event) => event.kind === kind && event.at >= trace.faultAt)
    .map((event) => event.at);
  return times.length === 0 ? null : Math.round(Math.min(...times) - trace.faultAt);
}

/**
 * Counted by when requests were asked: a client that was caught by the fault and waits out its timeout says
 * nothing of those that ask later. One failure at any later time, while the fault is on, and it had not recovered.
 */
function recovered(trace: Trace, good: RequestResult[], bad: RequestResult[]): number | null {
  const until = trace.mendedAt ?? trace.endedAt;
  const harmed = bad.filter((request) => endOf(request) >= trace.faultAt && request.askedAt <= until);
  if (harmed.length === 0) return null;
  // What was asked before the fault and answered after it says nothing of those who ask now.
  const lastBad = Math.max(trace.faultAt, ...harmed.map((request) => request.askedAt));
  const answers = good.filter((request) => request.askedAt > lastBad && endOf(request) <= until).map(endOf);
  if (answers.length === 0) return null;
  const at = Math.min(...answers);
  if (until - at < trace.steadyMs) return null;
  return Math.round(at - trace.faultAt);
}

/**
 * The longest time between two good answers, of which the second came after the fault. It begins at the fault when
 * nothing had been answered before, and runs to the last failure when nothing was answered after.
 */
function longestGap(trace: Trace, good: RequestResult[]): number | null {
  const answers = good.map(endOf).toSorted((a, b) => a - b);
  const before = answers.filter((at) => at < trace.faultAt);
  const after = answers.filter((at) => at >= trace.faultAt);
  const lastEnd = Math.max(...trace.requests.map(endOf), Number.NEGATIVE_INFINITY);
  if (lastEnd < trace.faultAt) return null;
  const stops = [before.at(-1) ?? trace.faultAt, ...after, lastEnd];
  let longest = 0;
  for (const [index, at] of stops.entries()) longest = Math.max(longest, at - (stops[index - 1] ?? at));
  return Math.round(longest);
}

function countReasons(bad: RequestResult[]): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { reason = 'unknown' } of bad) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}
