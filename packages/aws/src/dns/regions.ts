import { isIP } from 'node:net';
import { type Clock, PortError, type RegionName, type ServiceRegion } from '@evac/core';
import type { Answer, NameSystem } from './authority.ts';

/** A load balancer shows some of its addresses at a time: what was its address lately still is. */
const rememberMs = 3_600_000;

/** Which regions an answer leads to. Rejects with `invalid` for an address of none of them. */
export type FindRegions = (
  name: string,
  answer: Answer,
  regions: readonly ServiceRegion[],
) => Promise<RegionName[]>;

/**
 * An answer is a region's if it is an address that the region's own endpoint has, or has had within the hour. The
 * endpoints are resolved as clients would; one that does not resolve has no addresses.
 */
export function findingRegions(names: NameSystem, clock: Clock): FindRegions {
  const known = new Map<string, { region: RegionName; at: number }>();

  async function learn(regions: readonly ServiceRegion[]): Promise<void> {
    const at = clock.now();
    const learning = regions.map(async ({ region, endpoint }) => {
      const host = hostOf(endpoint);
      const addresses = isIP(host) ? [host] : await names.addressesOf(host).catch(() => []);
      for (const address of addresses) known.set(address, { region, at });
    });
    await Promise.all(learning);
    for (const [address, { at: seen }] of known) if (at - seen > rememberMs) known.delete(address);
  }

  return async (name, answer, regions) => {
    await learn(regions);
    const named = answer.names.map((host) => ({
      host,
      region: regions.find((r) => hostOf(r.endpoint) === host.toLowerCase())?.region,
    }));
    const followed = named.filter((n) => !n.region).map(({ host }) => names.addressesOf(host));
    const addresses = [...answer.addresses, ...(await Promise.all(followed)).flat()];
    if (addresses.some((address) => !known.has(address))) await learn(regions);
    const found = addresses.map((address) => {
      const region = known.get(address)?.region;
      if (region) return region;
      const hosts = regions.map((r) => hostOf(r.endpoint)).join(', ');
      throw new PortError(
        'invalid',
        `${name} resolves to ${address}, which is no address of the regions' endpoints (${hosts}): an endpoint must be the load balancer that the region's record leads to`,
      );
    });
    return [...new Set([...found, ...named.flatMap((n) => n.region ?? [])])].toSorted();
  };
}

function hostOf(endpoint: string): string {
  return new URL(endpoint).hostname.toLowerCase().replace(/^\[|\]$/g, '');
}
