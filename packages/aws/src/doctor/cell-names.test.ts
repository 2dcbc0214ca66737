import { readFileSync } from 'node:fs';
import { regionName, zoneName } from '@evac/core';
import { expect, it } from 'vitest';
import { minuteOf, spanSecondsOf } from '../../../../functions/lib/probe/message.ts';
import { settings } from '../../../core/src/testing/snapshot.ts';
import { cellNames } from './cell-names.ts';

/** What a deployment of two regions would create, as test/infra has recorded it. */
const recorded = readFileSync(
  new URL('../../../../test/infra/expected/two-regions-vpc-dns.txt', import.meta.url),
  'utf8',
);
const region = regionName('us-east-1');

/** The names of one kind of resource in the region. */
function deployed(...kinds: string[]): string[] {
  const part = recorded.split(/^(?=\S)/m).find((text) => text.startsWith(`${region}\n`)) ?? '';
  return part
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([service = '', kind = '', , name]) =>
      kinds.includes(`${service} ${kind}`) && name ? [name] : [],
    )
    .toSorted();
}

const zones = ['a', 'b', 'c'].map((letter) => zoneName(`us-east-1${letter}`));
const service = settings({ deep: { kind: 'tcp', timeoutMs: 20_000, connection: 'fresh' } });
const network = {
  region,
  vpc: 'vpc-01',
  subnets: zones.map((zone) => ({ zone, subnet: `subnet-${zone}` })),
  routeTables: [],
  shards: 1,
};
const names = cellNames({ stage: 'production', region, network, services: [service] });

it.each([
  ['functions', names.functions, ['lambda Function']],
  ['machines', names.machines, ['sfn StateMachine']],
  ['topics', names.topics, ['sns Topic']],
  ['table', [names.table], ['dynamodb Table']],
  ['alarms', names.alarms, ['cloudwatch MetricAlarm', 'cloudwatch CompositeAlarm']],
  ['rule', [names.rule], ['cloudwatch EventRule']],
  ['schedules', names.schedules, ['scheduler Schedule']],
])('the %s are those that would be deployed', (_, expected, kinds) => {
  expect(deployed(...kinds)).not.toEqual([]);
  expect(expected.toSorted()).toEqual(deployed(...kinds));
});

it('the schedules are more where more is sent: of shards, at short intervals', () => {
  const numbers = (intervalMs: number, shards: number, probe: string) =>
    cellNames({
      stage: 'production',
      region,
      network: { ...network, shards },
      services: [{ ...service, timing: { ...service.timing, intervalMs } }],
    }).schedules.filter((name) => name.startsWith(`evac-production-probe-${probe}-`)).length;
  for (const [intervalMs, shards] of [
    [5_000, 2],
    [1_500, 3],
    [7_000, 1],
    [300_000, 1],
  ] as const) {
    const messages = (of: number) => minuteOf(spanSecondsOf([intervalMs]), of).length;
    expect(numbers(intervalMs, shards, 'us-east-1a')).toBe(Math.ceil(messages(shards) / 10));
    expect(numbers(intervalMs, shards, 'outside')).toBe(Math.ceil(messages(1) / 10));
  }
});

it('as many functions are woken by a stream or a queue', () => {
  const part = recorded.split(/^(?=\S)/m).find((text) => text.startsWith(`${region}\n`)) ?? '';
  expect(part.match(/lambda EventSourceMapping /g)).toHaveLength(names.mapped.length);
});
