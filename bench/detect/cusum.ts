import { thresholdDefaults } from '../../packages/core/src/config/defaults.ts';
import type { Detector } from './detector.ts';
import { intervalMs, yearMs } from './world.ts';

/** By chance alone e^limit rounds pass before an alarm (Lorden, Annals of Mathematical Statistics 42, 1971): here a year. */
const limit = Math.log(yearMs / intervalMs);
const least = 0.01;

/**
 * The sequential test: Page's cumulative sum of log-likelihood ratios (Biometrika 41, 1954), which no other test with as few
 * false alarms beats in the worst case (Moustakides, Annals of Statistics 14, 1986), as long as failures are independent. From what
 * fails in the other zones in the same round to the smallest effect that Evac acts on above it.
 */
export function cumulativeSum(): Detector {
  let sums: number[] = [];
  let last = Number.NaN;
  return (index, zones) => {
    // Rounds are left out only after minutes without a failure: every sum is back at nothing then.
    if (index !== last + 1) sums = zones.map(() => 0);
    last = index;
    const failed = zones.map((z) => z.failedRequests + z.failedProbes);
    const total = zones.map((z) => z.requests + z.probes);
    const all = { failed: add(failed), total: add(total) };
    sums = sums.map((before, zone) => {
      const [bad, of] = [failed[zone] ?? 0, total[zone] ?? 0];
      const rest = all.total > of ? (all.failed - bad) / (all.total - of) : 0;
      const usual = Math.min(0.5, Math.max(least, rest));
      const impaired = usual + thresholdDefaults.zoneMinEffect;
      const ratio = bad * Math.log(impaired / usual) + (of - bad) * Math.log((1 - impaired) / (1 - usual));
      return Math.min(limit, Math.max(0, before + ratio));
    });
    return sums.flatMap((value, zone) => (value >= limit ? [zone] : []));
  };
}

const add = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
