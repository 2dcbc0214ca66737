import { drawScene, type Pool, type Scene } from '@evac/simulation';
import type { Output } from '../output.ts';
import { writeScene } from './scene-file.ts';
import type { BrokenRule } from './tally.ts';

export interface ShrunkRule {
  invariant: string;
  seed: number;
  tries: number;
  /** False where time was up first. */
  finished: boolean;
  file: string;
  scene: Scene;
}

/** Makes the simplest of the scenes that break each rule smaller, all rules side by side, and writes them. */
export async function shrinkRules(
  pool: Pool,
  broken: readonly BrokenRule[],
  { forMs, dir }: { forMs: number; dir: string },
  output: Output,
): Promise<ShrunkRule[]> {
  const states = broken.map(() => '');
  const shrunk = await Promise.all(
    broken.map(async ({ invariant, seeds }, i): Promise<ShrunkRule[]> => {
      const [simplest] = seeds
        .map(({ seed }) => drawScene(seed))
        .toSorted((a, b) => a.troubles.length - b.troubles.length || a.seed - b.seed);
      if (!simplest) return [];
      const { scene, tries, finished } = await pool.shrink(simplest, invariant, forMs, (tries, smallest) => {
        states[i] = `${smallest.troubles.length} troubles after ${tries} tries`;
        output.progress(`shrinking: ${states.filter((state) => state !== '').join('; ')}`);
      });
      const file = await writeScene(dir, `${slug(invariant)}-${scene.seed}`, scene);
      return [{ invariant, seed: scene.seed, tries, finished, file, scene }];
    }),
  );
  output.progress(null);
  return shrunk.flat();
}

/** "no step is killed" is no-step-is-killed. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
}

/** "2 troubles in 1 region, 2 zones, 3 nodes" */
export function sizeOf({ world, troubles }: Scene): string {
  const zones = world.regions.reduce((sum, region) => sum + region.zones.length, 0);
  const nodes = world.regions.reduce((sum, region) => sum + region.zones.length * region.nodesPerZone, 0);
  const place = [plural(world.regions.length, 'region'), plural(zones, 'zone'), plural(nodes, 'node')];
  return `${plural(troubles.length, 'trouble')} in ${place.join(', ')}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
