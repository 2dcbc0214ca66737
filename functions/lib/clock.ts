import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Random } from '@evac/core';

/** The machine's own clock; an aborted sleep rejects. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    await sleep(ms, undefined, signal ? { signal } : {});
  },
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = { next: () => Math.random() };
