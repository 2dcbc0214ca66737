import type { Config } from '@evac/core/config';

/**
 * Where the deployment keeps its own state: the first region of the first service. Of a config that has none, any: the CLI shows
 * what `run` says of it, and not what is said here.
 */
export function homeOf({ services }: Config): aws.Region {
  const names = Object.values(services ?? {}).flatMap((s) => (s.regions ?? []).map((r) => r.name));
  return names.find(isRegion) ?? 'us-east-1';
}

/** A name as the provider's type has it. */
export function providerRegion(name: string): aws.Region {
  if (isRegion(name)) return name;
  throw new Error(`${name} is no region's name; one looks like us-west-2`);
}

function isRegion(name: string): name is aws.Region {
  return /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(name);
}
