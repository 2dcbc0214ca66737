import type { Resolver } from 'node:dns/promises';
import { PortError, type RegionName } from '@evac/core';
import { resolverOf } from '../resolver.ts';

/** Where the service's name is answered, and which region each address belongs to. */
export interface DnsConnection {
  host: string;
  port: number;
  name: string;
  regions: Readonly<Record<string, RegionName>>;
}

/** A weighted name answers one record at a time; so many questions find every record of a tenth or more, mostly. */
const questions = 12;

/**
 * The regions that the name resolves to now, asked of the authoritative server itself, sorted. Empty when the name has
 * no address. Rejects with `unavailable` when the server does not answer.
 */
export async function resolveRegions(dns: DnsConnection, timeoutMs: number): Promise<RegionName[]> {
  const server = `${dns.host}:${dns.port}`;
  const resolver = resolverOf(dns, timeoutMs, 1);
  const asked = Array.from({ length: questions }, () => resolve(resolver, dns.name, server));
  const addresses = new Set((await Promise.all(asked)).flat());
  return [...addresses].map((address) => regionOf(dns, address)).toSorted();
}

async function resolve(resolver: Resolver, name: string, server: string): Promise<string[]> {
  try {
    return await resolver.resolve4(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
    throw new PortError('unavailable', `the DNS server ${server} did not answer for ${name}: ${code}`);
  }
}

function regionOf(dns: DnsConnection, address: string): RegionName {
  const region = dns.regions[address];
  if (region !== undefined) return region;
  throw new PortError('invalid', `${dns.name} resolves to ${address}, which is no region's address`);
}
