import { type Observation, regionName, vantageId, zoneName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { incident } from '../../../core/src/testing/snapshot.ts';
import { unanswered } from '../testing/aws.ts';
import type { Trouble } from '../testing/dynamodb/server.ts';
import { first, note, type StoreWorld, scope, second, service, startStoreWorld } from '../testing/store.ts';

let world: StoreWorld;
beforeEach(async () => {
  world = await startStoreWorld();
});
afterEach(() => world.close());

async function beImpatient(): Promise<void> {
  await world.close();
  world = await startStoreWorld(2, unanswered.attemptMs);
}

/** The next calls of an action go wrong, this often. */
function goWrong(trouble: Trouble, action: string, times = 1): void {
  let left = times;
  world.db.trouble = (call) => (call.action === action && left-- > 0 ? trouble : null);
}
const count = (action: string) => world.db.calls.filter((call) => call.action === action).length;

const observation = (at: number): Observation => ({
  service,
  vantage: vantageId('in/us-west-2a'),
  region: regionName('us-west-2'),
  zone: zoneName('us-west-2a'),
  at,
  blind: false,
  outcomes: [],
});
const record = (token: number, id = first) =>
  world.store.record({ id, scope, token, ttlMs: 60_000, event: note });
const seqs = async () => (await world.store.incident({ id: first }))?.events.map((e) => e.seq);

describe('a call that', () => {
  it.each(['throttled', 'error', 'reset', 'hang'] as const)(
    'goes wrong once (%s) is made again',
    async (trouble) => {
      if (trouble === 'hang') await beImpatient();
      goWrong(trouble, 'GetItem');
      expect(await world.store.breakerResetAt()).toBeNull();
      expect(count('GetItem')).toBe(2);
    },
  );

  it('is throttled to the end says so', async () => {
    goWrong('throttled', 'GetItem', 9);
    await expect(world.store.breakerResetAt()).rejects.toMatchObject({
      name: 'PortError',
      code: 'throttled',
    });
  });

  it.each(['reset', 'hang', 'error'] as const)(
    'is never answered (%s) may have happened',
    async (trouble) => {
      if (trouble === 'hang') await beImpatient();
      goWrong(trouble, 'PutItem', 9);
      const put = world.store.putObservation(observation(1));
      await expect(put).rejects.toMatchObject({ name: 'LostAnswer' });
    },
  );
});

describe('an answer that is lost after the write', () => {
  it('of a record does not write it twice', async () => {
    const { token } = await world.begin();
    goWrong('lost', 'TransactWriteItems');
    expect((await record(token)).seq).toBe(1);
    expect(count('TransactWriteItems')).toBe(3);
    expect(await seqs()).toEqual([1]);
  });

  it('of a record, forgotten by DynamoDB since, is found in the table', async () => {
    const { token } = await world.begin();
    goWrong('lost', 'TransactWriteItems');
    world.db.forgetTokens = true;
    expect((await record(token)).seq).toBe(1);
    expect(await seqs()).toEqual([1]);
  });

  it('of an opening does not make it somebody else’s', async () => {
    goWrong('lost', 'TransactWriteItems');
    world.db.forgetTokens = true;
    expect(await world.store.openIncident({ incident: incident({ id: first }) })).toBe(true);
  });

  it('of health does not look like another writer', async () => {
    goWrong('lost', 'PutItem');
    expect(await world.store.writeHealth({ service, health: [], rounds: [], version: 0 })).toBe(true);
    expect((await world.store.readHealth({ service })).version).toBe(1);
  });

  it('of a lease gives its holder a higher token', async () => {
    goWrong('lost', 'UpdateItem');
    const lease = await world.store.acquireLease({ scope, holder: first, ttlMs: 1_000 });
    expect(lease).toMatchObject({ holder: first, token: 2 });
    expect(await world.store.acquireLease({ scope, holder: second, ttlMs: 1_000 })).toBeNull();
  });

  it('of a closing closes once', async () => {
    await world.begin();
    goWrong('lost', 'TransactWriteItems');
    world.db.forgetTokens = true;
    await world.store.closeIncident({ id: first, outcome: 'recovered', text: 'done' });
    expect(await seqs()).toEqual([1]);
  });
});

describe('an item that another transaction has', () => {
  it('is written when that is over', async () => {
    const { token } = await world.begin();
    goWrong('busy', 'TransactWriteItems', 3);
    expect((await record(token)).seq).toBe(1);
    goWrong('busy', 'UpdateItem', 3);
    expect(await world.store.acquireLease({ scope, holder: first, ttlMs: 1 })).not.toBeNull();
  });

  it('for ever is contention', async () => {
    const { token } = await world.begin();
    goWrong('busy', 'TransactWriteItems', 99);
    await expect(record(token)).rejects.toMatchObject({ name: 'PortError', code: 'contention' });
  });
});

describe('pages', () => {
  it('are all read', async () => {
    world.db.itemsPerPage = 2;
    const { token } = await world.begin();
    for (let i = 0; i < 6; i++) await record(token);
    expect(await seqs()).toEqual([1, 2, 3, 4, 5, 6]);
    const pause = { service, move: null, by: 'ann', reason: 'release', at: 1, until: null };
    for (const id of ['a', 'b', 'c', 'd', 'e']) await world.store.addPause({ ...pause, id });
    expect((await world.store.pauses()).map((p) => p.id)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('an item of a newer version', () => {
  /** As a later Evac would leave it. */
  function modernise(): void {
    for (const item of world.db.table.items.values()) item.v = { N: '3' };
  }
  const refused = { code: 'invalid', message: expect.stringContaining('a newer version of Evac wrote') };

  it('is neither read nor overwritten, and it is said why', async () => {
    const { token } = await world.begin();
    const pause = { id: 'p', service, move: null, by: 'ann', reason: 'release', at: 1, until: null };
    await world.store.addPause(pause);
    await world.store.resetBreaker({ by: 'ann', reason: 'seen' });
    await world.store.writeTargets({ service, targets: [] });
    await world.store.putObservation(observation(1));
    await world.store.writeHealth({ service, health: [], rounds: [], version: 0 });
    modernise();
    const before = JSON.stringify([...world.db.table.items]);
    const store = world.another();
    const calls: (() => Promise<unknown>)[] = [
      () => store.incident({ id: first }),
      () => store.incidents({ service, since: 0 }),
      () => store.openIncident({ incident: incident({ id: first }) }),
      () => store.record({ id: first, scope, token, ttlMs: 1, event: note }),
      () => store.closeIncident({ id: first, outcome: 'failed', text: 'x' }),
      () => store.acquireLease({ scope, holder: first, ttlMs: 1 }),
      () => store.releaseLease({ scope, token }),
      () => store.pauses(),
      () => store.addPause(pause),
      () => store.removePause({ id: 'p' }),
      () => store.breakerResetAt(),
      () => store.resetBreaker({ by: 'ann', reason: 'seen' }),
      () => store.readTargets({ service }),
      () => store.writeTargets({ service, targets: [] }),
      () => store.observations({ service }),
      () => store.putObservation(observation(2)),
      () => store.readHealth({ service }),
      () => store.writeHealth({ service, health: [], rounds: [], version: 1 }),
    ];
    for (const call of calls) await expect(call(), String(call)).rejects.toMatchObject(refused);
    expect(JSON.stringify([...world.db.table.items])).toBe(before);
  });
});

describe('what a newer version merely added', () => {
  it('is ignored, and left where it is', async () => {
    const { token } = await world.begin();
    for (const item of world.db.table.items.values()) item.colour = { S: 'blue' };
    await record(token);
    expect((await world.store.incident({ id: first }))?.events).toHaveLength(1);
    const kept = [...world.db.table.items.values()].filter((item) => item.sk?.S === 'HEAD');
    expect(kept.map((item) => item.colour?.S)).toEqual(['blue', 'blue']);
  });
});

describe('an item that is too large', () => {
  it('is refused before it is sent', async () => {
    const { token } = await world.begin();
    const event = { ...note, data: { answer: 'x'.repeat(400_000) } };
    const writing = world.store.record({ id: first, scope, token, ttlMs: 1, event });
    await expect(writing).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/incident#inc-1 event#000001 would be 401 KB: .* at most 380 KB/),
    });
    expect(await seqs()).toEqual([]);
  });
});
