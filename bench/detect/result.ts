import { cpus } from 'node:os';
import { ours } from './course.ts';
import { faultClasses } from './fault.ts';
import { type Interval, ofRate, ofShare } from './interval.ts';
import { detectorNames, type Measured } from './measure.ts';
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
  order: { seed: number; zoneYears: number; trials: number };
  minutes: number;
  zoneYears: number;
  worlds: number;
  detectors: DetectorResult[];
  targets: Target[];
}

export function conclude(measured: Measured, order: Result['order'], minutes: number): Result {
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
    minutes,
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

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

function judgeTargets(detectors: readonly DetectorResult[]): Target[] {
  const own = detectors.find(({ name }) => name === ours);
  const [lost, errors] = [own?.detections.lost, own?.detections['errors-30']];
  if (!own || !lost || !errors) throw new Error(`nothing was measured of ${ours}`);
  const { perZoneYear, interval } = own.falseAlarms;
  const targets: Target[] = [
    {
      name: 'fewer than 1 false alarm per zone-year, the upper limit of the interval included',
      seen: `${perZoneYear.toFixed(2)} (${interval.map((x) => x.toFixed(2)).join(' to ')})`,
      met: interval[1] < 1,
    },
    {
      name: 'at least 99% of lost zones within 20 s',
      seen: percent(lost.within20s.share),
      met: lost.within20s.share >= 0.99,
    },
    {
      name: 'at least 95% of 30% error rates at 100 requests/min and more within 60 s',
      seen: percent(errors.within60s.share),
      met: errors.within60s.share >= 0.95,
    },
  ];
  const rivals = detectors.filter(
    (d) => d.name !== 'evac suspects' && d !== own && d.falseAlarms.perZoneYear < 1,
  );
  for (const { id, name, isZone } of faultClasses) {
    if (!isZone) continue;
    const sooner = rivals.filter((d) => soonerThan(d.detections[id], own.detections[id]));
    if (sooner.length === 0) continue;
    targets.push({
      name: `no detector that meets the bound is sooner: ${name}`,
      seen: sooner.map((d) => d.name).join(', '),
      met: false,
    });
  }
  if (targets.length === 3)
    targets.push({
      name: 'no detector that meets the bound detects sooner',
      seen:
        rivals.length === 0 ? 'no other meets it' : `${rivals.map((d) => d.name).join(', ')}: later or never`,
      met: true,
    });
  return targets;
}

/** By the median; or, where neither has one, by how many are found at all. */
function soonerThan(a: Detection | undefined, b: Detection | undefined): boolean {
  if (!a || !b || a.trials === 0) return false;
  if (a.medianMs !== null || b.medianMs !== null)
    return (a.medianMs ?? Number.POSITIVE_INFINITY) < (b.medianMs ?? Number.POSITIVE_INFINITY);
  return a.within3min.interval[0] > b.within3min.interval[1];
}
