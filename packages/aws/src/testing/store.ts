import { incidentId, regionName, type Store, serviceName } from '@evac/core';
import { incident } from '../../../core/src/testing/snapshot.ts';
import { type Clients, createClients } from '../clients.ts';
import { createStore } from '../store/store.ts';
import { patient } from './aws.ts';
import { createTestClock } from './clock.ts';
import { type FakeDynamoDb, startDynamoDb } from './dynamodb/server.ts';

export const service = serviceName('llm');
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
export const first = incidentId('inc-1');
export const second = incidentId('inc-2');
export const scope = 'llm/us-west-2';
export const note = { step: 'drain', phase: 'note', text: 'a note' } as const;

export interface StoreWorld {
  db: FakeDynamoDb;
  clients: Clients;
  store: Store;
  clock: ReturnType<typeof createTestClock>;
  /** A store of its own on the same table: another function, with nothing in memory. */
  another(): Store;
  /** Opens an incident and takes the lease. */
  begin(id?: typeof first): Promise<{ token: number }>;
  close(): Promise<void>;
}

/** A store of the real SDK on a local server; the SDK gives up after `attempts`, each after `attemptMs` of silence. */
export async function startStoreWorld(attempts = 2, attemptMs = patient.attemptMs): Promise<StoreWorld> {
  const clock = createTestClock();
  const db = await startDynamoDb();
  const region = regionName('us-west-2');
  const clients = createClients({ region, endpoint: db.url, credentials, ...patient, attempts, attemptMs });
  const another = () => createStore({ clients, clock }, 'evac');
  const store = another();
  return {
    db,
    clients,
    store,
    clock,
    another,
    async begin(id = first) {
      await store.openIncident({ incident: incident({ id, openedAt: clock.now() }) });
      const lease = await store.acquireLease({ scope, holder: id, ttlMs: 60_000 });
      return { token: lease?.token ?? 0 };
    },
    async close() {
      clients.destroy();
      await db.close();
    },
  };
}
