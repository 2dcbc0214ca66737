import { createClients, createStore as createDynamoStore } from '@evac/aws';
import { regionName, type Store } from '@evac/core';
import { describe } from 'vitest';
import { startDynamoDb } from '../../packages/aws/src/testing/dynamodb/server.ts';
import { createStore } from '../../packages/sim/src/cloud/store.ts';
import { gatedClients } from './gated-clients.ts';
import { type Gate, type RaceWorld, racesContract } from './races.ts';
import { createStillClock } from './still-clock.ts';

describe('the simulated cloud’s store', () => {
  racesContract(async (): Promise<RaceWorld> => {
    const clock = createStillClock();
    const { port } = createStore(clock);
    return {
      writers: (gate) => [gated(port, gate, 0), gated(port, gate, 1)],
      now: clock.now,
      pass: clock.pass,
      close: async () => {},
    };
  }, 500);
});

describe('the store in DynamoDB', () => {
  racesContract(async (): Promise<RaceWorld> => {
    const clock = createStillClock();
    const db = await startDynamoDb();
    const clients = createClients({
      region: regionName('us-west-2'),
      endpoint: db.url,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const writer = (gate: Gate, n: number) =>
      createDynamoStore({ clients: gatedClients(clients, gate, n), clock }, 'evac');
    return {
      writers: (gate) => [writer(gate, 0), writer(gate, 1)],
      now: clock.now,
      pass: clock.pass,
      async close() {
        clients.destroy();
        await db.close();
      },
    };
  }, 150);
});

/** Every call of the port is one request. */
function gated(store: Store, gate: Gate, writer: number): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        await gate.enter(writer);
        try {
          return await Reflect.apply(method, target, args);
        } finally {
          gate.leave();
        }
      };
    },
  });
}
