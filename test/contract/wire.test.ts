import { createClients, createStore } from '@evac/aws';
import type { RegionName } from '@evac/core';
import { describe } from 'vitest';
import { createTestClock } from '../../packages/aws/src/testing/clock.ts';
import { startDynamoDb } from '../../packages/aws/src/testing/dynamodb/server.ts';
import { startCloudWorld } from './cloud-world.ts';
import { storeContract } from './store.ts';
import type { MakeWorld } from './world.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const makeWorld: MakeWorld = async () => {
  const clock = createTestClock();
  const world = await startCloudWorld({ ...clock, sleep: () => new Promise(() => {}) }, 1);
  const tables = new Map(
    await Promise.all(world.spec.regions.map(async ({ name }) => [name, await startDynamoDb()] as const)),
  );
  const clients = [...tables].map(([region, { url }]) =>
    createClients({ region, endpoint: url, credentials }),
  );
  const store = (region: RegionName) => createStore(clients.find((c) => c.region === region)!, 'evac', clock);
  return {
    ...world.seen((region) => ({ ...world.cloud.ports(region), store: store(region) })),
    now: clock.now,
    async pass(ms) {
      clock.pass(ms);
    },
    async close() {
      for (const c of clients) c.destroy();
      await Promise.all([...tables.values()].map((table) => table.close()));
    },
  };
};

describe('the AWS adapters over the wire, against local servers', () => {
  storeContract(makeWorld);
});
