import { constantFrom, integer, record, subarray, tuple } from 'fast-check';
import type { DrawnWorld, Scene, Trouble } from '../contract.ts';
import { worldService } from '../draw/world-service.ts';
import type { Search } from './shrink.ts';

type Region = DrawnWorld['regions'][number];

// Without minLength: fast-check's subarrays of a least length do not try to keep the first element alone.
export function fewerRegions(scene: Scene, search: Search): Promise<Scene> {
  const { regions } = scene.world;
  return search(regions, subarray(regions), (kept) => withRegions(scene, kept));
}

export function fewerZones(scene: Scene, search: Search): Promise<Scene> {
  const { regions } = scene.world;
  const zones = regions.flatMap((region) => region.zones);
  return search(zones, subarray(zones), (kept) => {
    const fewer = regions.map((region) =>
      resized({ ...region, zones: region.zones.filter((z) => kept.includes(z)) }, region),
    );
    return fewer.every((region) => region.zones.length > 0) ? withRegions(scene, fewer) : null;
  });
}

export function fewerNodes(scene: Scene, search: Search): Promise<Scene> {
  const { regions } = scene.world;
  const counts = regions.map(({ nodesPerZone }) => nodesPerZone);
  const values = tuple(...counts.map((count) => integer({ min: 1, max: count })));
  return search(counts, values, (chosen) =>
    withRegions(
      scene,
      regions.map((region, i) => resized({ ...region, nodesPerZone: chosen[i] ?? 1 }, region)),
    ),
  );
}

/** Equal weights, one clock, a quick network and quick starts. */
export function calmerWorld(scene: Scene, search: Search): Promise<Scene> {
  const { world } = scene;
  const odd = Object.keys(world.skewMs).filter((region) => world.skewMs[region] !== 0);
  const weighted = world.regions.filter(({ weight }) => weight !== 100).map(({ name }) => name);
  const start = {
    odd,
    weighted,
    latencyMs: world.latencyMs,
    bootS: Math.ceil(world.bootMs / 1_000),
    loadS: Math.ceil(world.loadMs / 1_000),
    rate: world.rate,
  };
  const values = record({
    odd: subarray(odd),
    weighted: subarray(weighted),
    latencyMs: constantFrom(...new Set([1, start.latencyMs])),
    bootS: integer({ min: 1, max: start.bootS }),
    loadS: integer({ min: 0, max: start.loadS }),
    rate: constantFrom(...new Set([1, start.rate])),
  });
  return search(start, values, (chosen) => {
    const regions = world.regions.map((region) => ({
      ...region,
      weight: chosen.weighted.includes(region.name) ? region.weight : 100,
    }));
    const calm = withRegions(scene, regions);
    if (!calm) return null;
    const skewMs = Object.entries(world.skewMs).map(([name, ms]) => [
      name,
      chosen.odd.includes(name) ? ms : 0,
    ]);
    const { latencyMs, rate } = chosen;
    const bootMs = Math.min(world.bootMs, chosen.bootS * 1_000);
    const loadMs = Math.min(world.loadMs, chosen.loadS * 1_000);
    return {
      ...calm,
      world: { ...calm.world, latencyMs, rate, bootMs, loadMs, skewMs: Object.fromEntries(skewMs) },
    };
  });
}

/** As much room to grow as before. */
function resized(region: Region, before: Region): Region {
  const size = ({ nodesPerZone, zones }: Region) => nodesPerZone * zones.length;
  return { ...region, max: before.max - size(before) + size(region) };
}

/** The scene with these regions only, in the world and in the service, and the troubles of what is still there. */
function withRegions(scene: Scene, regions: Region[]): Scene | null {
  const names: string[] = regions.map(({ name }) => name);
  const { service, skewMs, ...rest } = scene.world;
  const described = Array.isArray(service.regions) ? service.regions : [];
  const world: DrawnWorld = {
    ...rest,
    regions,
    service: {
      ...service,
      regions: regions.flatMap(({ name, weight, zones }) =>
        described.filter((region) => region.name === name).map((region) => ({ ...region, weight, zones })),
      ),
    },
    skewMs: Object.fromEntries(Object.entries(skewMs).filter(([name]) => names.includes(name))),
  };
  if (!worldService(world).service) return null;
  return { ...scene, world, troubles: scene.troubles.flatMap((trouble) => moved(trouble, regions)) };
}

/** The trouble where it still has a place, a node's at the last node of its zone at most. */
function moved(trouble: Trouble, regions: Region[]): Trouble[] {
  const zones = regions.flatMap((region) => region.zones.map(({ name }) => name));
  const there = (place: string) =>
    place === 'world' || regions.some(({ name }) => name === place) || zones.some((zone) => zone === place);
  const places = [
    ...('region' in trouble ? [trouble.region] : []),
    ...('zone' in trouble ? [trouble.zone] : []),
    ...('from' in trouble ? [trouble.from] : []),
    ...('vantage' in trouble ? [trouble.vantage.replace(/^(in|out)\//, '')] : []),
    ...('target' in trouble ? [trouble.target.replace(/\/.*/, '')] : []),
  ];
  if (!places.every(there)) return [];
  if (!('target' in trouble)) return [trouble];
  const [zone, index] = trouble.target.split('/');
  if (index === undefined) return [trouble];
  const count = regions.find((region) => region.zones.some(({ name }) => name === zone))?.nodesPerZone ?? 1;
  return [{ ...trouble, target: `${zone}/${Math.min(Number(index), count - 1)}` }];
}
