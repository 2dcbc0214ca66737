import { integer, subarray, tuple } from 'fast-check';
import type { Scene, Trouble } from '../contract.ts';
import type { Search } from './shrink.ts';

const second = 1_000;

export function fewerTroubles(scene: Scene, search: Search): Promise<Scene> {
  return search(scene.troubles, subarray(scene.troubles), (troubles) => ({ ...scene, troubles }));
}

/** Sooner and shorter, in whole seconds. */
export function shorterTroubles(scene: Scene, search: Search): Promise<Scene> {
  const times = scene.troubles.map((trouble): [number, number] => [
    Math.ceil(trouble.at / second),
    'forMs' in trouble ? Math.ceil(trouble.forMs / second) : 1,
  ]);
  const values = tuple(
    ...times.map(([at, long]) => tuple(integer({ max: at, min: 0 }), integer({ max: long, min: 1 }))),
  );
  return search(times, values, (chosen) => {
    const troubles = scene.troubles.map((trouble, i) => {
      const [at, long] = chosen[i] ?? [0, 1];
      return timed(trouble, at * second, long * second);
    });
    return { ...scene, troubles: troubles.toSorted((a, b) => a.at - b.at) };
  });
}

function timed(trouble: Trouble, at: number, forMs: number): Trouble {
  const sooner = { ...trouble, at: Math.min(at, trouble.at) };
  return 'forMs' in sooner ? { ...sooner, forMs: Math.min(forMs, sooner.forMs) } : sooner;
}
