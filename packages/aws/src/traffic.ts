import {
  CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import type { ServiceName, ServiceRegion, ZoneName, ZoneRound } from '@evac/core';
import { PortError } from '@evac/core';
import type { Clients } from './clients.ts';
import { type PortContext, serviceHere } from './context.ts';
import { chunks, groupsNamed } from './groups.ts';
import { targetGroupArns, targetGroupsOf } from './targets.ts';

/** Reads a service's request counters of the buckets that ended after `since`. */
export type ReadTraffic = (
  context: PortContext,
  ask: { service: ServiceName; since: number },
) => Promise<ZoneRound[]>;

const minuteMs = 60_000;
/** How far back each reading looks: ELB's figures arrive late, and are corrected. */
const lookBackMs = 15 * minuteMs;
/** ELB sends a minute's figures after it has ended; what is later than this tells nothing of now. */
const latestMs = 3 * minuteMs;
/** As many metrics as one call takes. */
const mostQueries = 500;

const metrics = {
  requests: { MetricName: 'RequestCount', Stat: 'Sum' },
  errors: { MetricName: 'HTTPCode_Target_5XX_Count', Stat: 'Sum' },
  unreached: { MetricName: 'TargetConnectionErrorCount', Stat: 'Sum' },
  seconds: { MetricName: 'TargetResponseTime', Stat: 'p50' },
} as const;
type Metric = keyof typeof metrics;
const metricNames: Metric[] = ['requests', 'errors', 'unreached', 'seconds'];

/** One metric of one service in one zone, through one load balancer and target group. */
interface Series {
  service: ServiceName;
  zone: ZoneName;
  metric: Metric;
  dimensions: { Name: string; Value: string }[];
}

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
    s.regions.filter((r) => r.region === clients.region).map((part) => ({ service: s.name, part })),
  );
  const found = await Promise.all(
    here.map(({ service, part }) =>
      seriesOf(clients, service, part).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      ),
    ),
  );
  const series = found.flatMap((one) => (one instanceof Error ? [] : one));
  const read = await Promise.all(
    chunks(series, mostQueries).map((some) => readSeries(clients, some, minute)),
  );
  const points = read.flat();
  return new Map(
    here.map(({ service }, i) => {
      const own = points.filter((p) => p.series.service === service);
      const failed = found[i] instanceof Error ? found[i] : own.find((p) => p.failed)?.failed;
      return [service, failed ?? upTo(minute, roundsOf(own))];
    }),
  );
}

async function seriesOf(clients: Clients, service: ServiceName, part: ServiceRegion): Promise<Series[]> {
  const groups = await groupsNamed(clients, part.groups);
  const targetGroups = await targetGroupsOf(clients, targetGroupArns(groups));
  return targetGroups.flatMap(({ TargetGroupArn = '', LoadBalancerArns = [] }) =>
    LoadBalancerArns.filter((arn) => arn.includes(':loadbalancer/app/')).flatMap((arn) =>
      part.zones.flatMap(({ name: zone }) =>
        metricNames.map((metric) => ({
          service,
          zone,
          metric,
          dimensions: [
            { Name: 'TargetGroup', Value: afterColon(TargetGroupArn) },
            { Name: 'LoadBalancer', Value: afterColon(arn).slice('loadbalancer/'.length) },
            { Name: 'AvailabilityZone', Value: zone },
          ],
        })),
      ),
    ),
  );
}

interface Points {
  series: Series;
  values: { at: number; value: number }[];
  failed: PortError | null;
}

async function readSeries(clients: Clients, series: Series[], minute: number): Promise<Points[]> {
  const client = clients.get(CloudWatchClient);
  const MetricDataQueries = series.map(
    ({ metric, dimensions }, i): MetricDataQuery => ({
      Id: `q${i}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/ApplicationELB',
          MetricName: metrics[metric].MetricName,
          Dimensions: dimensions,
        },
        Period: minuteMs / 1_000,
        Stat: metrics[metric].Stat,
      },
    }),
  );
  const input = {
    MetricDataQueries,
    StartTime: new Date(minute - lookBackMs),
    EndTime: new Date(minute),
  };
  const results = await clients.call('GetMetricData', async (options) => {
    const all: MetricDataResult[] = [];
    const pages = paginateGetMetricData({ client }, input, options);
    for await (const page of pages) all.push(...(page.MetricDataResults ?? []));
    return all;
  });
  // The points of one series may come in parts, on several pages.
  return results.flatMap(({ Id = '', StatusCode, Timestamps = [], Values = [] }): Points[] => {
    const own = series[Number(Id.slice(1))];
    if (!own) return [];
    const values = Timestamps.map((time, i) => ({ at: time.getTime() + minuteMs, value: Values[i] ?? 0 }));
    const failed =
      StatusCode === 'InternalError' || StatusCode === 'Forbidden'
        ? new PortError('unavailable', `GetMetricData in ${clients.region}: ${StatusCode}`)
        : null;
    return [{ series: own, values, failed }];
  });
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
    for (const { at, value } of values) {
      const { bucket } = bucketOf(series.zone, at);
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

/** What CloudWatch calls a load balancer or target group: the end of its ARN. */
const afterColon = (arn: string) => arn.split(':').slice(5).join(':');
