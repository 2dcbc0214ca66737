import { type Disturbance, undisturbed } from './disturbance.ts';
import type { Draw } from './draw.ts';
import { drawWorld, secondMs, type World } from './world.ts';

/** What is done to a zone on purpose; times and shares as in a Disturbance. */
type Harm = Partial<Omit<Disturbance, 'from' | 'to' | 'zone'>>;

export interface FaultClass {
  id: string;
  name: string;
  /** False where the zone is well, and to evacuate it would be wrong. */
  isZone: boolean;
  /** Requests a minute and zone, from and to. */
  volume: readonly [number, number];
  harm(draw: Draw, nodes: number): Harm;
}

const anyVolume = [5, 5_000] as const;
const busy = [100, 5_000] as const;

/** Nobody in the zone answers: connections are refused, or hang, or hang while its own vantage is gone too. */
function lost(draw: Draw): Harm {
  const all = { probes: 1, requests: 1 };
  const kind = draw.whole(0, 2);
  if (kind === 0) return all;
  return { ...all, hang: true, requestsLaterMs: draw.between(1, 10) * secondMs, silent: kind === 2 };
}

const failing =
  (share: number) =>
  (draw: Draw): Harm => ({ probes: share, requests: share, hang: draw.chance(0.5) });

/** Errors that the nodes give to whoever asks: to clients and to probes. */
function errors(percent: number): FaultClass {
  const name = `${percent}% errors`;
  return { id: `errors-${percent}`, name, isZone: true, volume: busy, harm: failing(percent / 100) };
}

function slow(factor: number): FaultClass {
  return {
    id: `slow-${factor}`,
    name: `${factor} times slower`,
    isZone: true,
    volume: anyVolume,
    harm: () => ({ slow: factor }),
  };
}

function oneNode(draw: Draw, nodes: number): Harm {
  const share = draw.chance(0.5) ? 1 : draw.magnitude(0.02, 1);
  return { nodes: [draw.whole(0, nodes - 1)], probes: share, requests: share, hang: draw.chance(0.3) };
}

export const faultClasses: readonly FaultClass[] = [
  { id: 'lost', name: 'zone lost', isZone: true, volume: anyVolume, harm: lost },
  ...[100, 75, 50, 30, 20, 10, 3, 1].map(errors),
  {
    id: 'errors-30-quiet',
    name: '30% errors, 5 to 100 requests/min',
    isZone: true,
    volume: [5, 100],
    harm: failing(0.3),
  },
  {
    id: 'requests-30',
    name: '30% of requests only',
    isZone: true,
    volume: busy,
    harm: () => ({ requests: 0.3 }),
  },
  {
    id: 'requests-75',
    name: '75% of requests only',
    isZone: true,
    volume: busy,
    harm: () => ({ requests: 0.75 }),
  },
  ...[10, 5, 3, 2, 1.5, 1.2].map(slow),
  { id: 'one-node', name: 'one bad node of several', isZone: false, volume: anyVolume, harm: oneNode },
  {
    id: 'silence',
    name: 'only its vantage is silent',
    isZone: false,
    volume: anyVolume,
    harm: () => ({ silent: true }),
  },
];

/** A world with one zone in trouble from `at` on. */
export function drawFault(
  of: FaultClass,
  draw: Draw,
  at: number,
  to: number,
): { world: World; fault: Disturbance } {
  for (;;) {
    const world = drawWorld(draw, of.volume);
    const zone = draw.whole(0, world.zones.length - 1);
    const nodes = world.zones[zone]?.nodes ?? 1;
    if (of.id === 'one-node' && nodes < 2) continue;
    return { world, fault: { ...undisturbed, from: at, to, zone, ...of.harm(draw, nodes) } };
  }
}
