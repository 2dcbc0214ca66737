import { type Observation, type Outcome, regionName, targetId, vantageId, zoneName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcome } from '../../../core/src/testing/snapshot.ts';
import { type StoreWorld, service, startStoreWorld } from '../testing/store.ts';
import { observationFilter, observationFrom, type StreamRecord } from './stream.ts';

let world: StoreWorld;
beforeEach(async () => {
  world = await startStoreWorld();
});
afterEach(() => world.close());

const observation = (at: number, size = 2, detail = 'seen'): Observation => ({
  service,
  vantage: vantageId('in/us-west-2a'),
  region: regionName('us-west-2'),
  zone: zoneName('us-west-2a'),
  at,
  blind: false,
  outcomes: Array.from({ length: size }, (_, i) => ({
    ...outcome({ class: 'failed', at: at - i, latencyMs: (i * 104_729) % 9_973, detail }),
    target: targetId(`node/i-${i}`),
  })),
});
const noise = () => Array.from({ length: 90 }, () => Math.random().toString(36)).join('');
/** More than one item holds: nothing of it can be compressed. */
const large = (at: number) => {
  const base = observation(at, 600);
  return { ...base, outcomes: base.outcomes.map((o) => ({ ...o, detail: noise() })) };
};

/** The stream's records, as a function's event has them: bytes are base64. */
const records = (): StreamRecord[] =>
  [...world.db.table.items.values()].map((NewImage) => ({ dynamodb: { NewImage } }));
const streamed = () => records().flatMap((record) => observationFrom(record) ?? []);

describe('of an outcome', () => {
  const timings = {
    connectMs: 0.4,
    firstByteMs: 2,
    longestGapMs: null,
    tokensPerSecond: null,
  };
  const put = async (given: Outcome) => {
    await world.store.putObservation({ ...observation(10), outcomes: [given] });
    const [read] = await world.store.observations({ service });
    return read?.outcomes[0];
  };

  it.each([
    ['a failure', outcome({ class: 'failed' })],
    ['a generation', outcome({ check: 'deep' })],
  ])(
    'all is kept that %s is judged or explained by, its latency to a tenth of a millisecond',
    async (_, given) => {
      const whole = {
        ...given,
        latencyMs: 12.3456789,
        firstTokenMs: 9,
        model: 'm',
        progress: { tokens: 1, running: 2, waiting: 3 },
      };
      expect(await put({ ...whole, timings })).toEqual({ ...whole, latencyMs: 12.3 });
    },
  );

  it('that is good and cheap the sentence is left out', async () => {
    expect(await put({ ...outcome({ detail: 'status 200 in 12ms' }), timings })).toEqual(
      outcome({ detail: 'answered' }),
    );
  });
});

describe('a large observation', () => {
  it('is read whole, newest first of all its parts', async () => {
    await world.store.putObservation(large(10));
    const newer = large(12);
    await world.store.putObservation(newer);
    expect(await world.another().observations({ service })).toEqual([newer]);
  });

  it('that is replaced by a small one leaves nothing of itself', async () => {
    await world.store.putObservation(large(10));
    await world.store.putObservation(observation(12));
    expect(await world.store.observations({ service })).toEqual([observation(12)]);
  });

  it('is read again when it is being replaced under a query', async () => {
    const [old, newer] = [large(10), large(12)];
    await world.store.putObservation(old);
    // As a query sees it that began before the transaction and ended after it.
    const before = structuredClone([...world.db.table.items]);
    await world.store.putObservation(newer);
    const after = structuredClone([...world.db.table.items]);
    const mixed = after.map((entry, i) => (i === 0 ? entry : (before[i] ?? entry)));
    world.db.table.items.clear();
    for (const [name, item] of mixed) world.db.table.items.set(name, item);
    let queries = 0;
    world.db.trouble = (call) => {
      if (call.action === 'Query' && ++queries === 2) {
        for (const [name, item] of after) world.db.table.items.set(name, item);
      }
      return null;
    };
    expect(await world.store.observations({ service })).toEqual([newer]);
  });
});

describe('the table’s stream', () => {
  it('carries each observation', async () => {
    await world.store.putObservation(observation(10));
    expect(streamed()).toEqual([observation(10)]);
  });

  it('carries a large one in parts, each an observation with some of the outcomes', async () => {
    const whole = large(10);
    await world.store.putObservation(whole);
    const parts = streamed();
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ outcomes: _, ...rest }) => rest)).toEqual(
      parts.map(() => ({ ...whole, outcomes: undefined })),
    );
    expect(parts.flatMap((part) => part.outcomes)).toEqual(whole.outcomes);
  });

  it('carries one that came late, which nobody else sees', async () => {
    await world.store.putObservation(observation(12));
    await world.store.putObservation(observation(10));
    expect(streamed()).toEqual([observation(12), observation(10)]);
    expect(await world.store.observations({ service })).toEqual([observation(12)]);
  });

  it('carries one whose answer was lost as what it is, not as a late one', async () => {
    world.db.trouble = (_, nth) => (nth === 1 ? 'lost' : null);
    await world.store.putObservation(observation(10));
    expect(streamed()).toEqual([observation(10)]);
  });

  it('has other records, which are none', async () => {
    await world.begin();
    await world.store.resetBreaker({ by: 'ann', reason: 'seen' });
    expect(streamed()).toEqual([]);
    expect(observationFrom({ dynamodb: {} })).toBeNull();
  });

  it('has records that are refused: of a newer version, and of nobody', async () => {
    await world.store.putObservation(observation(10));
    const [record] = records();
    const image = record!.dynamodb!.NewImage!;
    expect(() => observationFrom({ dynamodb: { NewImage: { ...image, v: { N: '3' } } } })).toThrow(
      /newer version/,
    );
    const { body: _, ...rest } = image;
    expect(() => observationFrom({ dynamodb: { NewImage: rest } })).toThrow(/has no bytes "body"/);
  });

  it('is filtered by the keys that observations have', async () => {
    await world.store.putObservation(observation(10));
    const [prefix] = observationFilter.dynamodb.Keys.pk.S;
    const keys = [...world.db.table.items.values()].map((item) => item.pk?.S);
    expect(keys.every((pk) => pk?.startsWith(prefix!.prefix))).toBe(true);
    await world.begin();
    const others = [...world.db.table.items.values()].filter(
      (item) => !item.pk?.S?.startsWith(prefix!.prefix),
    );
    expect(others.length).toBeGreaterThan(2);
  });
});

describe('a vantage that is silent for a week', () => {
  it('is forgotten by TTL, in whole seconds', async () => {
    await world.store.putObservation(observation(10));
    const [item] = world.db.table.items.values();
    expect(Number(item?.ttl?.N)).toBe(world.clock.now() / 1_000 + 7 * 86_400);
  });
});
