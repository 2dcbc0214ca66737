import type { RegionName } from '@evac/core';
import { serviceName } from '@evac/core';
import type { Cloud, CloudSpec } from '../cloud/cloud.ts';
import type { WorldRegion } from '../description.ts';
import type { ActiveFault } from '../fault/strike.ts';
import { rpcListener } from '../rpc/server.ts';
import { type Balancer, startBalancer } from './balancer/balancer.ts';
import { serveControls } from './controls.ts';
import { darkened, type LivePart, servePart } from './part.ts';
import { serveSwitches } from './switches.ts';

/** Everything of one region that has a socket, but for its nodes. */
export interface Site {
  region: RegionName;
  description: WorldRegion;
  switches: { host: string; port: number };
  lastRequestAt: Balancer['lastRequestAt'];
  reflect(active: readonly ActiveFault[]): Promise<void>;
  close(): Promise<void>;
}

export async function openSite(
  cloud: Cloud,
  spec: CloudSpec,
  region: CloudSpec['regions'][number],
  at: { host: string; port: number; idleMs: number },
): Promise<Site> {
  const here = { region: region.name, zone: null, node: null };
  const { dns: _global, ...ports } = cloud.ports(region.name);
  const { balancerCheckMs: checkMs } = spec;
  const balancer = await startBalancer(cloud, { region: region.name, checkMs, ...at });
  const api = await servePart('api', here, rpcListener(ports));
  const switches = await serveSwitches(region.name, serviceName(spec.service), ports.switch);
  const outside = await serveControls(here);
  const inside = await Promise.all(
    region.zones.map(({ name }) => serveControls({ region: region.name, zone: name, node: null })),
  );
  const parts: LivePart[] = [darkened('balancer', here, balancer), api, switches, outside, ...inside];
  return {
    region: region.name,
    switches,
    lastRequestAt: balancer.lastRequestAt,
    description: {
      name: region.name,
      weight: region.weight,
      api: api.url,
      endpoint: `http://${balancer.host}:${balancer.port}`,
      group: region.group,
      zones: region.zones.map((zone, i) => ({ ...zone, controls: inside[i]?.controls ?? [] })),
      controls: outside.controls,
      nodes: cloud.routable(region.name).map(({ node: id, zone, host, port }) => ({ id, zone, host, port })),
    },
    async reflect(active) {
      await Promise.all(parts.map((part) => part.reflect(active)));
    },
    async close() {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}
