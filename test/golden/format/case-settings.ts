import type { ServiceSettings } from '@evac/core';
import { problemSentence, resolveConfig } from '@evac/core/config';
import type { CaseWorld } from './case-world.ts';
import { placesOf } from './places.ts';

/** A service in the words of a config, for the world of the case: everything automatic, the rest is the default. */
export function settingsFor(world: CaseWorld, change: object): ServiceSettings {
  const base = {
    preset: 'vllm',
    policy: 'automatic',
    dns: { name: 'llm.example.com' },
    regions: placesOf(world).map(({ region, zones }) => ({
      name: region,
      groups: ['llm'],
      endpoint: `https://llm.${region}.example.com`,
      zones: zones.map(({ name, id }) => ({ name, id })),
    })),
  };
  const { settings, problems } = resolveConfig({
    controls: ['https://a.example.com', 'https://b.example.com'],
    services: { llm: merge(base, change) },
  });
  const service = settings?.services[0];
  if (service) return service;
  throw new Error(problems.map(problemSentence).join('\n'));
}

/** Objects key by key, anything else whole; null takes a key away. */
function merge(base: object, change: object): object {
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(change)) {
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else if (isObject(before) && isObject(value)) merged.set(key, merge(before, value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
