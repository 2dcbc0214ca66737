import { vantageId } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { createWatching, endpoint, inside, node, nodes, outside, type Question } from './testing/watching.ts';

/** When a target was asked, in whole seconds since the watch began. */
const seconds = (asked: Question[], check: Question['check'], id?: string) =>
  asked.filter((q) => q.check === check && (id === undefined || q.id === id)).map((q) => q.at / 1_000);
const within = (asked: Question[], fromMs: number, toMs: number) =>
  asked.filter((q) => q.at >= fromMs && q.at < toMs);
const gaps = (times: number[]) => times.slice(1).map((at, i) => at - (times[i] ?? 0));

describe('a vantage with nothing wrong before it', () => {
  it('asks every target once in every round, and for a generation in every deep interval instead', async () => {
    const w = createWatching({ targets: nodes(20) });
    w.begin();
    await w.pass(299_500);
    for (const { id } of nodes(20)) {
      const all = w.asked.filter((q) => q.id === id).map((q) => q.at / 1_000);
      expect(all).toEqual(Array.from({ length: 60 }, (_, round) => 5 * round));
      const deep = seconds(w.asked, 'deep', id);
      expect(deep).toHaveLength(10);
      expect(new Set(gaps(deep))).toEqual(new Set([30]));
    }
    w.stop();
  });

  it('spreads the generations over the rounds of their interval, the first like all others', async () => {
    const w = createWatching({ targets: nodes(300) });
    w.begin();
    await w.pass(59_500);
    for (const interval of [0, 1]) {
      const deep = w.asked.filter((q) => q.check === 'deep' && Math.floor(q.at / 30_000) === interval);
      expect(new Set(deep.map((q) => q.id)).size).toBe(300);
      expect(deep).toHaveLength(300);
      const rounds = [...Map.groupBy(deep, (q) => q.at).values()].map((of) => of.length);
      // Fifty each on average; by chance alone a round is outside of this in one run of a hundred.
      expect(rounds).toHaveLength(6);
      expect(Math.max(...rounds)).toBeLessThanOrEqual(70);
      expect(Math.min(...rounds)).toBeGreaterThanOrEqual(32);
    }
    w.stop();
  });

  it('asks for generations from each vantage at a time of its own', async () => {
    const times = async (vantage: typeof inside) => {
      const w = createWatching({ vantage, targets: [node('of-both'), ...nodes(60)] });
      w.begin();
      await w.pass(29_500);
      w.stop();
      return nodes(60).map(({ id }) => seconds(w.asked, 'deep', id)[0]);
    };
    const [here, there] = [await times(inside), await times({ ...inside, id: vantageId('in/us-west-2b') })];
    // A sixth by chance.
    expect(here.filter((at, i) => at === there[i]).length).toBeLessThanOrEqual(20);
  });

  it('keeps its rounds where they were, however late its timers are', async () => {
    const w = createWatching({ deep: false });
    w.timersAreLateBy(40);
    w.begin();
    await w.pass(600_500);
    expect(w.asked.map((q) => Math.floor(q.at / 1_000))).toEqual(
      Array.from({ length: 121 }, (_, i) => 5 * i),
    );
    w.stop();
  });

  it('writes each round as one observation', async () => {
    const w = createWatching({ targets: nodes(3) });
    w.begin();
    await w.pass(5_500);
    expect(w.written).toHaveLength(2);
    expect(w.written[1]).toMatchObject({
      service: 'llm',
      vantage: 'in/us-west-2a',
      region: 'us-west-2',
      zone: 'us-west-2a',
      at: w.now() - 500,
      blind: false,
      outcomes: nodes(3).map(({ id }) => ({ target: id, check: 'shallow', class: 'ok' })),
    });
    expect(w.observations).toEqual(w.written);
    w.stop();
  });
});

describe('a target between two states', () => {
  it('is asked again every fast interval after a first failure, until it is dead', async () => {
    const w = createWatching({ deep: false });
    w.begin();
    await w.pass(1_000);
    w.behave(() => 'failed');
    await w.pass(18_000);
    // The fourth failure in a row is enough; then it waits for its round like everybody.
    expect(seconds(w.asked, 'shallow')).toEqual([0, 5, 6, 7, 8, 10, 15]);
    w.stop();
  });

  it('is asked again every fast interval after a first success, until it is healthy', async () => {
    const w = createWatching({ deep: false });
    w.behave(() => 'failed');
    w.begin();
    await w.pass(4_000);
    w.behave(() => 'ok');
    await w.pass(16_000);
    expect(seconds(w.asked, 'shallow')).toEqual([0, 1, 2, 3, 5, 6, 7, 10, 15, 20]);
    w.stop();
  });

  it('is not confirmed by another question than the one it failed', async () => {
    const w = createWatching();
    w.behave((_, check) => (check === 'deep' ? 'failed' : 'ok'));
    w.begin();
    await w.pass(40_000);
    expect(seconds(w.asked, 'deep')).toEqual([25, 26, 27, 28]);
    w.stop();
  });

  it.each([
    { count: 30, atOnce: 3 },
    { count: 11, atOnce: 2 },
    { count: 5, atOnce: 1 },
  ])('of $count that all fail, $atOnce are asked again in each step', async ({ count, atOnce }) => {
    const w = createWatching({ targets: nodes(count), deep: false });
    w.behave(() => 'failed');
    w.begin();
    await w.pass(4_500);
    expect([1, 2, 3, 4].map((s) => within(w.asked, s * 1_000, s * 1_000 + 1).length)).toEqual(
      Array.from({ length: 4 }, () => atOnce),
    );
    w.stop();
  });

  it('makes no more work once it is settled: dead or healthy, the questions are the same', async () => {
    const asked = async (dead: boolean) => {
      const w = createWatching({ targets: nodes(20) });
      w.behave(() => (dead ? 'failed' : 'ok'));
      w.begin();
      await w.pass(660_000);
      w.stop();
      const settled = within(w.asked, 60_000, 660_000);
      return { shallow: seconds(settled, 'shallow').length, deep: seconds(settled, 'deep').length };
    };
    const [healthy, dead] = [await asked(false), await asked(true)];
    expect(dead.deep).toBe(healthy.deep);
    // A round more or less: the confirmations shifted when each is due.
    expect(Math.abs(dead.shallow - healthy.shallow)).toBeLessThanOrEqual(20);
  });
});

describe('a slow target', () => {
  it('is never asked twice at once', async () => {
    const w = createWatching({ targets: nodes(2), deep: false });
    w.behave(({ id }) => (id === 'node/n-0' ? { failsAfterMs: 12_000 } : 'ok'));
    w.begin();
    await w.pass(24_500);
    expect(seconds(w.asked, 'shallow', 'node/n-0')).toEqual([0, 12, 24]);
    expect(w.mostPerTarget()).toBe(1);
    expect(w.written.flatMap((o) => o.outcomes).map((o) => o.reason)).not.toContain('skipped');
    w.stop();
  });

  it('holds up nobody else', async () => {
    const w = createWatching({ targets: nodes(2), deep: false });
    w.behave(({ id }) => (id === 'node/n-0' ? { failsAfterMs: 12_000 } : 'ok'));
    w.begin();
    await w.pass(20_500);
    expect(seconds(w.asked, 'shallow', 'node/n-1')).toEqual([0, 5, 10, 15, 20]);
    w.stop();
  });
});

describe('a suspicion of another vantage', () => {
  const suspected = (at: number) => [{ ...node('n-0'), suspected: { check: 'deep' as const, at } }];

  it('leads to one question of the same kind, as soon as the list is read', async () => {
    const w = createWatching();
    w.begin();
    await w.pass(12_000);
    w.target(suspected(w.now()));
    await w.pass(40_000);
    // Its turn does not move for it.
    expect(seconds(w.asked, 'deep')).toEqual([15, 25]);
    w.stop();
  });

  it('that is older than the last question leads to none', async () => {
    const w = createWatching();
    w.begin();
    await w.pass(32_000);
    w.target(suspected(w.now() - 10_000));
    await w.pass(20_000);
    expect(seconds(w.asked, 'deep')).toEqual([25]);
    w.stop();
  });

  it('that was there long before the watch began leads to none', async () => {
    const w = createWatching();
    w.target(suspected(w.now() - 11_000));
    w.begin();
    await w.pass(10_000);
    expect(seconds(w.asked, 'deep')).toEqual([]);
    w.stop();
  });

  it('of everybody at once is looked into a tenth at a time', async () => {
    const w = createWatching({ targets: nodes(20), deep: 86_400_000 });
    w.begin();
    await w.pass(12_000);
    w.target(nodes(20).map((t) => ({ ...t, suspected: { check: 'deep', at: w.now() } })));
    await w.pass(10_000);
    const perSecond = Map.groupBy(seconds(w.asked, 'deep'), (at) => at);
    expect([...perSecond.values()].map((of) => of.length)).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
    w.stop();
  });
});

describe('a vantage that sees none of its controls', () => {
  it('has no evidence: it writes that it is blind, and unknown for everybody', async () => {
    const w = createWatching({ targets: nodes(2) });
    w.behave(() => 'failed');
    w.blind(true);
    w.begin();
    await w.pass(500);
    const unseen = { class: 'unknown', reason: 'vantage-blind', check: 'shallow' };
    expect(w.written).toMatchObject([
      { blind: true, outcomes: nodes(2).map(({ id }) => ({ ...unseen, target: id })) },
    ]);
    w.stop();
  });

  it('does not hurry to confirm what it did not see', async () => {
    const w = createWatching({ deep: false });
    w.behave(() => 'failed');
    w.blind(true);
    w.begin();
    await w.pass(11_000);
    expect(seconds(w.asked, 'shallow')).toEqual([0, 5, 10]);
    w.blind(false);
    await w.pass(8_000);
    expect(seconds(w.asked, 'shallow')).toEqual([0, 5, 10, 15, 16, 17, 18]);
    w.stop();
  });
});

describe('a store that does not answer', () => {
  it.each([
    { does: 'fails' as const, rounds: [0, 5, 10, 15, 20, 25] },
    // Half a step late once, while it waits for the list, and not again.
    { does: 'hangs' as const, rounds: [0, 5, 10.5, 15, 20, 25] },
  ])('but $does does not stop the questions', async ({ does, rounds }) => {
    const w = createWatching({ deep: false });
    w.begin();
    await w.pass(7_000);
    w.store(does);
    await w.pass(18_500);
    expect(seconds(w.asked, 'shallow')).toEqual(rounds);
    expect(w.written).toHaveLength(2);
    w.stop();
  });

  it('is complained of, and written to again when it is back', async () => {
    const w = createWatching({ deep: false });
    w.begin();
    await w.pass(7_000);
    w.store('fails');
    await w.pass(5_000);
    // One reading of the list, and one write.
    expect(w.errors.map(String)).toEqual(Array(2).fill('Error: the store does not answer'));
    w.store('works');
    await w.pass(5_000);
    expect(w.written).toHaveLength(3);
    // What was not written was not told either: nobody could judge it.
    expect(w.observations).toEqual(w.written);
    w.stop();
  });
});

describe('the list of targets', () => {
  it('is taken up as it changes, and what left it is forgotten', async () => {
    const w = createWatching({ targets: [node('old'), node('moving')], deep: false });
    w.begin();
    await w.pass(7_000);
    w.target([node('new'), node('old')]);
    await w.pass(5_000);
    w.target([node('moving'), node('old')]);
    await w.pass(50_000);
    expect(seconds(w.asked, 'shallow', 'node/new')).toEqual([10]);
    expect(seconds(w.asked, 'shallow', 'node/moving').slice(0, 4)).toEqual([0, 5, 15, 20]);
    w.stop();
  });

  it('may bring a node whose first generation is asked within one interval', async () => {
    const w = createWatching({ targets: [] });
    w.begin();
    await w.pass(7_000);
    w.target(nodes(40));
    await w.pass(32_500);
    expect(nodes(40).filter(({ id }) => seconds(w.asked, 'deep', id).length !== 1)).toEqual([]);
    // Not all at once, either.
    expect(new Set(seconds(w.asked, 'deep')).size).toBe(6);
    w.stop();
  });

  it('that was empty is looked at again, and asked at once when it is filled', async () => {
    const w = createWatching({ targets: [] });
    w.begin();
    await w.pass(7_000);
    w.target(nodes(1));
    await w.pass(5_000);
    expect(seconds(w.asked, 'shallow')).toEqual([10]);
    w.stop();
  });
});

describe('what a vantage asks', () => {
  const all = [node('n-0'), endpoint('us-west-2'), endpoint('us-east-1')];

  it('from inside a zone is the nodes, with their counters', async () => {
    const w = createWatching({ vantage: inside, targets: all });
    w.begin();
    await w.pass(31_000);
    expect(new Set(w.asked.map((q) => q.id))).toEqual(new Set(['node/n-0']));
    expect(new Set(w.asked.map((q) => q.counters))).toEqual(new Set([true]));
    w.stop();
  });

  it('from outside is every region’s endpoint; behind a balancer counters tell nothing', async () => {
    const w = createWatching({ vantage: outside, targets: all });
    w.begin();
    await w.pass(31_000);
    expect(new Set(w.asked.map((q) => q.id))).toEqual(new Set(['region/us-west-2', 'region/us-east-1']));
    expect(new Set(w.asked.map((q) => q.check))).toEqual(new Set(['shallow', 'deep']));
    expect(new Set(w.asked.map((q) => q.counters))).toEqual(new Set([false]));
    w.stop();
  });
});

describe('the end', () => {
  it('comes when the signal aborts, with nothing left running and nothing written after it', async () => {
    const w = createWatching({ targets: nodes(3) });
    w.behave(() => ({ failsAfterMs: 12_000 }));
    w.begin();
    await w.pass(6_000);
    const [asked, written] = [w.asked.length, w.written.length];
    expect(w.isEnded()).toBe(false);
    w.stop();
    await w.pass(0);
    expect(w.isEnded()).toBe(true);
    expect(w.leftRunning()).toBe(0);
    await w.pass(60_000);
    expect([w.asked.length, w.written.length]).toEqual([asked, written]);
  });

  it('lets what is under way end when it closes, writes it, and asks nothing more', async () => {
    const w = createWatching({ targets: nodes(2), deep: false });
    w.behave(({ id }) => (id === 'node/n-0' ? { failsAfterMs: 2_500 } : 'ok'));
    w.begin();
    await w.pass(1_000);
    w.close();
    await w.pass(1_000);
    expect([w.isEnded(), w.written.length]).toEqual([false, 1]);
    await w.pass(500);
    expect(w.isEnded()).toBe(true);
    expect(w.written.flatMap((o) => o.outcomes.map((one) => one.class))).toEqual(['ok', 'failed']);
    expect(w.asked).toHaveLength(2);
    expect(w.leftRunning()).toBe(0);
  });

  it('waits for what is being written', async () => {
    const w = createWatching();
    w.store({ takesMs: 300 });
    w.begin();
    await w.pass(400);
    expect(w.asked).toHaveLength(1);
    w.stop();
    await w.pass(100);
    expect(w.isEnded()).toBe(false);
    await w.pass(100);
    expect(w.isEnded()).toBe(true);
    expect(w.written).toHaveLength(1);
  });
});
