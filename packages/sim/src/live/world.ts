import { systemClock } from '../clock.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { createCloud } from '../cloud/create.ts';
import type { WorldDescription } from '../description.ts';
import { lacksCapacity } from '../fault/strike.ts';
import type { Targets } from '../fault/target.ts';
import { seededRandom } from '../random.ts';
import { rpcListener } from '../rpc/server.ts';
import { freePort, haveLoopbackAliases, localhost, planAddresses } from './addresses.ts';
import { serveAdmin } from './admin/serve.ts';
import { createTimeline } from './admin/timeline.ts';
import type { WorldView } from './admin/view.ts';
import { startCheckers } from './checkers.ts';
import { startDns } from './dns/server.ts';
import { createFaultBoard, type FaultBoard } from './faults.ts';
import { createMachines } from './machines.ts';
import { servePart } from './part.ts';
import { planWorld, type WorldOptions } from './plan.ts';
import { openSite, type Site } from './site.ts';

export interface World {
  description: WorldDescription;
  /** Resolves when the world has ended, however it came to that. */
  ended: Promise<void>;
  /** Ends it and leaves nothing: no socket, no timer. */
  stop(): Promise<void>;
}

/**
 * Starts a world on loopback, every port a free one; resolves when its nodes serve and its balancers have checked
 * them. Throws a sentence when an option makes no sense. `aliases: false` makes do with 127.0.0.1 alone.
 */
export async function startWorld(options: WorldOptions & { aliases?: boolean } = {}): Promise<World> {
  const { cloud: spec, scale, seed, model, idleMs } = planWorld(options);
  const aliases = options.aliases ?? (await haveLoopbackAliases());
  const addresses = planAddresses(aliases);
  const hosts = spec.regions.map((_region, i) => addresses.balancer(i));
  const port = aliases ? await freePort(hosts) : 0;
  const timeline = createTimeline();
  const closing: (() => Promise<void>)[] = [];
  const ended = Promise.withResolvers<void>();
  const sites: Site[] = [];

  const machines = createMachines({
    regions: spec.regions,
    model,
    port,
    scale,
    seed,
    addresses,
    faults: () => faults.active(),
  });
  const cloud = createCloud({ ...spec, port }, machines, systemClock(), seededRandom(seed));
  const everywhere = { region: null, zone: null, node: null };
  const { answers: _asksDns, ...dnsApi } = cloud.ports(first(spec.regions).name).dns;
  const globalApi = await servePart('global-api', everywhere, rpcListener({ dns: dnsApi }));
  const faults = createFaultBoard(
    () => targetsOf(cloud),
    async (active) => {
      for (const region of spec.regions) {
        for (const { name: zone } of region.zones) {
          const none = lacksCapacity(active, { region: region.name, zone, node: null });
          cloud.setCapacity(zone, none ? 0 : null);
        }
      }
      await Promise.all([machines, globalApi, ...sites].map((part) => part.reflect(active)));
    },
    ({ name, target }, on) => {
      const text = on ? `${name} strikes ${target}` : `${name} is taken off ${target}`;
      timeline.add({ at: Date.now(), kind: on ? 'fault-on' : 'fault-off', ...everywhere, text });
    },
  );
  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= closeAll(closing).finally(ended.resolve);
    return stopping;
  };

  try {
    closing.push(globalApi.close, () => cloud.stop());
    cloud.onEvent((event) => timeline.add(event));
    await cloud.start();
    for (const [i, region] of spec.regions.entries()) {
      const site = await openSite(cloud, spec, region, { host: hosts[i] ?? localhost, port, idleMs });
      sites.push(site);
      closing.push(site.close);
    }
    const zone = {
      name: spec.dnsName,
      ttlMs: spec.ttlMs,
      records: cloud.answer,
      regions: sites.map(({ region, description }) => ({ region, ...addressOf(description.endpoint) })),
      random: seededRandom(seed + 1),
    };
    const dns = await startDns(zone, localhost);
    closing.push(dns.close);
    const switches = sites.map((site) => ({ region: site.region, ...site.switches }));
    const checkers = startCheckers(cloud, switches, spec.switchCheckMs);
    closing.push(checkers.stop);

    const description: WorldDescription = {
      admin: '',
      dns: { host: dns.host, port: dns.port },
      global: globalApi.url,
      service: spec.service,
      model,
      dnsName: spec.dnsName,
      srv: !aliases,
      ttlMs: spec.ttlMs,
      port: addressOf(first(sites).description.endpoint).port,
      scale,
      regions: sites.map((site) => site.description),
    };
    const admin = await serveAdmin({
      description: () => description,
      view: () => viewOf(cloud, faults, sites),
      events: timeline.after,
      faults,
      // Later, so that whoever asked for it hears the answer.
      shutDown: () => setTimeout(stop, 50),
    });
    closing.push(admin.close);
    description.admin = `http://${admin.host}:${admin.port}`;
    return { description, ended: ended.promise, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In reverse: who asks ends before who answers. */
async function closeAll(closing: (() => Promise<void>)[]): Promise<void> {
  for (const close of closing.reverse()) await close();
}

function viewOf(cloud: Cloud, faults: FaultBoard, sites: readonly Site[]): WorldView {
  const regions = sites.flatMap(({ region, lastRequestAt: { region: at } }) =>
    at === null ? [] : [[region, at]],
  );
  return {
    ...cloud.view(),
    faults: [...faults.active()],
    lastRequestAt: {
      regions: Object.fromEntries(regions),
      nodes: Object.fromEntries(sites.flatMap((site) => [...site.lastRequestAt.nodes])),
    },
  };
}

function targetsOf(cloud: Cloud): Targets {
  const { regions } = cloud.view();
  const zones = regions.flatMap((region) => region.zones.map((zone) => zone.name));
  const nodes = regions.flatMap((region) => region.nodes).filter((node) => node.lifecycle === 'in-service');
  return {
    regions: regions.map((region) => region.name),
    zones,
    nodes: zones.flatMap((zone) => nodes.filter((n) => n.zone === zone).map((n) => n.node)),
  };
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

function first<T>(list: readonly T[]): T {
  const [head] = list;
  if (head === undefined) throw new Error('a world has at least one region');
  return head;
}
