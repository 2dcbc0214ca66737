import type { Clock, CloudPorts, RegionName } from '@evac/core';
import { type NodeId, nodeId, regionName, serviceName, zoneId, zoneName } from '@evac/core';
import { type Cloud, type CloudSpec, createCloud, seededRandom } from '@evac/sim';
import type { ContractRegion, ContractWorld } from './world.ts';

const region = (name: string, short: string) => ({
  name: regionName(name),
  group: `chat-${name}`,
  zones: ['a', 'b', 'c'].map((letter, i) => ({
    name: zoneName(`${name}${letter}`),
    id: zoneId(`${short}-az${i + 1}`),
  })),
  nodesPerZone: 2,
  min: 2,
  max: 8,
});

/** Scale 1 has one-second health checks, so that a unit is `scale` seconds. */
function specAt(scale: number): CloudSpec {
  const seconds = (n: number) => n * 1_000 * scale;
  return {
    scale,
    service: 'chat',
    dnsName: 'chat.evac.test',
    ttlMs: seconds(30),
    port: 8_000,
    regions: [
      { ...region('us-west-2', 'usw2'), weight: 100 },
      { ...region('eu-west-1', 'euw1'), weight: 0 },
    ],
    bootMs: seconds(5),
    loadMs: seconds(5),
    deregistrationDelayMs: seconds(30),
    balancerCheckMs: seconds(1),
    balancerThreshold: 2,
    switchCheckMs: seconds(1),
    switchThreshold: 2,
  };
}

export interface CloudWorld {
  cloud: Cloud;
  spec: CloudSpec;
  /** The world as seen through `ports`: the cloud's own, or somebody's on the way to them. */
  seen(ports: (region: RegionName) => CloudPorts): Omit<ContractWorld, 'pass' | 'close'>;
  stop(): Promise<void>;
}

/** The simulated cloud with machines that only have an address, and the checks that live servers would make. */
export async function startCloudWorld(clock: Clock, scale: number): Promise<CloudWorld> {
  const spec = specAt(scale);
  const unitMs = spec.balancerCheckMs;
  const silent = new Set<NodeId>();
  const isolated = new Set<NodeId>();
  const restarts = new Map<NodeId, number>();
  const stopped = new AbortController();
  let lastPort = 10_000;
  const machines = {
    start: async () => ({ host: '127.0.0.1', port: ++lastPort }),
    stop: async () => undefined,
    async restart({ node }: { node: NodeId }) {
      if (isolated.has(node)) throw new Error('nothing answers there');
      restarts.set(node, (restarts.get(node) ?? 0) + 1);
    },
  };
  const cloud = createCloud(spec, machines, clock, seededRandom(1));
  await cloud.start();
  const service = serviceName(spec.service);

  async function check(): Promise<void> {
    for (const { nodes } of cloud.view().regions) {
      for (const { node } of nodes) cloud.reportTarget(node, !silent.has(node));
    }
    for (const { name: from } of spec.regions) {
      for (const { name: watched } of spec.regions.filter((r) => r.name !== from)) {
        cloud.reportSwitch(watched, from, await cloud.ports(from).switch.read({ service, region: watched }));
      }
    }
  }
  const checking = (async () => {
    while (!stopped.signal.aborted) {
      await check();
      await clock.sleep(unitMs, stopped.signal).catch(() => undefined);
    }
  })();

  return {
    cloud,
    spec,
    seen(ports) {
      const [home, away] = spec.regions.map(
        ({ name, zones }): ContractRegion => ({ name, zones, ports: ports(name) }),
      );
      if (!home || !away) throw new Error('the contract needs two regions');
      return {
        service,
        home,
        away,
        unitMs,
        shift: { minMs: 60_000 * scale, maxMs: 72 * 3_600_000 * scale },
        now: () => clock.now(),
        async setCapacity(zone, plenty) {
          cloud.setCapacity(zone, plenty ? null : 0);
        },
        async setAnswering(node, ok) {
          if (ok) silent.delete(nodeId(node));
          else silent.add(nodeId(node));
        },
        async setReachable(node, ok) {
          if (ok) isolated.delete(node);
          else isolated.add(node);
        },
        restarts: async (node) => restarts.get(node) ?? 0,
        async request({ zone, ok, latencyMs }) {
          cloud.countRequest(home.name, zone, ok, latencyMs);
        },
      };
    },
    async stop() {
      stopped.abort();
      await checking;
      await cloud.stop();
    },
  };
}
