import {
  CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import type { ServiceName, ServiceRegion, ZoneName } from '@evac/core';
import { PortError } from '@evac/core';
import type { Clients } from './clients.ts';
import { chunks, groupsNamed } from './groups.ts';
import { targetGroupArns, targetGroupsOf } from './targets.ts';

/** Of a load balancer's figures. */
export const minuteMs = 60_000;
/** How far back each reading looks: ELB's figures arrive late, and are corrected. */
const lookBackMs = 15 * minuteMs;
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
/** A zone is judged by the requests that fail in it: while these say nothing, there is nothing to compare. */
const signs: Metric[] = ['errors', 'unreached'];

/** One load balancer's target group, of a service. */
export interface Front {
  service: ServiceName;
  zones: ZoneName[];
  dimensions: { Name: string; Value: string }[];
}

/** One metric of one front: in one zone, or (zone null) in all of them. */
export interface Series {
  service: ServiceName;
  zone: ZoneName | null;
  metric: Metric;
  dimensions: { Name: string; Value: string }[];
}

export async function frontsOf(
  clients: Clients,
  service: ServiceName,
  part: ServiceRegion,
): Promise<Front[]> {
  const groups = await groupsNamed(clients, part.groups);
  const targetGroups = await targetGroupsOf(clients, targetGroupArns(groups));
  return targetGroups.flatMap(({ TargetGroupArn = '', LoadBalancerArns = [] }) =>
    LoadBalancerArns.filter((arn) => arn.includes(':loadbalancer/app/')).map((arn) => ({
      service,
      zones: part.zones.map(({ name }) => name),
      dimensions: [
        { Name: 'TargetGroup', Value: afterColon(TargetGroupArn) },
        { Name: 'LoadBalancer', Value: afterColon(arn).slice('loadbalancer/'.length) },
      ],
    })),
  );
}

/** Whether any request failed. */
export function signsOf({ service, dimensions }: Front): Series[] {
  return signs.map((metric) => ({ service, zone: null, metric, dimensions }));
}

/** All that was counted, zone by zone. */
export function countsOf({ service, zones, dimensions }: Front): Series[] {
  return zones.flatMap((zone) =>
    metricNames.map((metric) => ({
      service,
      zone,
      metric,
      dimensions: [...dimensions, { Name: 'AvailabilityZone', Value: zone }],
    })),
  );
}

/** What one reading of a series brought; `failed` where CloudWatch keeps it back. */
export interface Points {
  series: Series;
  values: { at: number; value: number }[];
  failed: PortError | null;
}

/** Up to the minute that begins at `minute` (epoch ms). Rejects with a PortError. */
export async function readSeries(clients: Clients, series: Series[], minute: number): Promise<Points[]> {
  const read = await Promise.all(chunks(series, mostQueries).map((some) => readSome(clients, some, minute)));
  return read.flat();
}

async function readSome(clients: Clients, series: Series[], minute: number): Promise<Points[]> {
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

/** What CloudWatch calls a load balancer or target group: the end of its ARN. */
const afterColon = (arn: string) => arn.split(':').slice(5).join(':');
