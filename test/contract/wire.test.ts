import { type Clients, createClients, createDns, createStore, createSwitch } from '@evac/aws';
import { type RegionName, type ServiceSettings, serviceName } from '@evac/core';
import { seededRandom } from '@evac/sim';
import { describe } from 'vitest';
import { createTestClock } from '../../packages/aws/src/testing/clock.ts';
import { type FakeDynamoDb, startDynamoDb } from '../../packages/aws/src/testing/dynamodb/server.ts';
import { aliasRecord, type FakeRoute53, put, startRoute53 } from '../../packages/aws/src/testing/route53.ts';
import { settings } from '../../packages/core/src/testing/snapshot.ts';
import { recordsInPlay } from '../../packages/sim/src/cloud/weighted.ts';
import { startDns } from '../../packages/sim/src/live/dns/server.ts';
import { startCloudWorld } from './cloud-world.ts';
import { dnsContract } from './dns.ts';
import { storeContract } from './store.ts';
import { switchContract } from './switch.ts';
import type { MakeWorld } from './world.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const dnsName = 'chat.evac.test';

interface Region {
  name: RegionName;
  weight: number;
  /** The region's load balancer, as DNS answers it. */
  host: string;
  db: FakeDynamoDb;
}

/** Each region's record, with an inverted health check of the switch that lives in the other one. */
function addRecords(route53: FakeRoute53, regions: Region[]): void {
  for (const { name, weight } of regions) {
    const other = regions.find((r) => r.name !== name);
    route53.checks.set(`about-${name}`, {
      config: '<Type>HTTPS</Type><Inverted>true</Inverted>',
      seen: () => {
        const on = other?.db.table.items.get(`switch#chat ${name}`)?.on?.BOOL === true;
        return [on ? 'Success: HTTP Status Code 200, OK' : 'Failure: HTTP Status Code 503'];
      },
    });
    put(route53, aliasRecord(dnsName, name, weight, { check: `about-${name}` }));
  }
}

/** What Route 53's servers would answer. */
function answersOf(route53: FakeRoute53, regions: Region[]) {
  const records = regions.map(({ name }) => {
    const set = [...route53.sets].find(([id]) => id.endsWith(` ${name}`))?.[1] ?? '';
    const [seen = ''] = route53.checks.get(`about-${name}`)?.seen() ?? [];
    const weight = Number(set.match(/<Weight>(\d+)</)?.[1]);
    return { region: name, weight, healthy: seen.startsWith('Failure') };
  });
  return recordsInPlay(records);
}

const makeWorld: MakeWorld = async () => {
  const clock = createTestClock();
  const world = await startCloudWorld({ ...clock, sleep: () => new Promise(() => {}) }, 1);
  const regions = await Promise.all(
    world.spec.regions.map(
      async ({ name, weight }, i): Promise<Region> => ({
        name,
        weight,
        host: `127.0.0.${i + 2}`,
        db: await startDynamoDb(),
      }),
    ),
  );
  const route53 = await startRoute53('evac.test');
  addRecords(route53, regions);
  const server = await startDns(
    {
      name: dnsName,
      ttlMs: 30_000,
      random: seededRandom(1),
      records: () => answersOf(route53, regions),
      regions: regions.map(({ name, host }) => ({ region: name, host, port: 80 })),
    },
    '127.0.0.1',
  );
  const service: ServiceSettings = settings({
    name: serviceName('chat'),
    dns: { name: dnsName, control: 'switch', ttlMs: 30_000 },
    regions: regions.map(({ name, weight, host }) => ({
      region: name,
      weight,
      groups: [],
      endpoint: `http://${host}`,
      zones: [],
    })),
  });
  const opened: Clients[] = [];
  const clientsOf = (region: RegionName, endpoint: string) => {
    const clients = createClients({ region, endpoint, credentials });
    opened.push(clients);
    return clients;
  };
  const names = {
    serversOf: async () => [`${server.host}:${server.port}`],
    addressesOf: async () => [],
  };
  const ports = new Map(
    regions.map(({ name, db }) => {
      const here = { clients: clientsOf(name, db.url), services: [service], clock };
      const global = { ...here, clients: clientsOf(name, route53.url) };
      return [
        name,
        {
          store: createStore(here, 'evac'),
          switch: createSwitch(here, 'evac'),
          dns: createDns(global, { names }),
        },
      ];
    }),
  );
  return {
    ...world.seen((region) => ({ ...world.cloud.ports(region), ...ports.get(region) })),
    now: clock.now,
    async pass(ms) {
      clock.pass(ms);
    },
    async close() {
      for (const clients of opened) clients.destroy();
      await Promise.all([server, route53, ...regions.map((r) => r.db)].map((s) => s.close()));
    },
  };
};

describe('the AWS adapters over the wire, against local servers', () => {
  storeContract(makeWorld);
  dnsContract(makeWorld);
  switchContract(makeWorld);
});
