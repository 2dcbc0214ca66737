/** Natural logarithms of factorials, grown as needed: log(n!) is exact enough in doubles far beyond our counts. */
const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++)
    logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}

const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/**
 * Fisher's exact test, one-sided: the probability of at least `failed` failures among `total` when they and the
 * `restFailed` of `restTotal` come from one population. Exact at any count, where a chi-squared share or a z-score
 * over three zones is not (docs/facts.md: a population z-score of three cannot exceed 1.41).
 */
export function fisherGreater(failed: number, total: number, restFailed: number, restTotal: number): number {
  const failures = failed + restFailed;
  const all = total + restTotal;
  const most = Math.min(total, failures);
  const denominator = logChoose(all, failures);
  let p = 0;
  for (let k = failed; k <= most; k++) {
    if (failures - k > restTotal) continue;
    p += Math.exp(logChoose(total, k) + logChoose(restTotal, failures - k) - denominator);
  }
  return Math.min(1, p);
}

/** Holm's step-down correction: p-values as they may be compared with one level, in the order given. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, i) => ({ p, i })).toSorted((a, b) => a.p - b.p);
  const corrected = new Array<number>(pValues.length).fill(1);
  let running = 0;
  order.forEach(({ p, i }, rank) => {
    running = Math.max(running, Math.min(1, p * (pValues.length - rank)));
    corrected[i] = running;
  });
  return corrected;
}

/** The middle value; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  return high === undefined || low === undefined ? null : (low + high) / 2;
}
