import { type Clients, createClients, createDns, createStore, createSwitch } from '@evac/aws';
import { type CloudPorts, type RegionName, regionName } from '@evac/core';
import { seededRandom } from '@evac/sim';
import { createTestClock } from '../../packages/aws/src/testing/clock.ts';
import { settings } from '../../packages/core/src/testing/snapshot.ts';
import { recordsInPlay } from '../../packages/sim/src/cloud/weighted.ts';
import { startDns } from '../../packages/sim/src/live/dns/server.ts';
import type { ContractWorld } from '../contract/world.ts';
import type { Moto } from './moto.ts';
import { checkers, createZone, dnsName, isOut, readWeights, xml } from './names.ts';
import { type AwsProxy, type Interference, startProxy } from './proxy.ts';
import { createTable } from './table.ts';

/** The ports of what a cell remembers, and of what its name answers. */
type MemoryPorts = Pick<CloudPorts, 'store' | 'switch' | 'dns'>;

export interface MemoryWorld extends ContractWorld<keyof MemoryPorts> {
  proxy: AwsProxy;
}

const table = 'evac';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const home = { name: regionName('us-west-2'), host: '127.0.0.2', weight: 100 };
const away = { name: regionName('eu-west-1'), host: '127.0.0.3', weight: 0 };
const regions = [home, away];

/** Two regions on moto, a table in each and one hosted zone, whose answers a real DNS server gives. */
export async function createMemoryWorld(moto: Moto): Promise<MemoryWorld> {
  await moto.reset();
  const clock = createTestClock();
  const proxy = await startProxy(moto.url);
  const inTurn = turns();
  const clientsOf = (region: RegionName) =>
    inTurn(createClients({ region, endpoint: proxy.url, credentials }));
  const clients = new Map(regions.map(({ name }) => [name, clientsOf(name)]));
  for (const own of clients.values()) await createTable(own, table);
  const route53 = clientsOf(home.name);
  const zone = await createZone(route53, regions);
  proxy.interferences.push(checkers(proxy, zone), unknownChanges);

  let weights = await readWeights(route53, zone.id);
  let changesRead = 0;
  const server = await startDns(
    {
      name: dnsName,
      ttlMs: 30_000,
      random: seededRandom(1),
      records: () =>
        recordsInPlay(
          regions.map(({ name }) => ({
            region: name,
            weight: weights.get(name) ?? 0,
            healthy: !isOut(proxy, name),
          })),
        ),
      regions: regions.map(({ name, host }) => ({ region: name, host, port: 80 })),
    },
    '127.0.0.1',
  );
  const service = settings({
    dns: { name: dnsName, control: 'switch', ttlMs: 30_000 },
    regions: regions.map(({ name, host, weight }) => ({
      region: name,
      weight,
      groups: [],
      endpoint: `http://${host}`,
      zones: [],
    })),
  });
  const names = {
    serversOf: async () => [`${server.host}:${server.port}`],
    addressesOf: async () => [],
  };
  const ports = (region: RegionName): MemoryPorts => {
    const own = clients.get(region);
    if (!own) throw new Error(`no region ${region}`);
    const context = { clients: own, services: [service], clock };
    return {
      store: createStore(context, table),
      switch: createSwitch(context, table),
      dns: createDns(context, { names }),
    };
  };
  const notHere = () => Promise.reject(new Error('this world has no nodes'));
  return {
    proxy,
    service: service.name,
    home: { name: home.name, zones: [], ports: ports(home.name) },
    away: { name: away.name, zones: [], ports: ports(away.name) },
    unitMs: 1_000,
    shift: { minMs: 0, maxMs: 0 },
    now: clock.now,
    async pass(ms) {
      clock.pass(ms);
      const changes = proxy.calls.filter((c) => c.method === 'POST' && c.path.includes('/rrset')).length;
      if (changes > changesRead) weights = await readWeights(route53, zone.id);
      changesRead = changes;
    },
    setCapacity: notHere,
    setAnswering: notHere,
    setReachable: notHere,
    restarts: notHere,
    request: notHere,
    async close() {
      for (const own of [...clients.values(), route53]) own.destroy();
      await Promise.all([server.close(), proxy.close()]);
    },
  };
}

/**
 * One request at a time: moto keeps a transaction's tables by copying them, and one that is refused puts back a copy
 * without what others have written in the meantime.
 */
function turns(): (clients: Clients) => Clients {
  let last: Promise<unknown> = Promise.resolve();
  return (clients) => ({
    ...clients,
    call(what, send, limitMs) {
      const next = last.then(() => clients.call(what, send, limitMs));
      last = next.catch(() => undefined);
      return next;
    },
  });
}

/** moto knows every change. */
const unknownChanges: Interference = ({ path }) =>
  path.endsWith('/change/C0000000000000')
    ? xml(
        '<ErrorResponse><Error><Code>NoSuchChange</Code><Message>none</Message></Error></ErrorResponse>',
        404,
      )
    : null;
