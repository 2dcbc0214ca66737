import type { Config } from '@evac/core/config';

/** Where the deployment keeps its own state: the first region of the first service. */
export function homeOf({ services }: Config): aws.Region {
  const [first = 'the config'] = Object.values(services).flatMap((s) => s.regions.map((r) => r.name));
  return providerRegion(first);
}

/** A name as the provider's type has it. */
export function providerRegion(name: string): aws.Region {
  if (isRegion(name)) return name;
  throw new Error(`${name} is no region's name; one looks like us-west-2`);
}

function isRegion(name: string): name is aws.Region {
  return /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(name);
}
