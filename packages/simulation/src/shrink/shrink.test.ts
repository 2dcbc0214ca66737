import { zoneName } from '@evac/core';
import { describe, expect, it } from 'vitest';
import type { Scene, Trouble } from '../contract.ts';
import { drawScene } from '../draw/scene.ts';
import { worldService } from '../draw/world-service.ts';
import { shrinkScene } from './shrink.ts';

/** The first drawn scene that is as asked for. */
function sceneWith(asked: (scene: Scene) => boolean): Scene {
  for (let seed = 1; seed < 10_000; seed += 1) {
    const scene = drawScene(seed);
    if (asked(scene)) return scene;
  }
  throw new Error('no such scene among the first ten thousand');
}

const isLoss = (trouble: Trouble) => trouble.kind === 'fault' && trouble.name === 'zone-loss';
const isKill = (trouble: Trouble) => trouble.kind === 'kill' && trouble.what === 'step';

const large = sceneWith(
  ({ world, troubles }) =>
    world.regions.length >= 3 &&
    world.regions.every(({ zones, nodesPerZone }) => zones.length >= 2 && nodesPerZone >= 2) &&
    troubles.length >= 6 &&
    troubles.some(isLoss) &&
    troubles.some(isKill) &&
    Object.keys(Object(world.service.limits)).length > 4,
);

const breaks = async ({ troubles }: Scene) => troubles.some(isLoss) && troubles.some(isKill);

describe('shrinking', () => {
  it('keeps only the troubles that it takes to break the rule', async () => {
    const { scene, finished } = await shrinkScene(large, { breaks, forMs: 50_000 });
    expect(finished).toBe(true);
    expect(scene.troubles).toHaveLength(2);
    expect(scene.troubles.some(isLoss) && scene.troubles.some(isKill)).toBe(true);
    expect(scene.troubles.map(({ at }) => at)).toEqual([0, 0]);
    expect(scene.troubles.map((trouble) => ('forMs' in trouble ? trouble.forMs : 1_000))).toEqual([
      1_000, 1_000,
    ]);
  });

  it('keeps the smallest world and the fewest settings', async () => {
    const { scene } = await shrinkScene(large, { breaks, forMs: 50_000 });
    const { regions, service } = scene.world;
    expect(regions.length).toBeLessThanOrEqual(2);
    expect(regions.map(({ zones, nodesPerZone }) => [zones.length, nodesPerZone])).toEqual(
      regions.map(() => [1, 1]),
    );
    expect(Object.keys(service)).toEqual(['preset', 'regions']);
    expect(scene.world).toMatchObject({ latencyMs: 1, bootMs: 1_000, loadMs: 0, rate: 1 });
    expect(worldService(scene.world).errors).toEqual([]);
  });

  it('keeps what the rule needs of the world', async () => {
    const { scene } = await shrinkScene(large, {
      breaks: async ({ world }) =>
        world.regions.length >= 2 && world.regions.some(({ nodesPerZone }) => nodesPerZone >= 2),
      forMs: 50_000,
    });
    expect(scene.troubles).toEqual([]);
    expect(scene.world.regions.map(({ nodesPerZone }) => nodesPerZone).toSorted()).toEqual([1, 2]);
  });

  it('never tries a world whose service has errors, or a trouble in a place that is gone', async () => {
    await shrinkScene(large, {
      breaks: async (scene) => {
        expect(worldService(scene.world).errors).toEqual([]);
        const zones = scene.world.regions.flatMap((region) => region.zones.map(({ name }) => name));
        for (const trouble of scene.troubles)
          if (trouble.kind === 'capacity' || trouble.kind === 'cut-off')
            expect(zones).toContain(trouble.kind === 'capacity' ? trouble.zone : trouble.from);
        return scene.troubles.length > 2;
      },
      forMs: 50_000,
    });
  });

  it('puts a fault of a node on one that is left', async () => {
    const [region] = large.world.regions;
    const zone = region?.zones[0]?.name ?? zoneName('');
    const target = `${zone}/${(region?.nodesPerZone ?? 1) - 1}`;
    const crash: Trouble = { kind: 'fault', name: 'node-crash', target, at: 5_000, forMs: 60_000 };
    const { scene } = await shrinkScene(
      { ...large, troubles: [crash] },
      {
        breaks: async ({ troubles }) => troubles.length === 1,
        forMs: 50_000,
      },
    );
    expect(scene.troubles).toEqual([{ ...crash, target: `${zone}/0`, at: 0, forMs: 1_000 }]);
  });

  it('stops when time is up, with what it has, and says that it is not done', async () => {
    let tries = 0;
    const smallest: number[] = [];
    const forMs = 100;
    const shrunk = await shrinkScene(large, {
      breaks: async (scene) => {
        tries += 1;
        const began = performance.now();
        if (tries > 1) while (performance.now() < began + forMs) await null;
        return scene.troubles.length < large.troubles.length && scene.troubles.length > 0;
      },
      onTry: (_, scene) => smallest.push(scene.troubles.length),
      forMs,
    });
    expect(shrunk.finished).toBe(false);
    expect(shrunk.tries).toBe(tries);
    expect(smallest).toHaveLength(tries);
  });
});
