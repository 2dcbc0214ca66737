import { type ServiceSettings, type Settings, scaleSettings } from '@evac/core';
import { type Config, type Problem, resolveConfig } from '@evac/core/config';
import type { WorldDescription } from '@evac/sim';
import { UserError } from '../user-error.ts';

/**
 * What an owner of the simulated world would write. Everything is allowed to act, and the waits that only matter over
 * hours (cooldown, fail-back) are minutes; all of it is multiplied by the world's scale.
 */
export function worldConfig(world: WorldDescription): Config {
  return {
    controls: world.regions.flatMap((r) => r.controls),
    services: {
      [world.service]: {
        preset: 'vllm',
        model: world.model,
        policy: 'automatic',
        // What the world's servers answer to the preset's question: a fluent wrong answer is found out by this alone.
        deep: { kind: 'openai-stream', accepted: ['1, 2, 3'] },
        dns: { name: world.dnsName, ttl: '30s' },
        timing: { interval: '5s', deepInterval: '20s', deepTimeout: '15s', grace: '5m', noProgress: '45s' },
        limits: { cooldown: '2m', failBackAfter: '50s', maxMovesPerHour: 50 },
        regions: world.regions.map(({ name, weight, group, endpoint, zones }) => ({
          name,
          weight,
          groups: [group],
          endpoint,
          zones: zones.map((zone) => ({ name: zone.name, id: zone.id })),
        })),
      },
    },
  };
}

/** The settings to run a world with, at the world's own speed. Settings are null where a config has errors. */
export function worldSettings(
  world: WorldDescription,
  config: unknown = worldConfig(world),
): { settings: Settings | null; problems: Problem[] } {
  const { settings, problems } = resolveConfig(config);
  if (!settings) return { settings, problems };
  const services = settings.services.map((service) => scaleSettings(service, world.scale));
  return { settings: { ...settings, services }, problems };
}

/** The world's service in a config; throws a UserError when the config has another. */
export function serviceOf(world: WorldDescription, settings: Settings): ServiceSettings {
  const service = settings.services.find((s) => s.name === world.service);
  if (service) return service;
  const names = settings.services.map((s) => s.name).join(', ');
  throw new UserError(
    `the config has no service "${world.service}", which is what this world serves; it has ${names}`,
    1,
  );
}
