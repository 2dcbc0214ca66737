import type { RegionName } from '@evac/core';

/**
 * The regions to deploy: all, or those that `EVAC_REGIONS` lists while another is down. To be used together with
 * `--target` alone (docs/operations.md): else what is left out would be taken for removed.
 */
export function wantedRegions(given: string | undefined, all: readonly RegionName[]): RegionName[] {
  if (given === undefined || given.trim() === '') return [...all];
  const asked = given.split(',').map((name) => name.trim());
  const unknown = asked.filter((name) => !all.some((region) => region === name));
  if (unknown.length > 0)
    throw new Error(`EVAC_REGIONS "${given}" names ${unknown.join(', ')}; the config has ${all.join(', ')}`);
  return all.filter((region) => asked.includes(region));
}
