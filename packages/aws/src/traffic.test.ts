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

const nameOf = (q: Query) => q.MetricStat.Metric.MetricName;
/** Of one zone, or of all of them where no zone is asked for. */
const figureOf = (values: Record<string, number>, q: Query) => {
  const zone = zoneOf(q);
  const own = Object.entries(values).filter(([name]) =>
    zone === undefined ? name.endsWith(` ${nameOf(q)}`) : name === `${zone} ${nameOf(q)}`,
  );
  return own.length > 0 ? own.reduce((sum, [, value]) => sum + value, 0) : undefined;
};

/** CloudWatch, with a value for a zone's metric in the last minute. */
const figures =
  (values: Record<string, number>, at = last): Script =>
  (call) =>
    json({
      MetricDataResults: queriesOf(call).flatMap((q) => {
        const value = figureOf(values, q);
        const points = value === undefined ? [] : [value];
        return [
          { Id: q.Id, StatusCode: 'Complete', Timestamps: points.map(() => at / 1_000), Values: points },
        ];
      }),
    });

/** What makes a service's zones be looked at. */
const anError = { 'us-west-2c HTTPCode_Target_5XX_Count': 1 };

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

test('only the errors of each target group, while no request fails: each metric that is asked for costs', async () => {
  const read = await reader({ GetMetricData: figures({ 'us-west-2a RequestCount': 100 }) });
  expect(await read()).toEqual([]);
  const asked = aws.calls.filter((c) => c.action === 'GetMetricData').map(queriesOf);
  expect(asked.map((queries) => queries.map((q) => [nameOf(q), zoneOf(q)]))).toEqual([
    [
      ['HTTPCode_Target_5XX_Count', undefined],
      ['TargetConnectionErrorCount', undefined],
    ],
  ]);
});

test.each(['HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount'])(
  'every zone’s counts in the same minute as any %s',
  async (metric) => {
    const read = await reader({
      GetMetricData: figures({ [`us-west-2b ${metric}`]: 1, 'us-west-2a RequestCount': 100 }),
    });
    expect((await read()).map((r) => [r.zone, r.total, r.failed])).toEqual([
      ['us-west-2a', 100, 0],
      ['us-west-2b', 1, 1],
    ]);
    const asked = aws.calls.filter((c) => c.action === 'GetMetricData').map(queriesOf);
    expect(asked.map((queries) => queries.length)).toEqual([2, 12]);
  },
);

test('an error counts for as long as its minute may be judged by', async () => {
  const { timing, thresholds } = settings();
  const judgedMs = thresholds.zoneN * timing.intervalMs + 3 * minute;
  const asked = async (ago: number) => {
    const read = await reader({ GetMetricData: figures(anError, last - ago) });
    await read();
    const count = aws.count('GetMetricData');
    await aws.close();
    return count;
  };
  expect([await asked(judgedMs - minute), await asked(judgedMs)]).toEqual([2, 1]);
});

test('figures that come late stand for the last minute, unless they are too late to tell anything', async () => {
  const counted = { 'us-west-2a RequestCount': 100, 'us-west-2a TargetConnectionErrorCount': 1 };
  const read = await reader({ GetMetricData: figures(counted, last - 2 * minute) });
  expect(await read(last)).toMatchObject([{ at: last + minute, total: 100 }]);
  await aws.context.clock.sleep(2 * minute);
  expect(await read(0)).toEqual([]);
});

test('asks by load balancer, target group and zone, in whole minutes that are over', async () => {
  const read = await reader({ GetMetricData: figures(anError) });
  await read();
  const [sign, call] = aws.calls.filter((c) => c.action === 'GetMetricData');
  expect(queriesOf(sign!)[0]?.MetricStat.Metric.Dimensions).toEqual([
    { Name: 'TargetGroup', Value: 'targetgroup/llm/0123456789abcdef' },
    { Name: 'LoadBalancer', Value: 'app/llm/fedcba9876543210' },
  ]);
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
  const read = await reader({ GetMetricData: figures({}) }, [settings(), settings({ name: other })]);
  await Promise.all([read(), read(), read(0, other)]);
  expect(aws.count('GetMetricData')).toBe(1);
  await aws.context.clock.sleep(minute);
  await read(0, other);
  expect(aws.count('GetMetricData')).toBe(2);
});

test('a reading that failed is not kept', async () => {
  const read = await reader({
    GetMetricData: (call, nth) => {
      const reply = figures(anError);
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
  const pages = [page(5, last - minute, 'more'), page(6, last)];
  const read = await reader({ GetMetricData: [...pages, ...pages] });
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
        const results = queriesOf(call).map(({ Id }, i) => {
          return i > 0
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
      GetMetricData: figures(anError),
    },
    [settings(), settings({ name: lost, regions: [{ ...here!, groups: ['nowhere'] }] })],
  );
  expect(await read()).toHaveLength(1);
  await expect(read(0, lost)).rejects.toMatchObject({ code: 'not-found' });
});
