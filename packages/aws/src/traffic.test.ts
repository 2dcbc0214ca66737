import { serviceName } from '@evac/core';
import { afterEach, expect, test } from 'vitest';
import { settings } from '../../core/src/testing/snapshot.ts';
import {
  answer,
  group,
  groups,
  json,
  loadBalancer,
  type Script,
  type StubAws,
  startAws,
  targetGroup,
} from './testing/aws.ts';
import type { StubCall } from './testing/stub.ts';
import { createTrafficReader } from './traffic.ts';

let aws: StubAws;
afterEach(() => aws.close());

const service = settings().name;
const minute = 60_000;
/** The start of the last whole minute of the test's clock. */
const last = Math.floor(1_700_000_000_000 / minute) * minute - minute;

interface Query {
  Id: string;
  MetricStat: { Metric: { MetricName: string; Dimensions: { Name: string; Value: string }[] }; Stat: string };
}
const queriesOf = (call: StubCall): Query[] => JSON.parse(call.body).MetricDataQueries;
const zoneOf = (q: Query) => q.MetricStat.Metric.Dimensions.find((d) => d.Name === 'AvailabilityZone')?.Value;

/** CloudWatch, with a value for a zone's metric in the last minute. */
const figures =
  (values: Record<string, number>, at = last): Script =>
  (call) =>
    json({
      MetricDataResults: queriesOf(call).flatMap((q) => {
        const value = values[`${zoneOf(q)} ${q.MetricStat.Metric.MetricName}`];
        const points = value === undefined ? [] : [value];
        return [
          { Id: q.Id, StatusCode: 'Complete', Timestamps: points.map(() => at / 1_000), Values: points },
        ];
      }),
    });

const targetGroups = (lb = loadBalancer) =>
  answer('DescribeTargetGroups', { TargetGroups: [{ TargetGroupArn: targetGroup, LoadBalancerArns: [lb] }] });
const topology = { DescribeAutoScalingGroups: groups(group()), DescribeTargetGroups: targetGroups() };

async function reader(script: Record<string, Script>, services = [settings()]) {
  aws = await startAws({ ...topology, ...script }, { services });
  const read = createTrafficReader();
  return (since = 0, name = service) => read(aws.context, { service: name, since });
}

test('requests, errors and latency of each zone, at the end of their minute', async () => {
  const read = await reader({
    GetMetricData: figures({
      'us-west-2a RequestCount': 100,
      'us-west-2a HTTPCode_Target_5XX_Count': 7,
      'us-west-2a TargetConnectionErrorCount': 3,
      'us-west-2a TargetResponseTime': 1.25,
      'us-west-2b RequestCount': 90,
    }),
  });
  const common = { source: 'traffic', at: last + minute, nodes: 0, affected: [] };
  expect(await read()).toEqual([
    { ...common, zone: 'us-west-2a', total: 100, failed: 10, latencyMs: 1_250 },
    { ...common, zone: 'us-west-2b', total: 90, failed: 0, latencyMs: null },
  ]);
  expect(await read(last + minute)).toEqual([]);
});

test('figures that come late stand for the last minute, unless they are too late to tell anything', async () => {
  const counted = { 'us-west-2a RequestCount': 100 };
  const read = await reader({ GetMetricData: figures(counted, last - 2 * minute) });
  expect(await read(last)).toMatchObject([{ at: last + minute, total: 100 }]);
  await aws.context.clock.sleep(2 * minute);
  expect(await read(0)).toEqual([]);
});

test('asks by load balancer, target group and zone, in whole minutes that are over', async () => {
  const read = await reader({ GetMetricData: figures({}) });
  await read();
  const [call] = aws.calls.filter((c) => c.action === 'GetMetricData');
  const [first] = queriesOf(call!);
  expect(first?.MetricStat).toMatchObject({
    Stat: 'Sum',
    Period: 60,
    Metric: {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'RequestCount',
      Dimensions: [
        { Name: 'TargetGroup', Value: 'targetgroup/llm/0123456789abcdef' },
        { Name: 'LoadBalancer', Value: 'app/llm/fedcba9876543210' },
        { Name: 'AvailabilityZone', Value: 'us-west-2a' },
      ],
    },
  });
  expect(JSON.parse(call!.body).EndTime * 1_000).toBe(last + minute);
});

test('one GetMetricData a minute, whoever asks, for all services of the region', async () => {
  const other = serviceName('other');
  const read = await reader({ GetMetricData: figures({ 'us-west-2a RequestCount': 1 }) }, [
    settings(),
    settings({ name: other }),
  ]);
  await Promise.all([read(), read(), read(0, other)]);
  expect(aws.count('GetMetricData')).toBe(1);
  await aws.context.clock.sleep(minute);
  expect(await read(0, other)).toHaveLength(1);
  expect(aws.count('GetMetricData')).toBe(2);
});

test('a reading that failed is not kept', async () => {
  const read = await reader({
    GetMetricData: (call, nth) => {
      const reply = figures({ 'us-west-2a RequestCount': 1 });
      return nth > 1 && typeof reply === 'function'
        ? reply(call, nth)
        : json({ __type: 'InvalidParameterValueException', message: 'no' }, 400);
    },
  });
  await expect(read()).rejects.toMatchObject({ name: 'PortError' });
  expect(await read()).toHaveLength(1);
});

test('figures that CloudWatch could not find out are no figures', async () => {
  const read = await reader({
    GetMetricData: json({
      MetricDataResults: [{ Id: 'q0', StatusCode: 'InternalError', Timestamps: [], Values: [] }],
    }),
  });
  await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
});

test('adds up what comes on several pages', async () => {
  const page = (value: number, at: number, NextToken?: string) =>
    json({
      MetricDataResults: [{ Id: 'q0', StatusCode: 'PartialData', Timestamps: [at / 1_000], Values: [value] }],
      ...(NextToken ? { NextToken } : {}),
    });
  const read = await reader({ GetMetricData: [page(5, last - minute, 'more'), page(6, last)] });
  expect((await read()).map((r) => [r.at, r.total])).toEqual([
    [last, 5],
    [last + minute, 6],
  ]);
});

test('a Network Load Balancer counts no requests, and is not asked', async () => {
  const read = await reader({ DescribeTargetGroups: targetGroups(loadBalancer.replace('app/', 'net/')) });
  expect(await read()).toEqual([]);
  expect(aws.count('GetMetricData')).toBe(0);
});

test('figures that are kept from one service are none to the others', async () => {
  const other = serviceName('other');
  const read = await reader(
    {
      GetMetricData: (call) => {
        const results = queriesOf(call).map(({ Id, MetricStat }, i) => {
          const counted = i > 0 && MetricStat.Metric.MetricName === 'RequestCount';
          return counted
            ? { Id, StatusCode: 'Complete', Timestamps: [last / 1_000], Values: [1] }
            : { Id, StatusCode: i === 0 ? 'Forbidden' : 'Complete', Timestamps: [], Values: [] };
        });
        return json({ MetricDataResults: results });
      },
    },
    [settings(), settings({ name: other })],
  );
  await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
  expect(await read(0, other)).not.toEqual([]);
});

test('a service whose group is gone does not keep the others from being read', async () => {
  const lost = serviceName('lost');
  const [here] = settings().regions;
  const read = await reader(
    {
      DescribeAutoScalingGroups: ({ body }) => (body.includes('nowhere') ? groups() : groups(group())),
      GetMetricData: figures({ 'us-west-2a RequestCount': 1 }),
    },
    [settings(), settings({ name: lost, regions: [{ ...here!, groups: ['nowhere'] }] })],
  );
  expect(await read()).toHaveLength(1);
  await expect(read(0, lost)).rejects.toMatchObject({ code: 'not-found' });
});
