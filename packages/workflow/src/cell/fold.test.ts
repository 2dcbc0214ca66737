import type { Health, Observation, Store, Target } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { type FoldMemory, foldObservations } from './fold.ts';
import { targetsOf } from './targets.ts';
import { fleetOf, nodeFact, observation, outcome, service, start, west } from './testing/world.ts';

const targetsWith = (...letters: string[]): Target[] =>
  targetsOf(service, west, fleetOf(letters.map((l) => nodeFact(l))));
const targets = targetsWith('a', 'b');

type HealthItem = Awaited<ReturnType<Store['readHealth']>>;

/** The part of a store that folding needs; `rival` writes before us, each time it is asked to. */
function createHealthStore() {
  let item: HealthItem = { health: [], rounds: [], version: 0 };
  let rival: (() => Promise<unknown>) | null = null;
  let writes = 0;
  const told = new Map<string, Observation>();
  const store: Pick<Store, 'readHealth' | 'writeHealth' | 'observations'> = {
    observations: async () => structuredClone([...told.values()]),
    readHealth: async () => structuredClone(item),
    async writeHealth({ health, rounds, version }) {
      const first = rival;
      rival = null;
      await first?.();
      if (version !== item.version) return false;
      item = structuredClone({ health, rounds, version: version + 1 });
      writes++;
      return true;
    },
  };
  return {
    store,
    item: () => item,
    writes: () => writes,
    /** A vantage's own write, of which the stream tells. */
    put: (...all: Observation[]) => {
      for (const observation of all) told.set(observation.vantage, observation);
    },
    beforeNextWrite(run: () => Promise<unknown>) {
      rival = run;
    },
  };
}

const fold = (to: ReturnType<typeof createHealthStore>, of: Target[], ...observations: Observation[]) =>
  foldObservations(to.store, service, of, observations);
const healthOf = (health: Health[], target: string) =>
  health.filter((h) => h.target === target).map((h) => [h.vantage, h.checks.shallow?.failures]);
const counted = (item: { rounds: { zone: string; total: number; failed: number }[] }) =>
  item.rounds.map(({ zone, total, failed }) => [zone, total, failed]);

describe('folding', () => {
  it('keeps the health of every target as every vantage sees it, and the counts of every zone', async () => {
    const memory = createHealthStore();
    await fold(memory, targets, observation('a', start, { a: 'ok', b: 'failed' }));
    const now = await fold(memory, targets, observation('b', start + 10, { a: 'ok', b: 'failed' }));
    expect(now).toEqual({ health: memory.item().health, rounds: memory.item().rounds });
    expect(healthOf(now.health, 'node/i-b')).toEqual([
      ['in/us-west-2a', 1],
      ['in/us-west-2b', 1],
    ]);
    expect(counted(now)).toEqual([
      ['us-west-2a', 2, 0],
      ['us-west-2b', 2, 2],
    ]);
  });

  it('takes several observations in one write', async () => {
    const memory = createHealthStore();
    const three = ['a', 'b', 'c'].map((from) => observation(from, start, { a: 'failed' }));
    expect(healthOf((await fold(memory, targets, ...three)).health, 'node/i-a')).toHaveLength(3);
    expect(memory.writes()).toBe(1);
  });

  it('of nothing writes nothing', async () => {
    const memory = createHealthStore();
    await fold(memory, targets, observation('a', start, { a: 'ok' }));
    expect(await fold(memory, targets)).toMatchObject({ health: memory.item().health });
    expect(memory.writes()).toBe(1);
  });

  it('by two judges at once loses nothing of either', async () => {
    const memory = createHealthStore();
    memory.beforeNextWrite(() => fold(memory, targets, observation('a', start, { a: 'failed' })));
    await fold(memory, targets, observation('b', start + 1, { a: 'failed' }));
    expect(healthOf(memory.item().health, 'node/i-a')).toEqual([
      ['in/us-west-2a', 1],
      ['in/us-west-2b', 1],
    ]);
    expect(counted(memory.item())).toEqual([['us-west-2a', 2, 2]]);
  });

  it('gives up, and says so, when somebody else is always first', async () => {
    const memory = createHealthStore();
    const never = { ...memory.store, writeHealth: async () => false };
    const trying = foldObservations(never, service, targets, [observation('a', start, { a: 'ok' })]);
    await expect(trying).rejects.toThrow('llm: health changed under 5 writers in a row');
  });
});

describe('an observation that comes', () => {
  it('twice counts once, as a failure and in its zone', async () => {
    const memory = createHealthStore();
    const seen = observation('a', start, { a: 'failed', b: 'ok' });
    const once = await fold(memory, targets, seen);
    expect(await fold(memory, targets, seen)).toEqual(once);
    expect(await fold(memory, targets, seen, seen)).toEqual(once);
  });

  it('late, held up by one hanging target, still counts for what is new in it', async () => {
    const memory = createHealthStore();
    await fold(memory, targets, observation('a', start + 6_000, { a: 'ok' }));
    const slow = { ...observation('a', start, { a: 'ok', b: 'failed' }), at: start + 7_000 };
    const { health, rounds } = await fold(memory, targets, slow);
    expect(healthOf(health, 'node/i-b')).toEqual([['in/us-west-2a', 1]]);
    expect(counted({ rounds })).toEqual([
      ['us-west-2a', 1, 0],
      ['us-west-2b', 1, 1],
    ]);
  });

  it('from a blind vantage changes the health of nothing and counts nothing', async () => {
    const memory = createHealthStore();
    const before = await fold(memory, targets, observation('a', start, { a: 'ok', b: 'ok' }));
    const blind = { ...observation('a', start + 5_000, { a: 'unknown', b: 'unknown' }), blind: true };
    expect(await fold(memory, targets, blind)).toEqual(before);
  });
});

describe('a target', () => {
  it('that left the list is forgotten, and what is still said of it is not heard', async () => {
    const memory = createHealthStore();
    await fold(memory, targets, observation('a', start, { a: 'ok', b: 'failed' }));
    const seen = observation('a', start + 5_000, { a: 'ok', b: 'failed' });
    const { health, rounds } = await fold(memory, targetsWith('a'), seen);
    expect(health.map((h) => h.target)).toEqual(['node/i-a']);
    expect(counted({ rounds })).toEqual([
      ['us-west-2a', 1, 0],
      ['us-west-2b', 1, 1],
      ['us-west-2a', 1, 0],
    ]);
  });

  it('that is starting does not count in the rounds of its zone, until it has started', async () => {
    const memory = createHealthStore();
    const young = targetsOf(service, west, fleetOf([nodeFact('a', { launchedAt: start - 1_000 })]));
    const seen = ['failed', 'ok', 'ok', 'ok', 'failed'] as const;
    const totals: number[] = [];
    for (const [i, what] of seen.entries()) {
      const { rounds } = await fold(memory, young, observation('a', start + i * 100, { a: what }));
      totals.push(rounds.reduce((n, r) => n + r.total, 0));
    }
    // Three successes and it has started; from then on a failure is one.
    expect(totals).toEqual([0, 0, 0, 1, 2]);
  });
});

describe('a judge that remembers', () => {
  const { intervalMs, freshMs } = service.timing;
  /** All is well, for long enough that it is confirmed. */
  async function well() {
    const memory = createHealthStore();
    for (let round = -4; round < 0; round++) {
      const at = start + round * intervalMs;
      await fold(memory, targets, observation('a', at, { a: 'ok', b: 'ok' }), seenBy('b', at));
    }
    const folded: FoldMemory = new Map();
    const before = memory.writes();
    const judge = (at: number, ...observations: Observation[]) =>
      foldObservations(memory.store, service, targets, observations, { folded, now: at });
    return { memory, folded, judge, written: () => memory.writes() - before };
  }
  const seenBy = (from: string, at: number, a: 'ok' | 'failed' = 'ok') =>
    observation(from, at, { a, b: 'ok' });
  const lastAt = (health: Health[]) => health.map((h) => h.checks.shallow?.lastAt);

  it('writes once an interval while all is well, and knows all that it was told', async () => {
    const { memory, judge, written } = await well();
    for (let step = 0; step < 40; step++) {
      const at = start + (step * intervalMs) / 4;
      const { health } = await judge(at, seenBy(step % 2 === 0 ? 'a' : 'b', at));
      expect(Math.max(...lastAt(health).map(Number))).toBe(at);
      // Who reads what is written finds it fresh.
      expect(Math.min(...lastAt(memory.item().health).map(Number))).toBeGreaterThan(
        at - freshMs + intervalMs / 2,
      );
    }
    expect(written()).toBe(10);
  });

  it('of vantages that tell at about the same time, writes once an interval what all have told', async () => {
    const { memory, judge, written } = await well();
    for (let round = 0; round < 10; round++) {
      const at = start + round * intervalMs;
      await judge(at, seenBy('a', at));
      await judge(at + 300, seenBy('b', at + 300));
      if (round > 0) expect(Math.min(...lastAt(memory.item().health).map(Number))).toBe(at);
    }
    expect(written()).toBe(10);
  });

  it('counts every round, written or not', async () => {
    const { judge } = await well();
    await judge(start, seenBy('a', start));
    await judge(start + 100, seenBy('b', start + 100));
    const { rounds } = await judge(start + 200, observation('c', start + 200, { a: 'ok', b: 'ok' }));
    expect(rounds.find((r) => r.at === start)?.total).toBe(3);
  });

  it.each([
    ['fails', (at: number) => [seenBy('a', at, 'failed')]],
    ['is seen by one more vantage', (at: number) => [observation('c', at, { a: 'ok' })]],
    [
      'serves another model',
      (at: number) => {
        const seen = seenBy('a', at);
        return [{ ...seen, outcomes: seen.outcomes.map((o) => ({ ...o, model: 'another' })) }];
      },
    ],
    ['is asked for a generation for the first time', (at: number) => [deepOnly(at)]],
  ])('writes at once that a node %s', async (_, observations) => {
    const { memory, judge, written } = await well();
    await judge(start, seenBy('a', start));
    expect(written()).toBe(1);
    const now = await judge(start + 100, ...observations(start + 100));
    expect(written()).toBe(2);
    expect(memory.item().health).toEqual(now.health);
  });
  const deepOnly = (at: number): Observation => ({
    ...seenBy('a', at),
    outcomes: [outcome('a', 'ok', at, 'deep')],
  });

  it('writes everything until what failed is well again for an interval', async () => {
    const { judge, written } = await well();
    await judge(start, seenBy('a', start, 'failed'));
    await judge(start + 100, seenBy('b', start + 100));
    await judge(start + 1_000, seenBy('a', start + 1_000));
    expect(written()).toBe(3);
    await judge(start + 1_100, seenBy('b', start + 1_100));
    expect(written()).toBe(3);
  });

  it('goes on from what another judge has written since', async () => {
    const { memory, judge } = await well();
    await judge(start, seenBy('a', start));
    await judge(start + 100, seenBy('a', start + 100));
    await fold(memory, targets, seenBy('b', start + 200, 'failed'));
    const { health } = await judge(start + 300, seenBy('a', start + 300));
    expect(healthOf(health, 'node/i-a')).toContainEqual(['in/us-west-2b', 1]);
    expect(memory.item().health).toEqual(health);
  });

  it('loses its memory and nothing that matters', async () => {
    const { folded, judge } = await well();
    await judge(start, seenBy('a', start));
    const kept = await judge(start + 100, seenBy('b', start + 100));
    folded.clear();
    const { health } = await judge(start + 5_100, seenBy('a', start + 5_100), seenBy('b', start + 5_100));
    expect(health.map((h) => h.state)).toEqual(kept.health.map((h) => h.state));
  });

  it('goes on from generations that another judge has folded and not written', async () => {
    const { memory, judge } = await well();
    const deep = (from: string, at: number): Observation => ({
      ...seenBy(from, at),
      outcomes: [outcome('a', 'ok', at, 'deep'), outcome('b', 'ok', at)],
    });
    await judge(start, deep('a', start));
    const generated = deep('a', start + 2_000);
    memory.put(generated);
    await judge(start + 2_000, generated);
    const folded: FoldMemory = new Map();
    const next = seenBy('b', start + 2_100);
    memory.put(next);
    const now = start + 2_100;
    const { health } = await foldObservations(memory.store, service, targets, [next], { folded, now });
    const askedAt = health.find((h) => h.checks.deep)?.checks.deep?.lastAt;
    expect(askedAt).toBe(start + 2_000);
  });

  it('takes over nothing that came after what it is told', async () => {
    const { memory, folded, judge } = await well();
    memory.put(seenBy('a', start + 5_000));
    folded.clear();
    const { health } = await judge(start + 5_100, seenBy('a', start, 'failed'));
    expect(healthOf(health, 'node/i-a')).toContainEqual(['in/us-west-2a', 1]);
  });

  it('reads, where it is told nothing new, what it knows', async () => {
    const { judge } = await well();
    await judge(start, seenBy('a', start));
    const kept = await judge(start + 100, seenBy('b', start + 100));
    expect(await judge(start + 200)).toEqual(kept);
  });
});
