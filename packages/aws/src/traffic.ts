import type { ServiceName, ServiceSettings, ZoneName, ZoneRound } from '@evac/core';
import { type PortContext, serviceHere } from './context.ts';
import {
  countsOf,
  frontsOf,
  minuteMs,
  type Points,
  readSeries,
  type Series,
  signsOf,
} from './traffic-series.ts';

/** Reads a service's request counters of the buckets that ended after `since`. */
export type ReadTraffic = (
  context: PortContext,
  ask: { service: ServiceName; since: number },
) => Promise<ZoneRound[]>;

/** ELB sends a minute's figures after it has ended; what is later than this tells nothing of now. */
const latestMs = 3 * minuteMs;

interface Bucket {
  requests: number;
  failed: number;
  /** Of the target group with the most requests. */
  typical: { requests: number; ms: number } | null;
}

/**
 * What Application Load Balancers counted, by zone and minute, for all services of a region with one GetMetricData a
 * minute: later asks within the minute share its answer. A Network Load Balancer counts no requests.
 *
 * Each metric that is asked for costs, so every minute only the errors of each target group are, and what was counted in
 * each zone where there are any: a service whose requests do not fail has no rounds.
 *
 * Figures come one or two minutes after their minute. The newest there are stand for the minute that has just ended, and
 * those before it for the minutes before: held against the probes' last rounds by their own time, none would ever count.
 */
export function createTrafficReader(): ReadTraffic {
  let kept: { minute: number; rounds: Promise<Rounds> } | null = null;

  return async (context, { service, since }) => {
    serviceHere(context, service);
    const minute = Math.floor(context.clock.now() / minuteMs) * minuteMs;
    if (kept?.minute !== minute) {
      const rounds = readAll(context, minute);
      const own = { minute, rounds };
      kept = own;
      rounds.catch(() => {
        if (kept === own) kept = null;
      });
    }
    const rounds = (await kept.rounds).get(service) ?? [];
    if (rounds instanceof Error) throw rounds;
    return rounds.filter((round) => round.at > since);
  };
}

/** A service whose groups or figures are not to be had does not keep the others from being read. */
type Rounds = Map<ServiceName, ZoneRound[] | Error>;

async function readAll(context: PortContext, minute: number): Promise<Rounds> {
  const { clients, services } = context;
  const here = services.flatMap((s) =>
    s.regions
      .filter((r) => r.region === clients.region)
      .map((part) => ({ service: s.name, settings: s, part })),
  );
  const found = await Promise.all(
    here.map(({ service, part }) =>
      frontsOf(clients, service, part).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      ),
    ),
  );
  const fronts = found.flatMap((one) => (one instanceof Error ? [] : one));
  const told = await readSeries(clients, fronts.flatMap(signsOf), minute);
  const failing = new Set(
    here.filter(({ settings }) => fails(settings, told, minute)).map(({ service }) => service),
  );
  const counted = fronts.filter(({ service }) => failing.has(service)).flatMap(countsOf);
  const points = await readSeries(clients, counted, minute);
  return new Map(
    here.map(({ service }, i) => {
      const own = points.filter((p) => p.series.service === service);
      const unread = [...told, ...own].find((p) => p.series.service === service && p.failed)?.failed;
      const failed = found[i] instanceof Error ? found[i] : unread;
      return [service, failed ?? upTo(minute, roundsOf(own))];
    }),
  );
}

/** In a minute that may still count: as far back as a zone is judged by, and as late as figures may come. */
function fails({ name, thresholds, timing }: ServiceSettings, told: Points[], minute: number): boolean {
  const since = minute - latestMs - thresholds.zoneN * timing.intervalMs;
  return told.some(
    ({ series, values }) =>
      series.service === name && values.some(({ at, value }) => value > 0 && at > since),
  );
}

function upTo(minute: number, rounds: ZoneRound[]): ZoneRound[] {
  const lateMs = minute - Math.max(...rounds.map((round) => round.at));
  return lateMs > latestMs ? [] : rounds.map((round) => ({ ...round, at: round.at + lateMs }));
}

/** A zone without requests in a minute has no round: that it is quiet says nothing. */
function roundsOf(points: Points[]): ZoneRound[] {
  const buckets = new Map<string, { zone: ZoneName; at: number; bucket: Bucket }>();
  // By target group first: its requests weigh its latency.
  const requests = new Map<string, number>();
  for (const { series, values } of points.filter((p) => p.series.metric === 'requests')) {
    for (const { at, value } of values) requests.set(`${key(series)} ${at}`, value);
  }
  for (const { series, values } of points) {
    const { zone } = series;
    if (zone === null) continue;
    for (const { at, value } of values) {
      const { bucket } = bucketOf(zone, at);
      if (series.metric === 'requests') bucket.requests += value;
      else if (series.metric !== 'seconds') bucket.failed += value;
      else {
        const weight = requests.get(`${key(series)} ${at}`) ?? 0;
        if (weight > (bucket.typical?.requests ?? 0)) {
          bucket.typical = { requests: weight, ms: value * 1_000 };
        }
      }
    }
  }
  return [...buckets.values()]
    .map(
      ({ zone, at, bucket: { requests: total, failed, typical } }): ZoneRound => ({
        zone,
        source: 'traffic',
        at,
        // A request may fail at several targets before it is answered.
        total: Math.max(total, failed),
        failed,
        nodes: 0,
        affected: [],
        latencyMs: typical?.ms ?? null,
      }),
    )
    .filter((round) => round.total > 0)
    .toSorted((a, b) => a.at - b.at || a.zone.localeCompare(b.zone));

  function bucketOf(zone: ZoneName, at: number) {
    const name = `${zone} ${at}`;
    const known = buckets.get(name) ?? { zone, at, bucket: { requests: 0, failed: 0, typical: null } };
    buckets.set(name, known);
    return known;
  }
}

const key = ({ zone, dimensions }: Series) => `${zone} ${dimensions.map((d) => d.Value).join(' ')}`;
