import type { Clock } from '@evac/core';

/** A clock that only `pass` and its own sleepers move: real sockets beside it take no time of it. */
export function createTestClock(start = 1_700_000_000_000): Clock & { pass(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    async sleep(ms) {
      now += ms;
    },
    pass(ms) {
      now += ms;
    },
  };
}
