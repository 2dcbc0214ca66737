import type { Clock } from '@evac/core';

/** In a row without any progress. */
export const attempts = 8;

/** 10 ms, 20, 40 … 640: all eight take a little over a second. */
export async function backOff(clock: Clock, attempt: number): Promise<void> {
  await clock.sleep(10 * 2 ** (attempt - 1));
}
