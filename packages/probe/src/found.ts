import type { Raw, Timings } from '@evac/core';

/** What one protocol found out, before it is classified. */
export interface Found {
  raw: Raw;
  timings: Timings;
  /** Milliseconds from the start of the probe; null where no token came, or none was asked for. */
  firstTokenMs: number | null;
  model: string | null;
  revision: string | null;
  warnings: string[];
}

export const noTimings: Timings = {
  connectMs: null,
  firstByteMs: null,
  longestGapMs: null,
  tokensPerSecond: null,
};

export function found(raw: Raw, more: Partial<Omit<Found, 'raw'>> = {}): Found {
  return { raw, timings: noTimings, firstTokenMs: null, model: null, revision: null, warnings: [], ...more };
}
