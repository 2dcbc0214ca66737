import type { RegionName } from '@evac/core';
import { connectCloud, connectionTo, type RpcServer, seededRandom, serveRpc } from '@evac/sim';
import { describe } from 'vitest';
import { createVirtualClock } from '../../packages/core/src/testing/virtual-clock.ts';
import { startDns } from '../../packages/sim/src/live/dns/server.ts';
import { balancerContract } from './balancer.ts';
import { type CloudWorld, startCloudWorld } from './cloud-world.ts';
import { dnsContract } from './dns.ts';
import { fleetContract } from './fleet.ts';
import { restartContract } from './restart.ts';
import { storeContract } from './store.ts';
import { switchContract } from './switch.ts';
import type { MakeWorld } from './world.ts';
import { zonalShiftContract } from './zonal-shift.ts';

const localhost = '127.0.0.1';
const free = { host: localhost, port: 0 };
/** Every call is answered, however busy the machine is. */
const timeoutMs = 15_000;

/** The world behind one RPC server a region, one for the global API, and a real DNS server. */
async function serve({ cloud, spec }: CloudWorld) {
  const apis = new Map<RegionName, RpcServer>();
  for (const { name } of spec.regions) {
    const { dns: _, ...regional } = cloud.ports(name);
    apis.set(name, await serveRpc(regional, free));
  }
  const [first] = spec.regions;
  const { answers: _, ...control } = cloud.ports(first!.name).dns;
  const global = await serveRpc({ dns: control }, free);
  const addresses = spec.regions.map(({ name }, i) => ({ region: name, host: `127.0.0.${i + 2}`, port: 80 }));
  const zone = { name: spec.dnsName, ttlMs: spec.ttlMs, random: seededRandom(1) };
  const dns = await startDns({ ...zone, records: cloud.answer, regions: addresses }, localhost);
  const description = {
    dns: { host: dns.host, port: dns.port },
    dnsName: spec.dnsName,
    global: global.url,
    regions: addresses.map(({ region, host }) => ({
      name: region,
      api: apis.get(region)!.url,
      endpoint: `http://${host}:80`,
    })),
  };
  return {
    description,
    async close() {
      await Promise.all([...apis.values(), global, dns].map((server) => server.close()));
    },
  };
}

const makeWorld: MakeWorld = async () => {
  const { fake, clock } = createVirtualClock();
  const world = await startCloudWorld(clock, 1);
  const served = await serve(world);
  const connect = (name: RegionName) =>
    connectCloud({ ...connectionTo(served.description, name), timeoutMs });
  return {
    ...world.seen(connect),
    async pass(ms) {
      await fake.tickAsync(ms);
    },
    async close() {
      await served.close();
      await world.stop();
    },
  };
};

describe('the simulated cloud over RPC, in virtual time', () => {
  fleetContract(makeWorld);
  balancerContract(makeWorld);
  zonalShiftContract(makeWorld);
  restartContract(makeWorld);
  dnsContract(makeWorld);
  switchContract(makeWorld);
  storeContract(makeWorld);
});
