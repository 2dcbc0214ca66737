import { describe, expect, it } from 'vitest';
import { newMemory } from './memory.ts';
import { createWatching, node, nodes } from './testing/watching.ts';

type Watching = ReturnType<typeof createWatching>;

/** When each round ended, in milliseconds after its begin: one after the other, some late, each with the memory it is given. */
async function rounds(
  w: Watching,
  count: number,
  {
    memory = () => newMemory(),
    lateMs = () => 0,
  }: { memory?: typeof newMemory; lateMs?: (n: number) => number } = {},
) {
  const took: number[] = [];
  for (let n = 0; n < count; n++) {
    const begins = 5_000 * n + lateMs(n);
    await w.pass(begins - w.elapsed());
    void w.round(5_000 * n, memory()).then((at) => took.push(at - begins));
  }
  await w.pass(60_000);
  return took;
}

const asked = (w: Watching, check: 'shallow' | 'deep', id: string) =>
  w.asked.filter((q) => q.check === check && q.id === id).map((q) => q.at / 1_000);

describe('rounds that follow each other', () => {
  const [a, b] = [newMemory(), newMemory()];
  let turn = 0;
  it.each([
    { which: 'know nothing of each other', memory: () => newMemory() },
    { which: 'share what they know', memory: () => a },
    { which: 'are each other’s by turns', memory: () => (turn++ % 3 === 0 ? a : b) },
    { which: 'begin late now and then', memory: () => newMemory(), lateMs: (n: number) => (n % 4) * 900 },
  ])('and $which ask every target once each, and each of its generations once', async (means) => {
    for (const fresh of [a, b]) {
      fresh.known.clear();
      fresh.until = Number.NEGATIVE_INFINITY;
    }
    const w = createWatching({ targets: nodes(40) });
    await rounds(w, 24, means);
    for (const { id } of nodes(40)) {
      expect(asked(w, 'shallow', id).length + asked(w, 'deep', id).length).toBe(24);
      const deep = asked(w, 'deep', id).map((at) => Math.floor(at / 5) * 5);
      expect(deep).toHaveLength(4);
      expect(deep.slice(1).map((at, i) => at - deep[i]!)).toEqual([30, 30, 30]);
    }
  });
});

describe('a round', () => {
  it('ends as soon as everybody has answered', async () => {
    const w = createWatching({ targets: nodes(30) });
    w.behave((_, check) => (check === 'deep' ? { answersAfterMs: 700 } : { answersAfterMs: 20 }));
    expect(await rounds(w, 6)).toEqual(Array(6).fill(700));
    expect(w.leftRunning()).toBe(0);
  });

  it('goes on while something is between two states, and no longer', async () => {
    const w = createWatching({ targets: nodes(3), deep: false });
    w.behave(({ id }) => (id === 'node/n-1' ? 'failed' : 'ok'));
    expect(await rounds(w, 1)).toEqual([3_000]);
    expect(asked(w, 'shallow', 'node/n-1')).toEqual([0, 1, 2, 3]);
    expect(asked(w, 'shallow', 'node/n-0')).toEqual([0]);
  });

  it('asks nothing once its time is over, but waits for what is under way and writes it', async () => {
    const w = createWatching({ targets: nodes(2), deep: false });
    w.behave(({ id }) => (id === 'node/n-1' ? { failsAfterMs: 12_000 } : 'ok'));
    expect(await rounds(w, 1)).toEqual([12_000]);
    expect(w.asked).toHaveLength(2);
    expect(w.written.flatMap((o) => o.outcomes.map((of) => of.class))).toEqual(['ok', 'failed']);
  });

  it('without targets ends at once', async () => {
    const w = createWatching({ targets: [] });
    expect(await rounds(w, 1)).toEqual([0]);
    expect(w.written).toEqual([]);
  });

  it('that remembers nothing confirms again what is long dead; one that remembers does not', async () => {
    const times = async (memory: typeof newMemory) => {
      const w = createWatching({ deep: false });
      w.behave(() => 'failed');
      await rounds(w, 3, { memory });
      return asked(w, 'shallow', 'node/n-0');
    };
    const kept = newMemory();
    expect(await times(() => kept)).toEqual([0, 1, 2, 3, 5, 10]);
    expect(await times(newMemory)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13]);
  });

  it('that remembers nothing looks into what was suspected since the last two', async () => {
    const w = createWatching({ deep: 86_400_000 });
    w.target([{ ...node('n-0'), suspected: { check: 'deep', at: w.startedAt() - 500 } }]);
    await rounds(w, 4);
    expect(asked(w, 'deep', 'node/n-0')).toEqual([0, 5]);
  });
});

describe('what a round finds', () => {
  it('is one observation, also when generations take a while longer', async () => {
    const w = createWatching({ targets: nodes(30) });
    w.behave((_, check) => (check === 'deep' ? { answersAfterMs: 700 } : { answersAfterMs: 20 }));
    await rounds(w, 1);
    expect(w.asked.some((q) => q.check === 'deep')).toBe(true);
    expect(w.written.map((o) => o.outcomes.length)).toEqual([30]);
  });

  it('is told after a step at most, whoever has not answered', async () => {
    const w = createWatching({ targets: nodes(3), deep: false });
    w.behave(({ id }) => (id === 'node/n-1' ? { answersAfterMs: 2_500 } : 'ok'));
    await rounds(w, 1);
    expect(w.written.map((o) => [o.at - w.startedAt(), o.outcomes.length])).toEqual([
      [1_000, 2],
      [2_500, 1],
    ]);
  });

  it('is told at once where something is wrong, together with what goes wrong beside it', async () => {
    const w = createWatching({ targets: nodes(40), deep: false });
    w.behave(({ id }) => {
      if (id === 'node/n-0') return { answersAfterMs: 900 };
      return id === 'node/n-1' ? 'failed' : id === 'node/n-2' ? { failsAfterMs: 60 } : 'ok';
    });
    void w.round(0);
    await w.pass(950);
    expect(w.written.map((o) => [o.at - w.startedAt(), o.outcomes.length])).toEqual([
      [100, 39],
      [900, 1],
    ]);
  });

  it('blindly is not mixed with what was seen', async () => {
    const w = createWatching({ targets: nodes(3), deep: false });
    w.behave(({ id }) => {
      if (id === 'node/n-0') return 'failed';
      return { answersAfterMs: id === 'node/n-1' ? 950 : 3_000 };
    });
    void w.round(0);
    await w.pass(200);
    w.blind(true);
    await w.pass(1_000);
    expect(w.written.map((o) => [o.blind, o.outcomes.map((of) => of.class)])).toEqual([
      [false, ['failed']],
      [false, ['ok']],
      [true, ['unknown']],
    ]);
  });
});
