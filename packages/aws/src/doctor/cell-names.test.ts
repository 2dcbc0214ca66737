import { readFileSync } from 'node:fs';
import { regionName, zoneName } from '@evac/core';
import { expect, it } from 'vitest';
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
const names = cellNames({
  stage: 'production',
  region,
  vantages: zones,
  services: [settings({ deep: { kind: 'tcp', timeoutMs: 20_000, connection: 'fresh' } })],
});

it.each([
  ['functions', names.functions, ['lambda Function']],
  ['machines', names.machines, ['sfn StateMachine']],
  ['topics', names.topics, ['sns Topic']],
  ['table', [names.table], ['dynamodb Table']],
  ['alarms', names.alarms, ['cloudwatch MetricAlarm', 'cloudwatch CompositeAlarm']],
  ['rule', [names.rule], ['cloudwatch EventRule']],
])('the %s are those that would be deployed', (_, expected, kinds) => {
  expect(deployed(...kinds)).not.toEqual([]);
  expect(expected.toSorted()).toEqual(deployed(...kinds));
});

it('the schedules are those that would be deployed, of a probe perhaps several', () => {
  const found = deployed('scheduler Schedule').map((name) => name.replace(/-\d+$/, ''));
  expect(names.schedules.toSorted()).toEqual([...new Set(found)]);
});

it('as many functions are woken by a stream or a queue', () => {
  const part = recorded.split(/^(?=\S)/m).find((text) => text.startsWith(`${region}\n`)) ?? '';
  expect(part.match(/lambda EventSourceMapping /g)).toHaveLength(names.mapped.length);
});
