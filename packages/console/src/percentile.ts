/** The nearest-rank percentile (`share` from 0 to 1) of numbers in any order; null of none. Always a value that was seen. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? null;
}
