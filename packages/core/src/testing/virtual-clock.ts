import FakeTimers from '@sinonjs/fake-timers';
import type { Clock } from '../ports.ts';

/**
 * A clock that the test alone moves, by `fake`, which wakes whoever sleeps on it: real sockets beside it take no time of it.
 * An aborted sleep rejects with the signal's reason.
 */
export function createVirtualClock(start = 1_700_000_000_000) {
  const fake = FakeTimers.createClock(start);
  const clock: Clock = {
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
  };
  return { fake, clock };
}
