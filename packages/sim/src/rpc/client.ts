import { type CloudPorts, type Dns, type RegionName, regionName, type Store } from '@evac/core';
import type { WorldDescription, WorldRegion } from '../description.ts';
import { type DnsConnection, resolveRegions } from './answers.ts';
import { type Call, callsTo } from './call.ts';

export interface CloudConnection {
  /** The region's RPC address, `http://HOST:PORT`. */
  api: string;
  /** The global control plane's. */
  global: string;
  dns: DnsConnection;
  /** For each call; 2 s if left out. */
  timeoutMs?: number;
}

/** What of a world's description says how to reach it. */
type Reachable = Pick<WorldDescription, 'global' | 'dns' | 'dnsName'> & {
  regions: Pick<WorldRegion, 'name' | 'api' | 'endpoint'>[];
};

/** How to reach one region of a world that described itself. Throws when the world has no such region. */
export function connectionTo(world: Reachable, region: RegionName): CloudConnection {
  const here = world.regions.find((r) => r.name === region);
  if (!here) {
    const names = world.regions.map((r) => r.name).join(', ');
    throw new Error(`this world has no region ${region}: it has ${names}`);
  }
  const regions = Object.fromEntries(
    world.regions.map((r) => [new URL(r.endpoint).hostname, regionName(r.name)]),
  );
  return { api: here.api, global: world.global, dns: { ...world.dns, name: world.dnsName, regions } };
}

/** A region's ports over HTTP. Every method rejects with a PortError; `unavailable` when nothing answers in time. */
export function connectCloud({ api, global, dns, timeoutMs }: CloudConnection): CloudPorts {
  const call = callsTo(api, timeoutMs);
  return {
    fleet: {
      describe: (ask) => call('fleet/describe', ask),
      launch: (ask) => call('fleet/launch', ask),
      terminate: (ask) => call('fleet/terminate', ask),
      keep: (ask) => call('fleet/keep', ask),
      suspend: (ask) => call('fleet/suspend', ask),
      resume: (ask) => call('fleet/resume', ask),
      setZones: (ask) => call('fleet/setZones', ask),
      setDesired: (ask) => call('fleet/setDesired', ask),
    },
    balancer: {
      health: (ask) => call('balancer/health', ask),
      deregister: (ask) => call('balancer/deregister', ask),
      register: (ask) => call('balancer/register', ask),
      traffic: (ask) => call('balancer/traffic', ask),
    },
    zonalShift: {
      list: (ask) => call('zonalShift/list', ask),
      start: (ask) => call('zonalShift/start', ask),
      extend: (ask) => call('zonalShift/extend', ask),
      cancel: (ask) => call('zonalShift/cancel', ask),
    },
    restart: { restart: (ask) => call('restart/restart', ask) },
    dns: connectDns(callsTo(global, timeoutMs), dns, timeoutMs ?? 2_000),
    switch: {
      read: (ask) => call('switch/read', ask),
      write: (ask) => call('switch/write', ask),
    },
    store: storeOver(call),
    notify: { send: (notification) => call('notify/send', notification) },
  };
}

/** Only a region's store: what its peers read. */
export function connectStore(api: string, timeoutMs?: number): Store {
  return storeOver(callsTo(api, timeoutMs));
}

function connectDns(call: Call, dns: DnsConnection, timeoutMs: number): Dns {
  return {
    records: (ask) => call('dns/records', ask),
    setWeights: (ask) => call('dns/setWeights', ask),
    inSync: (ask) => call('dns/inSync', ask),
    // The API may be gone while its servers answer: they are asked themselves.
    answers: () => resolveRegions(dns, timeoutMs),
  };
}

function storeOver(call: Call): Store {
  return {
    writeTargets: (ask) => call('store/writeTargets', ask),
    readTargets: (ask) => call('store/readTargets', ask),
    putObservation: (observation) => call('store/putObservation', observation),
    observations: (ask) => call('store/observations', ask),
    readHealth: (ask) => call('store/readHealth', ask),
    writeHealth: (ask) => call('store/writeHealth', ask),
    acquireLease: (ask) => call('store/acquireLease', ask),
    releaseLease: (ask) => call('store/releaseLease', ask),
    openIncident: (ask) => call('store/openIncident', ask),
    incident: (ask) => call('store/incident', ask),
    incidents: (ask) => call('store/incidents', ask),
    record: (ask) => call('store/record', ask),
    closeIncident: (ask) => call('store/closeIncident', ask),
    pauses: () => call('store/pauses'),
    addPause: (pause) => call('store/addPause', pause),
    removePause: (ask) => call('store/removePause', ask),
    breakerResetAt: () => call('store/breakerResetAt'),
    resetBreaker: (ask) => call('store/resetBreaker', ask),
  };
}
