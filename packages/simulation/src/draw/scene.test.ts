import { moveNames } from '@evac/core';
import { problemSentence } from '@evac/core/config';
import { type FaultName, faultCatalog, findFault } from '@evac/sim';
import { describe, expect, it } from 'vitest';
import type { Scene, Trouble } from '../contract.ts';
import { startsAt, warmUpMs } from '../engine/time.ts';
import { drawScene } from './scene.ts';
import { worldService } from './world-service.ts';

const scenes = Array.from({ length: 3_000 }, (_, i) => drawScene(i + 1));

const share = (holds: (scene: Scene) => boolean) => scenes.filter(holds).length / scenes.length;
const nodesOf = ({ world }: Scene) =>
  world.regions.reduce((sum, { nodesPerZone, zones }) => sum + nodesPerZone * zones.length, 0);
const endOf = (trouble: Trouble) => trouble.at + ('forMs' in trouble ? trouble.forMs : 0);
const of = (kind: Trouble['kind']) => (scene: Scene) => scene.troubles.some((t) => t.kind === kind);

describe('a drawn scene', () => {
  it('is the same for the same seed', () => {
    expect(drawScene(7)).toEqual(drawScene(7));
    expect(drawScene(7)).not.toEqual(drawScene(8));
  });

  it('survives being printed and read', () => {
    for (const scene of scenes.slice(0, 200)) expect(JSON.parse(JSON.stringify(scene))).toEqual(scene);
  });

  it('has nothing in common with that of the next seed', () => {
    const alike = scenes.filter((scene, i) => scene.world.loadMs === scenes[i + 1]?.world.loadMs);
    expect(alike.length / scenes.length).toBeLessThan(0.05);
  });
});

describe('a drawn world', () => {
  it('has a service without an error, in the same regions and zones', () => {
    for (const { seed, world } of scenes) {
      const { service, errors } = worldService(world);
      expect(errors.map(problemSentence), `seed ${seed}`).toEqual([]);
      expect(service?.regions.map(({ region, weight, zones }) => ({ name: region, weight, zones }))).toEqual(
        world.regions.map(({ name, weight, zones }) => ({ name, weight, zones })),
      );
    }
  });

  it('has 1 to 4 regions, 1 to 6 zones, 1 to 40 nodes a zone, and is mostly small', () => {
    const regions = scenes.flatMap(({ world }) => world.regions);
    const span = (values: number[]) => [Math.min(...values), Math.max(...values)];
    expect(span(scenes.map(({ world }) => world.regions.length))).toEqual([1, 4]);
    expect(span(regions.map(({ zones }) => zones.length))).toEqual([1, 6]);
    expect(span(regions.map(({ nodesPerZone }) => nodesPerZone))).toEqual([1, 40]);
    expect(share((scene) => nodesOf(scene) <= 20)).toBeGreaterThan(0.75);
    expect(share((scene) => nodesOf(scene) > 60)).toBeGreaterThan(0.002);
  });

  it('has room for all that it begins with', () => {
    for (const { nodesPerZone, zones, max } of scenes.flatMap(({ world }) => world.regions))
      expect(max).toBeGreaterThanOrEqual(nodesPerZone * zones.length);
  });

  it('has zone IDs that do not follow the letters', () => {
    const zones = scenes.flatMap(({ world }) => world.regions.flatMap((region) => region.zones));
    const followed = zones.filter(({ name, id }) =>
      id.endsWith(`az${name.charCodeAt(name.length - 1) - 96}`),
    );
    expect(followed.length / zones.length).toBeLessThan(0.5);
  });

  it('has standbys and unequal weights, never all of zero', () => {
    const weights = scenes.map(({ world }) => world.regions.map(({ weight }) => weight));
    expect(weights.filter((w) => w.every((weight) => weight === 0))).toEqual([]);
    expect(share(({ world }) => world.regions.some(({ weight }) => weight === 0))).toBeGreaterThan(0.1);
    expect(share(({ world }) => new Set(world.regions.map((r) => r.weight)).size > 1)).toBeGreaterThan(0.2);
  });

  it('has clocks within 5 s of each other', () => {
    for (const { world } of scenes) {
      const skews = Object.values(world.skewMs);
      expect(skews).toHaveLength(world.regions.length);
      expect(Math.max(...skews) - Math.min(...skews)).toBeLessThanOrEqual(5_000);
    }
  });

  it('differs in what its owner wants', () => {
    const services = scenes.flatMap(({ world }) => worldService(world).service ?? []);
    const seen = (value: (service: (typeof services)[number]) => unknown) => new Set(services.map(value));
    expect(seen((s) => s.dns?.control)).toEqual(new Set(['switch', 'records']));
    expect(seen((s) => s.deep === null)).toEqual(new Set([true, false]));
    expect(seen((s) => s.restartFirst)).toEqual(new Set([true, false]));
    expect(seen((s) => s.retire)).toEqual(new Set(['terminate', 'keep']));
    for (const move of moveNames)
      expect(seen((s) => s.policy[move])).toEqual(new Set(['automatic', 'approve', 'observe']));
    expect(Math.min(...services.map((s) => s.timing.intervalMs))).toBe(2_000);
    expect(Math.max(...services.map((s) => s.timing.intervalMs))).toBe(30_000);
  });
});

describe('drawn troubles', () => {
  it('begin after the start, one after the other, and have ended after 6 to 40 minutes', () => {
    for (const { troubles } of scenes) {
      expect(troubles.map(({ at }) => at)).toEqual(troubles.map(({ at }) => at).toSorted((a, b) => a - b));
      for (const trouble of troubles) {
        expect(trouble.at).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(trouble.at)).toBe(true);
        expect(endOf(trouble)).toBeLessThanOrEqual(40 * 60_000);
        if ('forMs' in trouble) expect(trouble.forMs).toBeGreaterThanOrEqual(1_000);
      }
    }
  });

  it('strike what there is, each fault what it can strike', () => {
    for (const { seed, world, troubles } of scenes) {
      const regions: string[] = world.regions.map(({ name }) => name);
      const zones: string[] = world.regions.flatMap((region) => region.zones.map(({ name }) => name));
      const nodes = world.regions.flatMap(({ nodesPerZone, zones }) =>
        zones.flatMap(({ name }) => Array.from({ length: nodesPerZone }, (_, i) => `${name}/${i}`)),
      );
      const there = { node: nodes, zone: zones, region: regions, world: ['world'] };
      const vantages = [...regions.map((r) => `out/${r}`), ...zones.map((z) => `in/${z}`)];
      for (const trouble of troubles) {
        if (trouble.kind === 'fault') {
          const strikes = findFault(trouble.name)?.target ?? 'world';
          expect(there[strikes], `seed ${seed}`).toContain(trouble.target);
        }
        if (trouble.kind === 'request') expect([...nodes, ...zones, ...regions]).toContain(trouble.target);
        if ('region' in trouble) expect(regions).toContain(trouble.region);
        if ('vantage' in trouble) expect(vantages).toContain(trouble.vantage);
        if ('zone' in trouble) expect(zones).toContain(trouble.zone);
      }
    }
  });

  it('are of every kind, and every fault is among them', () => {
    const names = scenes.flatMap(({ troubles }) =>
      troubles.flatMap((t) => (t.kind === 'fault' ? [t.name] : [])),
    );
    expect(new Set<FaultName>(names)).toEqual(new Set(faultCatalog.map(({ name }) => name)));
    const kinds = ['capacity', 'probe', 'cut-off', 'port', 'kill', 'abort', 'alarm'] as const;
    const people = ['pause', 'answer', 'reset-breaker', 'request'] as const;
    const plotted = ['blind', 'straggler'] as const;
    for (const kind of [...kinds, ...people, ...plotted]) expect(share(of(kind)), kind).toBeGreaterThan(0.02);
  });

  it('are mostly faults, at times several at once, at times one alone or none', () => {
    const faults = ({ troubles }: Scene) => troubles.filter(({ kind }) => kind === 'fault');
    expect(share(of('fault'))).toBeGreaterThan(0.85);
    expect(share(({ troubles }) => troubles.length === 0)).toBeGreaterThan(0.01);
    expect(share((scene) => scene.troubles.length === 1)).toBeGreaterThan(0.1);
    const together = (scene: Scene) =>
      faults(scene).some((a) => faults(scene).some((b) => a !== b && a.at <= b.at && b.at < endOf(a)));
    expect(share(together)).toBeGreaterThan(0.3);
  });

  it('now and then silence all of a region’s vantages at once', () => {
    const silenced = share(({ world, troubles }) =>
      world.regions.some(({ name, zones }) =>
        [`out/${name}`, ...zones.map((z) => `in/${z.name}`)].every((vantage) =>
          troubles.some((t) => t.kind === 'probe' && t.what === 'skipped' && t.vantage === vantage),
        ),
      ),
    );
    expect(silenced).toBeGreaterThan(0.02);
    expect(silenced).toBeLessThan(0.06);
  });

  it('include an answer where the policy asks', () => {
    const asking = scenes.filter(
      (scene) =>
        of('fault')(scene) &&
        Object.values(worldService(scene.world).service?.policy ?? {}).includes('approve'),
    );
    expect(asking.filter(of('answer')).length / asking.length).toBeGreaterThan(0.7);
  });
});

describe('a drawn maintenance window', () => {
  const beganAt = startsAt + warmUpMs;
  const windows = scenes.flatMap((scene) =>
    (worldService(scene.world).service?.maintenance ?? []).map((window) => ({ scene, window })),
  );

  it('is rare, and lasts a few minutes', () => {
    expect(windows.length / scenes.length).toBeGreaterThan(0.02);
    expect(windows.length / scenes.length).toBeLessThan(0.06);
    for (const { window } of windows) expect(window.to - window.from).toBeLessThanOrEqual(400_000);
  });

  it('is open while something goes wrong, mostly', () => {
    const inside = windows.filter(({ scene, window }) =>
      scene.troubles.some(
        (t) => t.kind === 'fault' && beganAt + t.at < window.to && window.from < beganAt + endOf(t),
      ),
    );
    expect(inside.length / windows.length).toBeGreaterThan(0.8);
  });
});
