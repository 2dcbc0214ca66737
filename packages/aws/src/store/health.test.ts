import { type Health, newHealth, nodeId, targetId, vantageId, type ZoneRound, zoneName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcome } from '../../../core/src/testing/snapshot.ts';
import { during } from '../testing/dynamodb/server.ts';
import { type StoreWorld, service, startStoreWorld } from '../testing/store.ts';

const day = 86_400_000;
let world: StoreWorld;
beforeEach(async () => {
  world = await startStoreWorld();
});
afterEach(() => world.close());

/** As a judge would have it: no two numbers alike. */
function seen(vantage: string, target: number, at = 0): Health {
  const { class: lastClass, reason: lastReason, detail: lastDetail } = outcome();
  const when = 1_700_000_000_000 + at * 5_000 + ((target * 7_919) % 5_000);
  return {
    ...newHealth(
      targetId(`node/i-0${(target * 2_654_435_761).toString(16).padStart(16, '0')}`),
      vantageId(vantage),
      1,
    ),
    checks: {
      shallow: {
        failures: 0,
        successes: at + 3,
        bad: false,
        lastAt: when,
        lastClass,
        lastReason,
        lastDetail,
        failingSince: null,
        latencyMs: ((target * 104_729 + at) % 9_973) / 100,
      },
    },
    model: 'Qwen/Qwen3-8B',
  };
}
const fleet = (vantage: string, size: number, at = 0) =>
  Array.from({ length: size }, (_, i) => seen(vantage, i, at));
const rounds = (at: number): ZoneRound[] => [
  {
    zone: zoneName('us-west-2a'),
    source: 'probe',
    at,
    total: 2,
    failed: 1,
    nodes: 2,
    affected: [nodeId('i-1')],
    latencyMs: 3,
  },
];
const write = (health: Health[], version: number, store = world.store, of = rounds(1)) =>
  store.writeHealth({ service, health, rounds: of, version });
const sorted = (health: Health[]) =>
  health.toSorted((a, b) => `${a.vantage} ${a.target}`.localeCompare(`${b.vantage} ${b.target}`));
/** Keys of the parts that were written, in order. */
const partsWritten = () =>
  world.db.calls.flatMap(({ action, body }) =>
    action === 'BatchWriteItem' ? [...body.matchAll(/"pk":\{"S":"([^"]+)"\}/g)].map(([, pk]) => pk) : [],
  );

describe('the health of ten thousand targets from four vantages', () => {
  const vantages = ['in/us-west-2a', 'in/us-west-2b', 'in/us-west-2c', 'out/us-west-2'];
  const all = vantages.flatMap((v) => fleet(v, 10_000));

  it('is read as it was written, from items that DynamoDB takes', async () => {
    expect(await write(all, 0)).toBe(true);
    const read = await world.another().readHealth({ service });
    expect(sorted(read.health)).toEqual(sorted(all));
    expect(read.rounds).toEqual(rounds(1));
    const largest = Math.max(
      ...[...world.db.table.items.values()].map((item) => JSON.stringify(item).length),
    );
    expect(largest).toBeLessThan(40_000);
  });

  it('changes by a vantage’s part of it in a round', async () => {
    await write(all, 0);
    world.db.calls.length = 0;
    const next = [...fleet('in/us-west-2a', 10_000, 1), ...all.slice(10_000)];
    await write(next, 1);
    expect(new Set(partsWritten())).toEqual(new Set(['health#llm#in/us-west-2a']));
    expect(sorted((await world.another().readHealth({ service })).health)).toEqual(sorted(next));
  });

  it('changes by one part where one target does', async () => {
    await write(all, 0);
    world.db.calls.length = 0;
    await write([seen('in/us-west-2a', 0, 9), ...all.slice(1)], 1);
    expect(partsWritten()).toEqual(['health#llm#in/us-west-2a']);
  });

  it('is read again only where it is not known', async () => {
    await write(all, 0);
    await world.store.readHealth({ service });
    expect(world.db.calls.filter((call) => call.action === 'BatchGetItem')).toEqual([]);
  });

  it('is read and written whole though batches are done by half', async () => {
    world.db.trouble = (call, nth) => (call.action.startsWith('Batch') && nth % 2 === 0 ? 'part' : null);
    await write(all, 0);
    expect((await world.another().readHealth({ service })).health).toHaveLength(40_000);
  });
});

describe('long details', () => {
  it('make more parts, none too large', async () => {
    const health = fleet('v', 200).map((h, i) => ({ ...h, model: `${i}`.repeat(4_000) }));
    await write(health, 0);
    expect(sorted((await world.another().readHealth({ service })).health)).toEqual(sorted(health));
    expect(partsWritten().length).toBeGreaterThan(3);
  });
});

describe('a reader', () => {
  const versions = (health: Health[]) => new Set(health.map((h) => h.checks.shallow?.successes));

  it('between a writer’s parts and its head has the version before, whole', async () => {
    await write(fleet('v', 600), 0);
    const reading = during(world.db, 'PutItem', () => world.another().readHealth({ service }));
    expect(await write(fleet('v', 600, 1), 1)).toBe(true);
    const { health, version } = await reading;
    expect(version).toBe(1);
    expect(health).toHaveLength(600);
    expect(versions(health)).toEqual(new Set([3]));
  });

  it('that is overtaken between the head and its parts has the version that it began with', async () => {
    await write(fleet('v', 600), 0);
    const writing = during(world.db, 'BatchGetItem', () => write(fleet('v', 600, 1), 1));
    const { health, version } = await world.another().readHealth({ service });
    expect(await writing).toBe(true);
    expect(version).toBe(1);
    expect(health).toHaveLength(600);
    expect(versions(health)).toEqual(new Set([3]));
  });
});

describe('a writer', () => {
  it('that remembers an old version is refused, and writes no head', async () => {
    const other = world.another();
    await write(fleet('v', 3), 0);
    await write(fleet('v', 3, 1), 1, other);
    expect(await write(fleet('v', 3, 2), 1)).toBe(false);
    expect((await world.store.readHealth({ service })).version).toBe(2);
  });

  it('that lost leaves the winner’s health readable', async () => {
    const [a, b] = [fleet('v', 300), fleet('v', 300, 1)];
    const won = await Promise.all([write(a, 0, world.another()), write(b, 0, world.another())]);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(sorted((await world.store.readHealth({ service })).health)).toEqual(sorted(won[0] ? a : b));
  });
});

describe('a part', () => {
  const expire = () => {
    for (const [name, item] of world.db.table.items) {
      if (Number(item.ttl?.N ?? Number.POSITIVE_INFINITY) * 1_000 < world.clock.now()) {
        world.db.table.items.delete(name);
      }
    }
  };

  it('that nothing names any more expires, those in use do not', async () => {
    let version = 0;
    await write([...fleet('idle', 3), ...fleet('v', 3)], version++);
    for (let hour = 1; hour <= 60; hour++) {
      world.clock.pass(day / 24);
      expire();
      await write([...fleet('idle', 3), ...fleet('v', 3, hour)], version++);
    }
    expire();
    expect((await world.another().readHealth({ service })).health).toHaveLength(6);
    const parts = [...world.db.table.items.values()].filter((item) => item.body);
    expect(parts.length).toBeLessThan(36);
  });

  it('that has expired is not known, and the rest still is', async () => {
    await write([...fleet('v', 3), ...fleet('w', 3)], 0);
    for (const name of world.db.table.items.keys()) {
      if (name.startsWith('health#llm#w')) world.db.table.items.delete(name);
    }
    const { health, version } = await world.another().readHealth({ service });
    expect(health.map((h) => h.vantage)).toEqual(['v', 'v', 'v']);
    expect(await write(fleet('w', 3, 1), version, world.another())).toBe(true);
  });
});
