import type { Clock, Random } from '@evac/core';
import { systemClock } from '@evac/sim';
import FakeTimers from '@sinonjs/fake-timers';

/** When every scene begins: 2027-01-15T08:00:00Z. */
export const startsAt = 1_800_000_000_000;

/** Until every vantage has told and every node is known to be in order; its troubles count from then. */
export const warmUpMs = 90_000;

/** Virtual time for one scene: this thread's timers and dates are fake until it is left. */
export interface Time {
  clock: Clock;
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
  return {
    clock: systemClock(),
    async until(done, limitMs) {
      const end = Date.now() + limitMs;
      // Right after an event, ticks come before promises; from a promise on, it is the other way round.
      await Promise.resolve();
      for (;;) {
        // Every promise that can go on does so before the next timer fires: Node empties their queue before a tick.
        await new Promise<void>((resolve) => process.nextTick(resolve));
        if (done()) return true;
        if (Date.now() >= end || fake.countTimers() === 0) return false;
        fake.next();
      }
    },
    leave() {
      Math.random = mathRandom;
      fake.uninstall();
    },
  };
}
