import type { Clock } from '@evac/core';

/** Node's timers fire at once when asked for more than this. */
const longestTimerMs = 2_147_483_647;

/**
 * The machine's own clock over `Date` and `setTimeout`, both looked up at each call, so that installed fake timers
 * drive it. An aborted sleep rejects with the signal's reason and leaves no timer behind.
 */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    async sleep(ms, signal) {
      for (let left = ms; ; left -= longestTimerMs) {
        await timer(Math.min(left, longestTimerMs), signal);
        if (left <= longestTimerMs) return;
      }
    },
  };
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timeout);
      reject(signal?.reason);
    };
    const timeout = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
