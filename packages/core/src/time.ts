const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function isUnit(text: string): text is keyof typeof units {
  return text in units;
}

/**
 * "5s", "250ms", "1.5m", "2h", "1d" and what {@link formatDuration} writes, "1m30s", to milliseconds; null when the
 * text is none of these.
 */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(trimmed)) return null;
  let sum = 0;
  let larger = Number.POSITIVE_INFINITY;
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    // "30s1m" and "5s5s" are slips, not durations.
    if (unit === undefined || !isUnit(unit) || units[unit] >= larger) return null;
    larger = units[unit];
    sum += Number(count) * larger;
  }
  return Math.round(sum);
}

/** Milliseconds as a person writes them, to two units: 90000 is "1m30s", 250 is "250ms". */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 9_950 && ms % 1_000 !== 0) return `${(ms / 1_000).toFixed(1).replace('.0', '')}s`;
  let rest = Math.round(ms / 1_000);
  const parts: string[] = [];
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * seconds;
  }
  return parts.slice(0, 2).join('');
}
