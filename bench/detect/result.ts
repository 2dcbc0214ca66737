import { cpus } from 'node:os';
import { ours, suspects } from './course.ts';
import { faultClasses } from './fault.ts';
import { type Interval, ofRate, ofShare } from './interval.ts';
import type { Measured, Order } from './measure.ts';
import { detectorNames } from './peers.ts';
import type { Trial } from './trial.ts';

interface Share {
  share: number;
  interval: Interval;
}

export interface Detection {
  trials: number;
  within20s: Share;
  within60s: Share;
  within3min: Share;
  /** Of all trials; null if it is later than three minutes. */
  medianMs: number | null;
}

export interface DetectorResult {
  name: string;
  falseAlarms: { count: number; perZoneYear: number; interval: Interval };
  /** By class of faults. */
  detections: Record<string, Detection>;
}

interface Target {
  name: string;
  seen: string;
  met: boolean;
}

export interface Result {
  machine: string;
  order: Order;
  minutes: number;
  workers: number;
  zoneYears: number;
  worlds: number;
  detectors: DetectorResult[];
  targets: Target[];
}

export function conclude(
  measured: Measured,
  order: Order,
  took: Pick<Result, 'minutes' | 'workers'>,
): Result {
  const detectors = detectorNames.map((name): DetectorResult => {
    const count = measured.alarms[name] ?? 0;
    const detections = faultClasses.map(({ id }) => [id, detection(measured.trials[id] ?? [], name)]);
    return {
      name,
      falseAlarms: {
        count,
        perZoneYear: count / measured.zoneYears,
        interval: ofRate(count, measured.zoneYears),
      },
      detections: Object.fromEntries(detections),
    };
  });
  const all = cpus();
  return {
    machine: `${all.length} × ${all[0]?.model ?? 'unknown'}, Node.js ${process.versions.node}`,
    order,
    ...took,
    zoneYears: measured.zoneYears,
    worlds: measured.worlds,
    detectors,
    targets: judgeTargets(detectors),
  };
}

function detection(trials: readonly Trial[], name: string): Detection {
  // Where it had named the zone before anything happened, it cannot be told what it names it for.
  const delays = trials
    .flatMap((t) => (t[name] === undefined ? [] : [t[name] ?? Number.POSITIVE_INFINITY]))
    .toSorted((a, b) => a - b);
  const within = (ms: number): Share => {
    const hits = delays.filter((d) => d <= ms).length;
    return { share: delays.length === 0 ? 0 : hits / delays.length, interval: ofShare(hits, delays.length) };
  };
  const median = delays[Math.floor(delays.length / 2)] ?? Number.POSITIVE_INFINITY;
  return {
    trials: delays.length,
    within20s: within(20_000),
    within60s: within(60_000),
    within3min: within(180_000),
    medianMs: Number.isFinite(median) ? median : null,
  };
}

/** Held by the whole interval: where too little was measured to tell, a target is missed. */
function judgeTargets(detectors: readonly DetectorResult[]): Target[] {
  const own = detectors.find(({ name }) => name === ours);
  const [lost, errors] = [own?.detections.lost, own?.detections['errors-30']];
  if (!own || !lost || !errors) throw new Error(`nothing was measured of ${ours}`);
  const { perZoneYear, interval } = own.falseAlarms;
  return [
    {
      name: 'fewer than 1 false alarm per zone-year',
      seen: `${perZoneYear.toFixed(2)} (${interval.map((x) => x.toFixed(2)).join(' to ')})`,
      met: interval[1] < 1,
    },
    atLeast(0.99, 'lost zones within 20 s', lost.within20s),
    atLeast(0.95, '30% error rates at 100 requests/min and more within 60 s', errors.within60s),
    nobodyIsSooner(
      own,
      detectors.filter((d) => d !== own && d.name !== suspects),
    ),
  ];
}

function atLeast(least: number, what: string, { share, interval }: Share): Target {
  const percent = (value: number) => `${(100 * value).toFixed(1)}%`;
  return {
    name: `at least ${100 * least}% of ${what}`,
    seen: `${percent(share)} (${interval.map(percent).join(' to ')})`,
    met: interval[0] >= least,
  };
}

function nobodyIsSooner(own: DetectorResult, others: readonly DetectorResult[]): Target {
  const rivals = others.filter((d) => d.falseAlarms.perZoneYear < 1);
  const sooner = faultClasses.flatMap(({ id, name: fault, isZone }) =>
    rivals.flatMap(({ name, detections }) =>
      isZone && soonerThan(detections[id], own.detections[id]) ? [`${name} (${fault})`] : [],
    ),
  );
  const later = `${rivals.map(({ name }) => name).join(', ')}: later or never`;
  const none = rivals.length === 0 ? 'no other meets it' : later;
  return {
    name: 'no detector that meets the bound of false alarms is sooner',
    seen: sooner.length === 0 ? none : sooner.join(', '),
    met: sooner.length === 0,
  };
}

/** By the median; or, where neither has one, by how many are found at all. */
function soonerThan(a: Detection | undefined, b: Detection | undefined): boolean {
  if (!a || !b || a.trials === 0) return false;
  if (a.medianMs !== null || b.medianMs !== null)
    return (a.medianMs ?? Number.POSITIVE_INFINITY) < (b.medianMs ?? Number.POSITIVE_INFINITY);
  return a.within3min.interval[0] > b.within3min.interval[1];
}
