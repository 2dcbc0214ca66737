import type { ServiceSettings } from '@evac/core';
import { type Problem, problemSentence, resolveConfig } from '@evac/core/config';
import type { DrawnWorld } from '../contract.ts';

const controls = ['https://control-1.example.com', 'https://control-2.example.com'];

/** What a world's service means, or every error in it. */
export function worldService(world: DrawnWorld): { service: ServiceSettings | null; errors: Problem[] } {
  const { settings, problems } = resolveConfig({ controls, services: { chat: world.service } });
  const errors = problems.filter(({ severity }) => severity === 'error');
  return { service: settings?.services[0] ?? null, errors };
}

/** Throws an Error with every error in it; a drawn world has none. */
export function mustBeService(world: DrawnWorld): ServiceSettings {
  const { service, errors } = worldService(world);
  if (!service) throw new Error(errors.map(problemSentence).join('\n'));
  return service;
}
