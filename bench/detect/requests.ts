import type { Disturbance } from './disturbance.ts';
import type { Draw } from './draw.ts';
import { intervalMs, load, type World } from './world.ts';

export interface Counted {
  total: number;
  failed: number;
}

/** What the load balancer counts, zone by zone, a round at a time. */
export interface Requests {
  count(index: number, active: readonly Disturbance[]): Counted[];
  /** No round that ends before this (ms) has an error of its own accord. */
  readonly quietUntil: number;
}

/** One client in fifty tries again and again. */
const stubborn = { share: 0.02, times: 10 };

export function createRequests(world: World, draw: Draw, from: number): Requests {
  const { zones } = world;
  const clumps = zones.map((zone) => (zone.requests * zone.errors) / world.clump / intervalMs);
  const all = clumps.reduce((a, b) => a + b, 0);
  // Drawn at the day's busiest rate and thinned to the hour's.
  const busiest = 2 - world.low;
  const meanMs = 1 / (all * busiest);
  let nextClump = from + draw.exponential(meanMs);

  function someZone(): number {
    let left = draw.share() * all;
    const found = clumps.findIndex((rate) => {
      left -= rate;
      return left < 0;
    });
    return Math.max(0, found);
  }

  function failing(zone: number, nodes: number, at: number, active: readonly Disturbance[]): number {
    let share = 0;
    for (const d of active) {
      if (d.zone !== zone || d.requests === 0) continue;
      const begin = Math.max(at, d.from + d.requestsLaterMs);
      const overlap = Math.max(0, Math.min(at + intervalMs, d.to + d.requestsLaterMs) - begin) / intervalMs;
      share += d.requests * overlap * ((d.nodes?.length ?? nodes) / nodes);
    }
    return Math.min(1, share);
  }

  return {
    get quietUntil() {
      return nextClump;
    },
    count(index, active) {
      const at = index * intervalMs;
      const counts = zones.map(({ requests, nodes }, zone): Counted => {
        const total = draw.poisson(requests * load(world, at));
        return { total, failed: draw.binomial(total, failing(zone, nodes, at, active)) };
      });
      for (; nextClump < at + intervalMs; nextClump += draw.exponential(meanMs)) {
        if (!draw.chance(load(world, nextClump) / busiest)) continue;
        const size = 1 + (world.clump > 1 ? Math.floor(draw.exponential(world.clump - 1)) : 0);
        const failed = draw.chance(stubborn.share) ? size * stubborn.times : size;
        const count = counts[someZone()];
        if (!count) continue;
        count.total += failed;
        count.failed += failed;
      }
      return counts;
    },
  };
}
