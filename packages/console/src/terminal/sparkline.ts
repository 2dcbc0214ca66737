import type { Bucket } from '../drill-result.ts';

/** The last `count` whole seconds before `nowMs`, oldest first; a second without a bucket had no requests. */
export function lastSeconds(
  series: readonly Bucket[],
  nowMs: number,
  count: number,
): { ok: number; failed: number }[] {
  const end = Math.floor(nowMs / 1_000);
  const seconds = Array.from({ length: count }, () => ({ ok: 0, failed: 0 }));
  for (const bucket of series) {
    const slot = seconds[Math.floor(bucket.atMs / 1_000) - (end - count)];
    if (!slot) continue;
    slot.ok += bucket.ok;
    slot.failed += bucket.failed;
  }
  return seconds;
}

/** A character a value, from the levels given (nothing to full); whatever is above 0 is seen. */
export function sparkline(values: readonly number[], max: number, levels: string): string {
  const signs = [...levels];
  return values
    .map((value) => {
      if (value <= 0 || max <= 0) return signs[0] ?? ' ';
      const level = Math.round((value / max) * (signs.length - 1));
      return signs[Math.min(signs.length - 1, Math.max(1, level))] ?? ' ';
    })
    .join('');
}
