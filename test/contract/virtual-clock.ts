import type { Clock } from '@evac/core';
import FakeTimers from '@sinonjs/fake-timers';

/** Moved by the test alone, which wakes whoever sleeps on it: real sockets beside it take no time of it. */
export function createVirtualClock(): Clock & { pass(ms: number): Promise<void> } {
  const fake = FakeTimers.createClock(1_700_000_000_000);
  return {
    now: () => fake.now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const timer = fake.setTimeout(() => resolve(), ms);
        const wake = () => {
          fake.clearTimeout(timer);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', wake, { once: true });
      }),
    async pass(ms) {
      await fake.tickAsync(ms);
    },
  };
}
