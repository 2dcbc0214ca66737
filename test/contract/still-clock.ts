import type { Clock } from '@evac/core';

/** Moved by the test alone: to back off takes no time. */
export function createStillClock(): Clock & { pass(ms: number): void } {
  let now = 1_700_000_000_000;
  return {
    now: () => now,
    sleep: async () => {},
    pass(ms) {
      now += ms;
    },
  };
}
