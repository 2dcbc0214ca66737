import { problemSentence } from '@evac/core/config';
import { findFault } from '@evac/sim';
import { z } from 'zod';
import type { DrawnWorld, Scene, Trouble } from './contract.ts';
import { worldService } from './draw/world-service.ts';
import { sceneSchema } from './scene-schema.ts';

/** A scene from its JSON, or every mistake in it as a sentence that begins with its path. Never throws. */
export function parseScene(
  input: unknown,
): { scene: Scene; mistakes: [] } | { scene: null; mistakes: string[] } {
  const parsed = sceneSchema.safeParse(input);
  if (!parsed.success) return { scene: null, mistakes: parsed.error.issues.map(shapeMistake) };
  const scene = parsed.data;
  const mistakes = [
    ...worldMistakes(scene.world),
    ...scene.troubles.flatMap((trouble, i) =>
      troubleMistakes(scene.world, trouble).map((text) => `troubles[${i}].${text}`),
    ),
  ];
  return mistakes.length > 0 ? { scene: null, mistakes } : { scene, mistakes: [] };
}

function shapeMistake({ path, message }: z.core.$ZodIssue): string {
  const text = path.length === 0 ? 'the scene' : z.core.toDotPath(path);
  return `${text}: ${message}`;
}

function worldMistakes(world: DrawnWorld): string[] {
  const { service, errors } = worldService(world);
  if (!service)
    return errors.map((problem) => problemSentence(problem).replace(/^services\.chat/, 'world.service'));
  const described = service.regions.map(({ region, weight, zones }) => ({ name: region, weight, zones }));
  const there = world.regions.map(({ name, weight, zones }) => ({ name, weight, zones }));
  if (JSON.stringify(described) === JSON.stringify(there)) return [];
  return [
    'world.service.regions: the names, weights and zones must be those of world.regions, in the same order',
  ];
}

function troubleMistakes(world: DrawnWorld, trouble: Trouble): string[] {
  const regions: string[] = world.regions.map(({ name }) => name);
  const zones: string[] = world.regions.flatMap((region) => region.zones.map(({ name }) => name));
  const vantages = [...zones.map((zone) => `in/${zone}`), ...regions.map((region) => `out/${region}`)];
  const isNode = (target: string) =>
    /^[^/]+\/\d+$/.test(target) && zones.includes(target.replace(/\/\d+$/, ''));
  const nodes = [`${zones[0]}/0`];
  const mistakes: string[] = [];
  const check = (key: string, value: string, right: readonly string[], ok = right.includes(value)) => {
    if (!ok)
      mistakes.push(`${key}: "${value}" is not in this world; one of ${right.join(', ')} would be right`);
  };
  if ('region' in trouble) check('region', trouble.region, regions);
  if ('zone' in trouble) check('zone', trouble.zone, zones);
  if ('from' in trouble) check('from', trouble.from, zones);
  if ('vantage' in trouble) check('vantage', trouble.vantage, vantages);
  if (trouble.kind === 'fault') {
    const strikes = findFault(trouble.name)?.target ?? 'world';
    const right = { node: nodes, zone: zones, region: regions, world: ['world'] }[strikes];
    check('target', trouble.target, right, strikes === 'node' ? isNode(trouble.target) : undefined);
  }
  if (trouble.kind === 'request') {
    const right = [...regions, ...zones, ...nodes];
    check('target', trouble.target, right, right.includes(trouble.target) || isNode(trouble.target));
  }
  return mistakes;
}
