import { badNode, blip, burst, type Disturbance, deploy, silence } from './disturbance.ts';
import type { Draw } from './draw.ts';
import { dayMs, type World, yearMs } from './world.ts';

/** What healthy times bring, one after the other, as it comes about. */
export interface Noise {
  /** When the next one begins, ms. */
  readonly nextAt: number;
  take(): Disturbance[];
}

interface Source {
  meanMs: number;
  nextAt: number;
  make(at: number): Disturbance[];
}

/** Poisson processes, one for each kind, from `from` on. */
export function createNoise(world: World, draw: Draw, from: number): Noise {
  const vantages = world.zones.length;
  const week = 7 * dayMs;
  const kinds: Pick<Source, 'meanMs' | 'make'>[] = [
    { meanMs: dayMs / world.burstsPerDay, make: (at) => burst(world, draw, at) },
    { meanMs: week / world.deploysPerWeek, make: (at) => deploy(world, draw, at) },
    {
      meanMs: week / (world.blipsPerVantageWeek * vantages),
      make: (at) => blip(world, draw, draw.whole(0, vantages - 1), at),
    },
    {
      meanMs: week / (world.silencesPerVantageWeek * vantages),
      make: (at) => silence(draw, draw.whole(0, vantages - 1), at),
    },
    // A zone with one node is not told from it (docs/decisions/zone-verdict.md): its node's failure is no noise.
    ...world.zones.flatMap(({ nodes }, zone) =>
      nodes < 2
        ? []
        : [
            {
              meanMs: yearMs / (world.badNodesPerNodeYear * nodes),
              make: (at: number) => badNode(zone, nodes, draw, at),
            },
          ],
    ),
  ];
  const sources = kinds.map((kind): Source => ({ ...kind, nextAt: from + draw.exponential(kind.meanMs) }));
  const first = () => sources.reduce((a, b) => (b.nextAt < a.nextAt ? b : a));
  return {
    get nextAt() {
      return first().nextAt;
    },
    take() {
      const source = first();
      const made = source.make(source.nextAt);
      source.nextAt += draw.exponential(source.meanMs);
      return made;
    },
  };
}
