import type { Clock, ZoneName, ZoneRound } from '@evac/core';
import { keep } from '../keep.ts';

const keptBuckets = 120;
/** Enough for a median; a busy bucket does not grow without end. */
const keptLatencies = 1_000;

interface Bucket {
  total: number;
  failed: number;
  latencies: number[];
  /** What it comes to, once it has ended: everybody who asks is told the same. */
  round?: ZoneRound;
}

/** The balancer's request counters per zone, in buckets of equal length. */
export interface Traffic {
  count(zone: ZoneName, ok: boolean, latencyMs: number): void;
  /** The buckets that ended after `since` and by now, oldest first; a zone without requests has none. */
  rounds(since: number): ZoneRound[];
}

export function createTraffic(clock: Clock, bucketMs: number): Traffic {
  /** By the bucket's end; Map keeps them in the order of time. */
  const buckets = new Map<number, Map<ZoneName, Bucket>>();

  function current(zone: ZoneName): Bucket {
    const end = (Math.floor(clock.now() / bucketMs) + 1) * bucketMs;
    let zones = buckets.get(end);
    if (!zones) {
      zones = new Map();
      buckets.set(end, zones);
      for (const old of [...buckets.keys()].slice(0, -keptBuckets)) buckets.delete(old);
    }
    let bucket = zones.get(zone);
    if (!bucket) {
      bucket = { total: 0, failed: 0, latencies: [] };
      zones.set(zone, bucket);
    }
    return bucket;
  }

  return {
    count(zone, ok, latencyMs) {
      const bucket = current(zone);
      bucket.total += 1;
      if (!ok) bucket.failed += 1;
      else if (bucket.latencies.length < keptLatencies) bucket.latencies.push(latencyMs);
    },
    rounds(since) {
      const now = clock.now();
      const rounds: ZoneRound[] = [];
      for (const [end, zones] of buckets) {
        if (end <= since || end > now) continue;
        for (const [zone, bucket] of zones) {
          bucket.round ??= roundOf(zone, end, bucket);
          rounds.push(bucket.round);
        }
      }
      return rounds;
    },
  };
}

function roundOf(zone: ZoneName, at: number, { total, failed, latencies }: Bucket): ZoneRound {
  const latencyMs = median(latencies);
  return keep({ zone, source: 'traffic', at, total, failed, nodes: 0, affected: [], latencyMs });
}

function median(values: number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
