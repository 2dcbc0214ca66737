/** Limits of a 95% confidence interval. */
export type Interval = readonly [low: number, high: number];

/** Of a rate, from a number of events in so much time: Garwood's exact limits for a Poisson count. */
export function ofRate(events: number, time: number): Interval {
  const low = events === 0 ? 0 : solve((mean) => 1 - poissonUpTo(events - 1, mean) < 0.025, events);
  const high = solve((mean) => poissonUpTo(events, mean) > 0.025, events + 5);
  return [low / time, high / time];
}

/** Of a share, from so many of so many: Wilson's score interval. */
export function ofShare(hits: number, of: number): Interval {
  if (of === 0) return [0, 1];
  const z = 1.96;
  const share = hits / of;
  const middle = share + z ** 2 / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const scale = 1 + z ** 2 / of;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}

function poissonUpTo(events: number, mean: number): number {
  let term = Math.exp(-mean);
  if (term === 0) return normalUpTo((events + 0.5 - mean) / Math.sqrt(mean));
  let sum = term;
  for (let k = 1; k <= events; k++) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}

/** For means beyond 700, where the count is as good as normal. */
function normalUpTo(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}

/** Where a condition that holds for small values ceases to hold. */
function solve(holds: (value: number) => boolean, guess: number): number {
  let high = Math.max(1, guess);
  while (holds(high)) high *= 2;
  let low = 0;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return high;
}
