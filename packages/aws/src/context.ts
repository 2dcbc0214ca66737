import type { Clock, ServiceName, ServiceRegion, ServiceSettings } from '@evac/core';
import { PortError } from '@evac/core';
import type { Clients } from './clients.ts';

/** What the ports of one region share. */
export interface PortContext {
  clients: Clients;
  services: readonly ServiceSettings[];
  clock: Clock;
}

/** The service and its part in this region. Rejects with `not-found`. */
export function serviceHere(
  { clients, services }: Pick<PortContext, 'clients' | 'services'>,
  name: ServiceName,
): { settings: ServiceSettings; here: ServiceRegion } {
  const settings = services.find((s) => s.name === name);
  const here = settings?.regions.find((r) => r.region === clients.region);
  if (settings && here) return { settings, here };
  const known = services.filter((s) => s.regions.some((r) => r.region === clients.region)).map((s) => s.name);
  throw new PortError(
    'not-found',
    `no service named ${name} in ${clients.region}: it has ${known.join(', ') || 'none'}`,
  );
}
