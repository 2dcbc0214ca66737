import { readFileSync } from 'node:fs';
import type { RegionName, ServiceSettings, Settings } from '@evac/core';
import { EnvironmentError } from './environment-values.ts';
import { fieldsOf } from './fields.ts';

/**
 * The resolved settings as they were written when deploying, which is when they were checked: here only that the file
 * is one. Throws an EnvironmentError.
 */
export function readSettings(path: string): Settings {
  let settings: Settings;
  try {
    settings = JSON.parse(readFileSync(path, 'utf8'));
    const { services, controls } = fieldsOf(settings);
    if (Array.isArray(services) && Array.isArray(controls)) return settings;
  } catch (error) {
    throw new EnvironmentError(`EVAC_SETTINGS is ${path}, which cannot be read: ${reason(error)}`);
  }
  throw new EnvironmentError(`EVAC_SETTINGS is ${path}, which holds no settings: services and controls`);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The services that have a part in a region: the others are no concern of its cell. */
export function servicesIn(region: RegionName, { services }: Settings): ServiceSettings[] {
  return services.filter((service) => service.regions.some((part) => part.region === region));
}
