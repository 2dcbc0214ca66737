import type { Clock, Random } from '@evac/core';
import FakeTimers from '@sinonjs/fake-timers';
import { createAgenda, type Entry } from './agenda.ts';

/** When every scene begins: 2027-01-15T08:00:00Z. */
export const startsAt = 1_800_000_000_000;

/** Until every vantage has told and every node is known to be in order; its troubles count from then. */
export const warmUpMs = 90_000;

/** Virtual time for one scene: this thread's timers and dates are fake until it is left. */
export interface Time {
  clock: Required<Clock>;
  /** Lets time pass until `done` says so, looked at after every timer; false if `limitMs` went by first. */
  until(done: () => boolean, limitMs: number): Promise<boolean>;
  leave(): void;
}

/** `random` takes the place of Math.random, from which retries take their jitter. */
export function enterVirtualTime(random: Random): Time {
  const fake = FakeTimers.install({
    now: startsAt,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  });
  const mathRandom = Math.random;
  Math.random = random.next;
  // Beside the timers: most of what waits sleeps on the clock, and a fake timer takes several times as long.
  const agenda = createAgenda();
  const plan = (ms: number, run: () => void) =>
    agenda.add(fake.now + Math.max(0, Math.trunc(ms)), fake.now, run);

  /** Moves on to whatever comes next; false if nothing does. */
  function next(): boolean {
    const entry = agenda.first();
    const timer = fake.timerHeap?.peek();
    if (!entry || (timer && isBefore(timer, entry))) {
      if (timer) fake.next();
      return timer !== undefined;
    }
    agenda.take();
    fake.now = entry.at;
    entry.run?.();
    return true;
  }

  return {
    clock: {
      now: () => fake.now,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason);
          if (!signal) return plan(ms, resolve);
          const onAbort = () => {
            entry.run = null;
            reject(signal.reason);
          };
          const entry = plan(ms, () => {
            signal.removeEventListener('abort', onAbort);
            resolve();
          });
          signal.addEventListener('abort', onAbort, { once: true });
        }),
      after(ms, run) {
        const entry = plan(ms, run);
        return () => {
          entry.run = null;
        };
      },
    },
    async until(done, limitMs) {
      const end = fake.now + limitMs;
      // Right after an event, ticks come before promises; from a promise on, it is the other way round.
      await Promise.resolve();
      for (;;) {
        // Every promise that can go on does so before the next timer fires: Node empties their queue before a tick.
        await new Promise<void>((resolve) => process.nextTick(resolve));
        if (done()) return true;
        if (fake.now >= end || !next()) return false;
      }
    },
    leave() {
      Math.random = mathRandom;
      fake.uninstall();
    },
  };
}

function isBefore(
  { callAt = 0, createdAt = 0 }: { callAt?: number; createdAt?: number },
  { at, since }: Entry,
): boolean {
  return callAt < at || (callAt === at && createdAt < since);
}
