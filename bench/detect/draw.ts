import { seededRandom } from '../../packages/sim/src/random.ts';

/** Numbers after the usual distributions, the same for the same seed. */
export interface Draw {
  /** At least 0, below 1. */
  share(): number;
  between(low: number, high: number): number;
  /** Every order of magnitude alike. */
  magnitude(low: number, high: number): number;
  /** A whole number, both ends included. */
  whole(low: number, high: number): number;
  chance(p: number): boolean;
  normal(deviation: number): number;
  exponential(mean: number): number;
  poisson(mean: number): number;
  binomial(n: number, p: number): number;
}

/** Above this mean or variance a rounded normal is used: its error is far below that of any rate drawn here. */
const manyEnough = 60;

export function createDraw(seed: number): Draw {
  // Neighbouring seeds begin alike: they are told apart by mixing (the 64-bit golden ratio's upper half) and by what is drawn first.
  const { next: share } = seededRandom(Math.imul(seed + 1, 0x9e3779b1) >>> 0);
  for (let i = 0; i < 8; i++) share();
  const between = (low: number, high: number) => low + (high - low) * share();
  const exponential = (mean: number) => -mean * Math.log(1 - share());

  function normal(deviation: number): number {
    return deviation * Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
  }

  function poisson(mean: number): number {
    if (mean > manyEnough) return Math.max(0, Math.round(mean + normal(Math.sqrt(mean))));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = share(); product > limit; product *= share()) count++;
    return count;
  }

  function binomial(n: number, p: number): number {
    if (p <= 0 || n <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    const variance = n * p * (1 - p);
    if (variance > manyEnough) {
      return Math.min(n, Math.max(0, Math.round(n * p + normal(Math.sqrt(variance)))));
    }
    // From success to success: the gaps between them are geometric.
    const perFailure = Math.log(1 - p);
    let count = 0;
    for (let at = 0; ; count++) {
      at += 1 + Math.floor(Math.log(1 - share()) / perFailure);
      if (at > n) return count;
    }
  }

  return {
    share,
    between,
    magnitude: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    whole: (low, high) => low + Math.floor(share() * (high - low + 1)),
    chance: (p) => share() < p,
    normal,
    exponential,
    poisson,
    binomial,
  };
}
