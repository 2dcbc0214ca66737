import { randomUUID } from 'node:crypto';
import { createClients, createStore } from '@evac/aws';
import { regionName } from '@evac/core';
import { gatedClients } from '../contract/gated-clients.ts';
import type { Gate, RaceWorld } from '../contract/races.ts';
import { createStillClock } from '../contract/still-clock.ts';
import type { Moto } from './moto.ts';
import { createTable } from './table.ts';

/** Two writers on a table of their own. */
export async function createRaces(moto: Moto): Promise<RaceWorld> {
  const clock = createStillClock();
  const clients = createClients({
    region: regionName('us-west-2'),
    endpoint: moto.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const table = `races-${randomUUID()}`;
  await createTable(clients, table);
  const writer = (gate: Gate, n: number) =>
    createStore({ clients: gatedClients(clients, gate, n), clock }, table);
  return {
    writers: (gate) => [writer(gate, 0), writer(gate, 1)],
    now: clock.now,
    pass: clock.pass,
    close: async () => clients.destroy(),
  };
}
