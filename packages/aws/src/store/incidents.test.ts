import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { incident } from '../../../core/src/testing/snapshot.ts';
import { during } from '../testing/dynamodb/server.ts';
import { first, note, type StoreWorld, scope, second, service, startStoreWorld } from '../testing/store.ts';

let world: StoreWorld;
beforeEach(async () => {
  world = await startStoreWorld();
});
afterEach(() => world.close());

const record = (token: number, text = 'a note', id = first) =>
  world.store.record({ id, scope, token, ttlMs: 60_000, event: { ...note, text } });
const close = (id = first) => world.store.closeIncident({ id, outcome: 'recovered', text: 'done' });
const listed = async (since: number) =>
  (await world.store.incidents({ service, since })).map((i) => [i.id, i.closedAt !== null]);

describe('the list of incidents', () => {
  it('has one that closes while it is read', async () => {
    await world.begin();
    const closer = world.another();
    let queries = 0;
    let closing: Promise<void> | null = null;
    // The second query is the one for closed incidents.
    world.db.trouble = async ({ action }) => {
      if (action !== 'Query' || ++queries !== 2) return null;
      closing = closer.closeIncident({ id: first, outcome: 'recovered', text: 'done' });
      await closing;
      return null;
    };
    expect(await listed(0)).toEqual([[first, true]]);
    expect(closing).not.toBeNull();
  });

  it('takes one query for all that are closed, whatever their number', async () => {
    for (const id of [first, second]) {
      await world.begin(id);
      await close(id);
    }
    world.db.calls.length = 0;
    expect(await listed(0)).toEqual([
      [first, true],
      [second, true],
    ]);
    expect(world.db.calls.map((call) => call.action)).toEqual(['Query', 'Query']);
  });

  it('has a closed one that is too long for its item, whole', async () => {
    const { token } = await world.begin();
    const noise = () => Array.from({ length: 4_000 }, () => Math.random().toString(36)).join('');
    for (let i = 0; i < 8; i++) await record(token, noise());
    await close();
    const [long] = await world.store.incidents({ service, since: 0 });
    expect(long?.events).toHaveLength(9);
    expect(long).toEqual(await world.store.incident({ id: first }));
  });

  it('has what was written after the end', async () => {
    const { token } = await world.begin();
    await close();
    await record(token, 'looked once more');
    const [closed] = await world.another().incidents({ service, since: 0 });
    expect(closed?.events.map((e) => e.text)).toEqual(['done', 'looked once more']);
    expect(closed?.outcome).toBe('recovered');
  });

  it('is oldest first', async () => {
    await world.begin(second);
    world.clock.pass(1);
    await world.begin(first);
    await close(second);
    expect(await listed(0)).toEqual([
      [second, true],
      [first, false],
    ]);
  });
});

describe('an append', () => {
  it('that meets another one takes the next number', async () => {
    const { token } = await world.begin();
    const both = await Promise.all([record(token, 'a'), record(token, 'b'), record(token, 'c')]);
    expect(both.map((e) => e.seq).toSorted()).toEqual([1, 2, 3]);
    const events = (await world.store.incident({ id: first }))?.events ?? [];
    expect(events.map((e) => e.seq)).toEqual([1, 2, 3]);
    expect(events.map((e) => e.text).toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('whose lease is taken between its read and its write writes nothing', async () => {
    const { token } = await world.begin();
    const stealing = during(world.db, 'TransactWriteItems', async () => {
      const lease = world.db.table.items.get(`lease#${scope} HEAD`);
      if (lease) lease.token = { N: String(token + 1) };
    });
    await expect(record(token)).rejects.toMatchObject({
      code: 'stale-token',
      message: `token ${token} of ${scope} is not the present one (${token + 1})`,
    });
    await stealing;
    expect((await world.store.incident({ id: first }))?.events).toEqual([]);
  });

  it('meets the closing of the incident and both are written', async () => {
    const { token } = await world.begin();
    await Promise.all([record(token), close()]);
    const [closed] = await world.store.incidents({ service, since: 0 });
    expect(closed?.events.map((e) => e.step).toSorted()).toEqual(['close', 'drain']);
    expect(closed).toEqual(await world.store.incident({ id: first }));
  });
});

describe('an incident', () => {
  it('of which an event is lost is told without it, and goes on with the next number', async () => {
    const { token } = await world.begin();
    for (const text of ['a', 'b', 'c']) await record(token, text);
    world.db.table.items.delete(`incident#${first} event#000002`);
    expect((await world.store.incident({ id: first }))?.events.map((e) => e.text)).toEqual(['a', 'c']);
    expect((await record(token, 'd')).seq).toBe(4);
  });

  it('whose head is newer than its events, as a query may find it, is read again', async () => {
    const { token } = await world.begin();
    for (const text of ['a', 'b']) await record(token, text);
    const name = `incident#${first} event#000002`;
    const last = world.db.table.items.get(name)!;
    world.db.table.items.delete(name);
    let queries = 0;
    world.db.trouble = () => {
      if (++queries === 2) world.db.table.items.set(name, last);
      return null;
    };
    expect((await world.store.incident({ id: first }))?.events.map((e) => e.text)).toEqual(['a', 'b']);
  });

  it('that is listed and gone is left out', async () => {
    await world.begin();
    world.db.table.items.delete(`incident#${first} HEAD`);
    expect(await listed(0)).toEqual([]);
    await expect(close()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is opened without events', async () => {
    const open = world.store.openIncident({
      incident: incident({ id: first, closedAt: 1, outcome: 'failed' }),
    });
    await expect(open).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('names with the separator in them', () => {
  it('do not meet', async () => {
    const lease = await world.store.acquireLease({ scope: 'a#b', holder: first, ttlMs: 60_000 });
    expect(lease?.token).toBe(1);
    expect((await world.store.acquireLease({ scope: 'a%23b', holder: second, ttlMs: 60_000 }))?.token).toBe(
      1,
    );
  });
});
