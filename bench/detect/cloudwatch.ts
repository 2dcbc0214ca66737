import { type Detector, nobody } from './detector.ts';
import { intervalMs, minuteMs } from './world.ts';

/**
 * The outlier rules of AWS's multi-AZ observability (cdklabs/cdk-multi-az-observability, src/outlier-detection/src):
 * over each zone's count of errors in one minute. MAD says there "at least", which is true of every zone in a minute without
 * an error; here it needs one.
 */
type Rule = (errors: readonly number[]) => number[];

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function zonesWhere(errors: readonly number[], test: (count: number) => boolean): number[] {
  return errors.flatMap((count, zone) => (test(count) ? [zone] : []));
}

/** As numpy's default: linear between the two nearest. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  return low + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? low) - low);
}

export const staticShare: Rule = (errors) => {
  const all = sum(errors);
  return zonesWhere(errors, (count) => all > 0 && count / all >= 0.7);
};

/** The values of chi-squared that 5% exceed, for 1 to 5 degrees of freedom. */
const critical = [3.841, 5.991, 7.815, 9.488, 11.07];

export const chiSquared: Rule = (errors) => {
  const expected = sum(errors) / errors.length;
  if (expected === 0) return [];
  const squared = sum(errors.map((count) => (count - expected) ** 2)) / expected;
  if (squared < (critical[errors.length - 2] ?? Number.POSITIVE_INFINITY)) return [];
  // By distance, so it may be the zone with the fewest.
  const distances = errors.map((count) => Math.abs(count - expected));
  return [distances.indexOf(Math.max(...distances))];
};

export const zScore =
  (threshold: number): Rule =>
  (errors) => {
    const mean = sum(errors) / errors.length;
    const deviation = Math.sqrt(sum(errors.map((count) => (count - mean) ** 2)) / errors.length);
    return zonesWhere(errors, (count) => deviation > 0 && (count - mean) / deviation >= threshold);
  };

export const interquartile: Rule = (errors) => {
  const [first, third] = [percentile(errors, 0.25), percentile(errors, 0.75)];
  return zonesWhere(errors, (count) => count > third + 1.5 * (third - first));
};

export const medianDeviation: Rule = (errors) => {
  const middle = percentile(errors, 0.5);
  const deviation = percentile(
    errors.map((count) => Math.abs(count - middle)),
    0.5,
  );
  return zonesWhere(errors, (count) => count > 0 && count >= middle + 3 * deviation);
};

/** A rule over whole minutes, as an alarm with a period of 60 s sees it. */
export function perMinute(rule: Rule): Detector {
  return collect((errors) => rule(errors));
}

/** With the whitepaper's other half: availability in the zone below 99%, both in three of five minutes. */
export function perMinuteWithImpact(rule: Rule): Detector {
  const breaching: number[][] = [];
  return collect((errors, totals) => {
    const outliers = rule(errors);
    breaching.push(outliers.filter((zone) => (errors[zone] ?? 0) > 0.01 * (totals[zone] ?? 0)));
    if (breaching.length > 5) breaching.shift();
    return errors.flatMap((_, zone) =>
      breaching.filter((zones) => zones.includes(zone)).length >= 3 ? [zone] : [],
    );
  });
}

function collect(close: (errors: number[], totals: number[]) => readonly number[]): Detector {
  let minute = Number.NaN;
  let errors: number[] = [];
  let totals: number[] = [];
  let said = nobody;
  return (index, zones) => {
    const now = Math.floor((index * intervalMs) / minuteMs);
    if (now !== minute) {
      minute = now;
      errors = zones.map(() => 0);
      totals = zones.map(() => 0);
    }
    zones.forEach((count, zone) => {
      errors[zone] = (errors[zone] ?? 0) + count.failedRequests + count.failedProbes;
      totals[zone] = (totals[zone] ?? 0) + count.requests + count.probes;
    });
    if (((index + 1) * intervalMs) % minuteMs === 0) said = close(errors, totals);
    return said;
  };
}
