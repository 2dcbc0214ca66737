import { subarray } from 'fast-check';
import type { Scene } from '../contract.ts';
import { worldService } from '../draw/world-service.ts';
import type { Search } from './shrink.ts';

/** Without them there is no service. */
const needed = ['preset', 'regions'];
/** Of these, each setting may go by itself. */
const groups = ['dns', 'timing', 'thresholds', 'limits', 'policy'];

/** As few settings as may be: what is left out is the default, which a reader knows. */
export function simplerService(scene: Scene, search: Search): Promise<Scene> {
  const { service } = scene.world;
  const paths = pathsOf(service);
  return search(paths, subarray(paths), (kept) => {
    const world = { ...scene.world, service: only(service, kept) };
    return worldService(world).service ? { ...scene, world } : null;
  });
}

function pathsOf(service: Record<string, unknown>): string[] {
  return Object.entries(service).flatMap(([name, value]) => {
    if (needed.includes(name)) return [];
    if (!groups.includes(name) || typeof value !== 'object' || value === null) return [name];
    return Object.keys(value).map((key) => `${name}.${key}`);
  });
}

function only(service: Record<string, unknown>, paths: readonly string[]): Record<string, unknown> {
  const kept = Object.entries(service).flatMap(([name, value]): [string, unknown][] => {
    if (needed.includes(name) || paths.includes(name)) return [[name, value]];
    const inner = Object.entries(Object(value)).filter(([key]) => paths.includes(`${name}.${key}`));
    return inner.length > 0 ? [[name, Object.fromEntries(inner)]] : [];
  });
  return Object.fromEntries(kept);
}
