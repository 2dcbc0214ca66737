import { setTimeout } from 'node:timers/promises';
import type { Clock, Random } from '@evac/core';

/** The machine's own clock; an aborted sleep rejects. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    await setTimeout(ms, undefined, signal ? { signal } : {});
  },
};

export const systemRandom: Random = { next: () => Math.random() };
