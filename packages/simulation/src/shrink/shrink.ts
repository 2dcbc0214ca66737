import { type Arbitrary, asyncProperty, check } from 'fast-check';
import type { Scene } from '../contract.ts';
import { simplerService } from './service.ts';
import { fewerTroubles, shorterTroubles } from './troubles.ts';
import { calmerWorld, fewerNodes, fewerRegions, fewerZones } from './world.ts';

export interface ShrinkOptions {
  /** Plays a scene: whether it still breaks the rule in question. */
  breaks(scene: Scene): Promise<boolean>;
  /** Real time, in ms; what is being played then is still played to its end. */
  forMs: number;
  onTry?(tries: number, smallest: Scene): void;
}

export interface Shrunk {
  scene: Scene;
  tries: number;
  /** False when time was up before nothing more could be taken away. */
  finished: boolean;
}

/**
 * Tries the smaller values of a start, smallest first, and goes on from each that still breaks the rule. Returns the last
 * of them. `build` makes the scene of a value, null where there is none.
 */
export type Search = <T>(start: T, values: Arbitrary<T>, build: (value: T) => Scene | null) => Promise<Scene>;

/** In the order of what makes a scene easiest to read. */
const ways: ((scene: Scene, search: Search) => Promise<Scene>)[] = [
  fewerTroubles,
  fewerRegions,
  fewerZones,
  fewerNodes,
  simplerService,
  calmerWorld,
  shorterTroubles,
];

/** A small scene that breaks the same rule as a large one. What was taken away may let more be taken away. */
export async function shrinkScene(scene: Scene, options: ShrinkOptions): Promise<Shrunk> {
  const until = performance.now() + options.forMs;
  const inTime = () => performance.now() < until;
  let tries = 0;
  let smallest = scene;
  const breaks = async (candidate: Scene): Promise<boolean> => {
    if (!inTime()) return false;
    tries += 1;
    const broken = await options.breaks(candidate);
    if (broken) smallest = candidate;
    options.onTry?.(tries, smallest);
    return broken;
  };
  let before: Scene;
  do {
    before = smallest;
    for (const way of ways) await way(smallest, (...asked) => search(smallest, breaks, ...asked));
  } while (smallest !== before && inTime());
  return { scene: smallest, tries, finished: inTime() };
}

async function search<T>(
  present: Scene,
  breaks: (scene: Scene) => Promise<boolean>,
  start: T,
  values: Arbitrary<T>,
  build: (value: T) => Scene | null,
): Promise<Scene> {
  let smallest = present;
  // The start is what is known to break the rule: it is where fast-check begins, and need not be played again.
  let known = true;
  const holds = asyncProperty(values, async (value) => {
    if (known) {
      known = false;
      return false;
    }
    const candidate = build(value);
    if (!candidate || !(await breaks(candidate))) return true;
    smallest = candidate;
    return false;
  });
  await check(holds, { examples: [[start]], numRuns: 1 });
  return smallest;
}
