import { type ZoneName, zoneName } from '@evac/core';
import type { Draw } from './draw.ts';

export const intervalMs = 5_000;
export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const dayMs = 1_440 * minuteMs;
export const yearMs = 365 * dayMs;

interface Zone {
  name: ZoneName;
  nodes: number;
  /** Requests in a round, averaged over the day. */
  requests: number;
  /** Of its requests, errors that are nobody's fault. */
  errors: number;
  /** Its probes' latency beside the other zones'. */
  latencyFactor: number;
}

/** One region's service in quiet times, and how it is noisy. A rate is a mean number of times, after Poisson. */
export interface World {
  zones: Zone[];
  /** Errors come in clumps of this mean size, each in one zone. */
  clump: number;
  /** Of single probes, failures that are nobody's fault. */
  probeErrors: number;
  latencyMs: number;
  /** The day's low is this share of its mean. */
  low: number;
  /** When in a round each zone's vantage asks, as a share of the round. */
  phases: number[];
  /** Errors in all zones at once. */
  burstsPerDay: number;
  /** How far apart the zones are in a burst: standard deviation of the log-odds. */
  burstSpread: number;
  badNodesPerNodeYear: number;
  deploysPerWeek: number;
  /** One vantage fails to reach one zone for some rounds. */
  blipsPerVantageWeek: number;
  /** One vantage writes nothing for some minutes. */
  silencesPerVantageWeek: number;
}

/** Every order of magnitude alike: a tenth of all zones have one node. */
const mostNodes = 40;

/** A world by chance, each zone with so many requests a minute (from and to) by day. */
export function drawWorld(draw: Draw, [least, most]: readonly [number, number] = [5, 5_000]): World {
  const count = draw.whole(2, 6);
  const volume = draw.magnitude(least, most);
  const uneven = draw.between(0, 0.6);
  const chatty = draw.chance(0.3) ? draw.whole(0, count - 1) : -1;
  const nodes = Math.round(draw.magnitude(1, mostNodes));
  const errors = draw.magnitude(1e-5, 1e-2);
  const zones = Array.from({ length: count }, (_, i): Zone => {
    const factor = Math.exp(draw.normal(uneven)) * (i === chatty ? draw.between(3, 10) : 1);
    return {
      name: zoneName(`zone-${i}`),
      nodes: Math.max(
        1,
        Math.min(mostNodes, Math.round(nodes * (draw.chance(0.7) ? 1 : draw.between(0.6, 1.4)))),
      ),
      requests: Math.min(most, Math.max(least, volume * factor)) * (intervalMs / minuteMs),
      errors: errors * (i === chatty ? draw.between(1, 5) : draw.between(0.5, 1.5)),
      latencyFactor: Math.exp(draw.between(-0.2, 0.2)),
    };
  });
  return {
    zones,
    clump: draw.magnitude(1, 10),
    probeErrors: draw.magnitude(1e-6, 1e-3),
    latencyMs: draw.magnitude(5, 500),
    low: draw.between(0.2, 1),
    phases: zones.map(() => draw.share()),
    burstsPerDay: draw.magnitude(0.2, 10),
    burstSpread: draw.between(0, 0.5),
    badNodesPerNodeYear: draw.magnitude(0.5, 12),
    deploysPerWeek: draw.magnitude(0.2, 10),
    blipsPerVantageWeek: draw.magnitude(0.2, 10),
    silencesPerVantageWeek: draw.magnitude(0.1, 3),
  };
}

/** The load at a time of day beside the day's mean; between `low` and 2 - `low`. */
export function load(world: World, at: number): number {
  return 1 + (1 - world.low) * Math.sin((2 * Math.PI * at) / dayMs);
}
