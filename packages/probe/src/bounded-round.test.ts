import type { Outcome, ProbePort, TargetId } from '@evac/core';
import { targetId } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { boundedRound } from './bounded-round.ts';
import { finding, httpAsk, target } from './testing/asking.ts';

type Question = Parameters<typeof boundedRound>[0][number];

const question = (name: string, check: 'shallow' | 'deep' = 'shallow'): Question => ({
  target: { ...target(1), id: targetId(name) },
  check,
  probe: httpAsk(),
  progress: null,
  model: null,
});

/** A probe whose questions are answered by the test. */
function world() {
  const waiting = new Map<string, (outcome: Outcome) => void>();
  const asked: string[] = [];
  let most = 0;
  let elapsed: () => void = () => {};
  const probe: ProbePort = {
    ask({ target: { id }, check }) {
      asked.push(id);
      return new Promise((resolve) => {
        const outcome = {
          class: 'ok',
          reason: 'answered',
          target: id,
          check,
          at: 0,
          latencyMs: 1,
          detail: '',
        } as const;
        waiting.set(id, () => resolve(outcome));
        most = Math.max(most, waiting.size);
      });
    },
  };
  return {
    asked,
    inFlight: new Set<TargetId>(),
    most: () => most,
    elapse: () => elapsed(),
    probe,
    clock: {
      now: () => 0,
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          elapsed = resolve;
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    },
    async answer(name: string) {
      await expect.poll(() => waiting.has(name), { interval: 1 }).toBe(true);
      const done = waiting.get(name);
      waiting.delete(name);
      done?.({} as Outcome);
    },
  };
}

const round = (w: ReturnType<typeof world>, questions: Question[], concurrency = 2, signal?: AbortSignal) =>
  boundedRound(questions, { ...w, concurrency, deadlineMs: 1_000, ...(signal && { signal }) });

describe('a round', () => {
  it('asks everybody, a few at once, and answers in the order of the questions', async () => {
    const w = world();
    const names = ['a', 'b', 'c', 'd', 'e'];
    const outcomes = round(
      w,
      names.map((name) => question(name)),
    );
    for (const name of ['b', 'a', 'd', 'c', 'e']) await w.answer(name);
    expect((await outcomes).map(({ target: id, reason }) => [id, reason])).toEqual(
      names.map((name) => [name, 'answered']),
    );
    expect(w.most()).toBe(2);
    expect(w.inFlight.size).toBe(0);
  });

  it('never asks a target that is still being asked', async () => {
    const w = world();
    const first = round(w, [question('a')]);
    await expect.poll(() => w.asked, { interval: 1 }).toEqual(['a']);
    const second = round(w, [question('a', 'deep'), question('b'), question('b', 'deep')]);
    await w.answer('b');
    const outcomes = await second;
    expect(outcomes.map(finding)).toEqual(['unknown skipped', 'ok answered', 'unknown skipped']);
    expect(outcomes[0]).toMatchObject({ target: 'a', check: 'deep', detail: 'it is still being asked' });
    await w.answer('a');
    expect((await first).map(finding)).toEqual(['ok answered']);
    expect(w.asked).toEqual(['a', 'b']);
    const third = round(w, [question('a')]);
    await w.answer('a');
    expect((await third).map(finding)).toEqual(['ok answered']);
  });

  it('ends at its deadline, even if a probe does not', async () => {
    const w = world();
    const outcomes = round(
      w,
      ['a', 'b', 'c'].map((name) => question(name)),
    );
    await w.answer('a');
    await expect.poll(() => w.asked, { interval: 1 }).toEqual(['a', 'b', 'c']);
    w.elapse();
    expect((await outcomes).map(finding)).toEqual(['ok answered', 'unknown aborted', 'unknown aborted']);
    // They are still under way: the next round must not ask them again.
    expect([...w.inFlight]).toEqual(['b', 'c']);
    await w.answer('b');
    await expect.poll(() => [...w.inFlight], { interval: 1 }).toEqual(['c']);
  });

  it('skips whose turn had not come when it was called off', async () => {
    const w = world();
    const off = new AbortController();
    const outcomes = round(
      w,
      ['a', 'b', 'c'].map((name) => question(name)),
      1,
      off.signal,
    );
    await expect.poll(() => w.asked, { interval: 1 }).toEqual(['a']);
    off.abort();
    expect((await outcomes).map(finding)).toEqual(['unknown aborted', 'unknown skipped', 'unknown skipped']);
    expect([...w.inFlight]).toEqual(['a']);
    expect((await round(w, [question('d')], 1, off.signal)).map(finding)).toEqual(['unknown skipped']);
    expect(w.asked).toEqual(['a']);
  });

  it('survives a probe that breaks its promise never to reject', async () => {
    const w = world();
    const broken = { ...w, probe: { ask: () => Promise.reject(new Error('a bug')) } };
    expect((await round(broken, [question('a')])).map(finding)).toEqual(['unknown vantage-blind']);
    expect(w.inFlight.size).toBe(0);
  });

  it('of nobody is over at once', async () => {
    expect(await round(world(), [])).toEqual([]);
  });
});
