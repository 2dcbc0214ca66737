import { createStore } from '@evac/aws';
import { type Observation, type Outcome, serviceName, targetId, vantageId, zoneName } from '@evac/core';
import type { Cell } from '@evac/workflow';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import {
  answer,
  group,
  groups,
  instance,
  instances,
  member,
  type Script,
} from '../../../packages/aws/src/testing/aws.ts';
import { nodes, outcome, west } from '../../../packages/core/src/testing/snapshot.ts';
import type { BoundCell } from '../cell.ts';
import type { FunctionsWorld } from './aws.ts';

/** A region of six nodes in three zones behind one target group, all in service. */
export const sixNodes: Record<string, Script> = {
  DescribeAutoScalingGroups: groups(
    group({
      MaxSize: 12,
      DesiredCapacity: 6,
      AvailabilityZones: ['us-west-2a', 'us-west-2b', 'us-west-2c'],
      Instances: nodes.map(({ id, zone }) => member(id, { AvailabilityZone: zone })),
    }),
  ),
  DescribeInstances: instances(
    ...nodes.map(({ id, zone }) => instance(id, { placement: { availabilityZone: zone } })),
  ),
  DescribeTargetHealth: answer('DescribeTargetHealth', {
    TargetHealthDescriptions: nodes.map(({ id }) => ({
      Target: { Id: id, Port: 8000 },
      TargetHealth: { State: 'healthy' },
    })),
  }),
};

const vantages: Cell['vantages'] = ['a', 'b', 'c'].map((letter) => ({
  id: vantageId(`in/us-west-2${letter}`),
  region: west,
  zone: zoneName(`us-west-2${letter}`),
  controls: [],
}));

export const environment = { region: west, table: 'evac', settings: '', vantages, hostedZones: {} };

/** What every vantage finds at a time: all nodes in order but those that fail, and of those only failures. */
export function observed(at: number, { failing = [] as string[], of = 'llm' } = {}): Observation[] {
  const ask = (id: string): Outcome => ({
    ...outcome({
      at,
      class: failing.includes(id) ? 'failed' : 'ok',
      detail: 'status 500 "top secret answer"',
    }),
    target: targetId(`node/${id}`),
  });
  return vantages.map((vantage) => ({
    service: serviceName(of),
    vantage: vantage.id,
    region: west,
    zone: vantage.zone,
    at,
    blind: false,
    outcomes: nodes.map(({ id }) => ask(id)),
  }));
}

let number = 0;
/** As the stream numbers its records: they only grow. */
export const nextNumber = (): string => String(++number).padStart(20, '0');

/** Writes observations, and returns the stream's event of them: each is the table's item as the stream carries it. */
export async function written(
  aws: FunctionsWorld,
  { context }: Pick<BoundCell, 'context'>,
  observations: Observation[],
): Promise<DynamoDBStreamEvent> {
  const store = createStore(context, 'evac');
  const Records: DynamoDBStreamEvent['Records'] = [];
  for (const observation of observations) {
    const before = new Set(aws.db.table.items.values());
    await store.putObservation(observation);
    for (const item of aws.db.table.items.values()) {
      if (before.has(item)) continue;
      const NewImage = JSON.parse(JSON.stringify(item));
      const SequenceNumber = nextNumber();
      Records.push({ eventID: SequenceNumber, eventName: 'MODIFY', dynamodb: { SequenceNumber, NewImage } });
    }
  }
  return { Records };
}
