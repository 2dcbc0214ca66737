import type { ServiceSettings } from '@evac/core';

/** Any two regions' clocks are drawn this close; what one of them stamps may be early or late by as much. */
export const skewMs = 5_000;

/**
 * From the moment a node or an endpoint goes bad to its verdict, at worst: what was found good just before counts until
 * it is stale (`fresh`), then a whole round passes, and `drainAfter` questions run into their timeouts, `fastInterval`
 * apart. The slower of the two checks counts. The clocks' difference is added.
 */
export function detectionMs({ timing, thresholds, shallow, deep }: ServiceSettings): number {
  const worst = (intervalMs: number, timeoutMs: number) =>
    intervalMs + thresholds.drainAfter * timeoutMs + (thresholds.drainAfter - 1) * timing.fastIntervalMs;
  return (
    timing.freshMs +
    Math.max(
      worst(timing.intervalMs, shallow.timeoutMs),
      deep ? worst(timing.deepIntervalMs, deep.timeoutMs) : 0,
    ) +
    skewMs
  );
}

/**
 * How old an outcome may be and still count as evidence: shallow ones are stale after `fresh`, deep ones a `deepInterval`
 * later; the question itself may have taken its timeout, and the clocks differ.
 */
export function evidenceMs({ timing, deep }: ServiceSettings): number {
  return timing.freshMs + (deep ? timing.deepIntervalMs + deep.timeoutMs : 0) + skewMs;
}
