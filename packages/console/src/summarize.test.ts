import { describe, expect, it } from 'vitest';
import type { RequestResult } from './request-result.ts';
import { summarize, type Trace } from './summarize.ts';

const good = (askedAt: number, latencyMs = 10): RequestResult => ({ askedAt, latencyMs, ok: true });
const bad = (askedAt: number, latencyMs = 10, reason = 'connect-refused'): RequestResult => ({
  askedAt,
  latencyMs,
  ok: false,
  reason,
});

/** Asked every 100 ms from 0 to 20 s, the fault at 5 s; `broken` says which failed. */
function steady(broken: (at: number) => boolean): RequestResult[] {
  return Array.from({ length: 200 }, (_, index) =>
    broken(index * 100) ? bad(index * 100) : good(index * 100),
  );
}

function traceOf(requests: RequestResult[], more: Partial<Trace> = {}): Trace {
  return {
    startedAt: 0,
    faultAt: 5_000,
    mendedAt: null,
    endedAt: 20_000,
    requests,
    events: [],
    steadyMs: 2_000,
    ...more,
  };
}

describe('a fault that no client felt', () => {
  const summary = summarize(traceOf(steady(() => false)));

  it('has no recovery, since nothing was to recover from', () => {
    expect(summary.recoveredMs).toBeNull();
    expect(summary.detectedMs).toBeNull();
    expect(summary.trafficStoppedMs).toBeNull();
    expect(summary.failures).toEqual([]);
  });

  it('still has its requests, its latency and the time between two answers', () => {
    expect(summary.requests).toEqual({ total: 200, failed: 0, p50Ms: 10, p99Ms: 10 });
    expect(summary.longestGapMs).toBe(100);
  });
});

describe('a fault that clients felt for three seconds', () => {
  const summary = summarize(
    traceOf(
      steady((at) => at >= 5_000 && at < 8_000),
      {
        events: [
          { at: 4_000, kind: 'detected' },
          { at: 7_400, kind: 'detected' },
          { at: 6_500, kind: 'detected' },
          { at: 7_900, kind: 'traffic-stopped' },
        ],
      },
    ),
  );

  it('recovered with the first answer to somebody who asked after the last that failed', () => {
    expect(summary.recoveredMs).toBe(3_010);
  });

  it('was detected by the first judgement after the fault, not by one before it', () => {
    expect(summary.detectedMs).toBe(1_500);
    expect(summary.trafficStoppedMs).toBe(2_900);
  });

  it('left a gap from the last answer before to the first one after', () => {
    expect(summary.longestGapMs).toBe(8_010 - 4_910);
  });
});

it('has whole milliseconds, however fine its clients measure', () => {
  const requests = steady((at) => at >= 5_000 && at < 8_000).map((r) => ({ ...r, latencyMs: 10.123456 }));
  const { recoveredMs, longestGapMs, requests: counts } = summarize(traceOf(requests));
  expect({ recoveredMs, longestGapMs }).toEqual({ recoveredMs: 3_010, longestGapMs: 3_100 });
  expect(counts).toMatchObject({ p50Ms: 10, p99Ms: 10 });
});

it('did not recover when requests go on failing to the end, and the gap reaches to the last of them', () => {
  const summary = summarize(traceOf(steady((at) => at >= 5_000)));
  expect(summary.recoveredMs).toBeNull();
  expect(summary.longestGapMs).toBe(19_910 - 4_910);
});

it('did not recover when one request fails later, however long it went well between', () => {
  const summary = summarize(traceOf(steady((at) => at === 5_500 || at === 19_000)));
  expect(summary.recoveredMs).toBeNull();
});

it('did not recover when the good answers have not gone on for long enough to be believed', () => {
  const requests = steady((at) => at >= 5_000 && at < 18_500);
  expect(summarize(traceOf(requests)).recoveredMs).toBeNull();
  expect(summarize(traceOf(requests, { steadyMs: 1_000 })).recoveredMs).toBe(13_510);
});

it('does not call it recovered when only mending the fault made it better', () => {
  const requests = steady((at) => at >= 5_000 && at < 9_000);
  expect(summarize(traceOf(requests, { mendedAt: 9_000 })).recoveredMs).toBeNull();
  expect(summarize(traceOf(requests, { mendedAt: 15_000 })).recoveredMs).toBe(4_010);
});

it('does not hold a failure after the mending against the recovery before it', () => {
  const requests = steady((at) => (at >= 5_000 && at < 7_000) || at === 19_000);
  expect(summarize(traceOf(requests, { mendedAt: 18_000 })).recoveredMs).toBe(2_010);
});

it('counts failures from before the fault as such: they are no harm that the fault did', () => {
  const summary = summarize(traceOf(steady((at) => at < 1_000)));
  expect(summary.failedBeforeFault).toBe(10);
  expect(summary.requests.failed).toBe(10);
  expect(summary.recoveredMs).toBeNull();
});

it('counts a request that was asked before the fault and cut by it as harm, and recovers after the fault', () => {
  const requests = [...steady(() => false), bad(4_000, 1_500, 'stream-cut')];
  const summary = summarize(traceOf(requests));
  expect(summary.failedBeforeFault).toBe(0);
  expect(summary.recoveredMs).toBe(110);
});

it('does not let a client that waits out its timeout hide that later ones were answered', () => {
  const requests = [...steady(() => false), bad(5_050, 10_000, 'first-token-timeout')];
  expect(summarize(traceOf(requests)).recoveredMs).toBe(110);
});

it('says nothing of what was never asked', () => {
  const summary = summarize(traceOf([]));
  expect(summary.requests).toEqual({ total: 0, failed: 0, p50Ms: null, p99Ms: null });
  expect(summary.longestGapMs).toBeNull();
  expect(summary.series).toEqual([]);
});

it('has no gap to tell of when all requests had ended before the fault', () => {
  expect(summarize(traceOf([good(1_000), good(2_000)])).longestGapMs).toBeNull();
});

it('begins the gap at the fault when nothing had been answered before', () => {
  expect(summarize(traceOf([bad(4_950), good(9_000)])).longestGapMs).toBe(4_010);
});

it('counts the reasons, the most frequent first', () => {
  const { failures } = summarize(
    traceOf([
      bad(1),
      bad(2, 1, 'stream-cut'),
      bad(3, 1, 'stream-cut'),
      { askedAt: 4, latencyMs: 1, ok: false },
    ]),
  );
  expect(failures).toEqual([
    { reason: 'stream-cut', count: 2 },
    { reason: 'connect-refused', count: 1 },
    { reason: 'unknown', count: 1 },
  ]);
});
