import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  ec2Answer,
  failure,
  group,
  groups,
  loadBalancer,
  targetGroup,
} from '../../packages/aws/src/testing/aws.ts';
import { west } from '../../packages/core/src/testing/snapshot.ts';
import { composeCell } from './cell.ts';
import { createDiscoverHandler } from './discover-handler.ts';
import { type FunctionsWorld, lambdaContext, startFunctionsWorld } from './testing/aws.ts';
import { watchLog } from './testing/log.ts';

const environment = {
  region: west,
  table: 'evac',
  settings: '',
  topics: { info: 'arn:info', warning: 'arn:warning', critical: 'arn:critical' },
  bus: null,
};
const tagged = (tags: Record<string, string>) =>
  groups(
    group({
      AutoScalingGroupName: 'chat-nodes',
      Tags: Object.entries({ 'evac:service': 'chat', ...tags }).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
const script = {
  DescribeAutoScalingGroups: tagged({}),
  DescribeTargetGroups: answer('DescribeTargetGroups', {
    TargetGroups: [
      {
        TargetGroupArn: targetGroup,
        TargetGroupName: 'chat',
        Protocol: 'HTTP',
        Port: 8_000,
        LoadBalancerArns: [loadBalancer],
      },
    ],
  }),
  DescribeLoadBalancers: answer('DescribeLoadBalancers', {
    LoadBalancers: [
      { LoadBalancerArn: loadBalancer, DNSName: 'chat.elb.amazonaws.com', Scheme: 'internet-facing' },
    ],
  }),
  DescribeListeners: answer('DescribeListeners', {
    Listeners: [
      { Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroup }] },
    ],
  }),
  DescribeTags: answer('DescribeTags', { TagDescriptions: [] }),
  DescribeAvailabilityZones: ec2Answer('DescribeAvailabilityZones', {
    availabilityZoneInfo: ['a', 'b'].map((z, i) => ({
      zoneName: `us-west-2${z}`,
      zoneId: `usw2-az${i + 1}`,
    })),
  }),
  Publish: answer('Publish', { MessageId: '1' }),
};

let aws: FunctionsWorld;
let log: ReturnType<typeof watchLog>;
beforeEach(async () => {
  aws = await startFunctionsWorld({ ...script });
  log = watchLog();
});
afterEach(async () => {
  log.stop();
  await aws.close();
});
const look = () => createDiscoverHandler(() => environment, aws.world)({}, lambdaContext());
const compose = () => composeCell({ ...environment, vantages: [], hostedZones: {} }, {}, aws.world);
const names = (bound: ReturnType<typeof compose>) => bound.cell.settings.services.map((s) => s.name);
const quiet = { warn() {} };
const published = () =>
  aws.calls.filter((c) => c.action === 'Publish').map((c) => new URLSearchParams(c.body).get('Message'));

describe('the look at the tags', () => {
  it('makes a service of a tagged group, which every cell knows in its next run', async () => {
    const bound = compose();
    expect(names(bound)).toEqual(['llm']);
    await look();
    await bound.refresh(quiet);
    expect(names(bound)).toEqual(['llm', 'chat']);
    const { fleet } = bound.cell.ports;
    aws.script.DescribeInstances = ec2Answer('DescribeInstances', { reservationSet: [] });
    expect((await fleet.describe({ service: bound.cell.settings.services[1]!.name })).groups).toMatchObject([
      { name: 'chat-nodes' },
    ]);
    expect(log.entries()).toMatchObject([{ message: 'looked at the tags', joined: ['chat'] }]);
  });

  it('lets a service go, which no cell knows in its next run', async () => {
    await look();
    const bound = compose();
    await bound.refresh(quiet);
    aws.script.DescribeAutoScalingGroups = groups();
    await look();
    await look();
    aws.clock.pass(60_000);
    await bound.refresh(quiet);
    expect(names(bound)).toEqual(['llm']);
  });

  it('tells a tag that makes no sense once', async () => {
    aws.script.DescribeAutoScalingGroups = tagged({ 'evac:policy': 'automtic' });
    await look();
    await look();
    expect(published()).toEqual([expect.stringContaining('automatic would be right')]);
  });

  it('fails, and changes nothing, when AWS does not tell the tags', async () => {
    await look();
    aws.script.DescribeAutoScalingGroups = failure('AccessDenied', 'not yours', 403);
    await expect(look()).rejects.toThrow('DescribeAutoScalingGroups in us-west-2 was refused');
    const bound = compose();
    await bound.refresh(quiet);
    expect(names(bound)).toEqual(['llm', 'chat']);
  });
});

describe('a cell', () => {
  it('goes on with the services that it knows, and says so, when the table does not answer', async () => {
    await look();
    const bound = compose();
    aws.db.trouble = () => 'error';
    const warnings: string[] = [];
    await bound.refresh({ warn: (message) => void warnings.push(String(message)) });
    expect(names(bound)).toEqual(['llm']);
    expect(warnings).toEqual(['the services that joined by their tags cannot be read']);
    aws.db.trouble = () => null;
    await bound.refresh(quiet);
    expect(names(bound)).toEqual(['llm', 'chat']);
  });

  it('does not read them again within seconds', async () => {
    const bound = compose();
    await bound.refresh(quiet);
    await look();
    const queries = () => aws.db.calls.filter((c) => c.action === 'Query').length;
    const before = queries();
    await bound.refresh(quiet);
    expect(queries()).toBe(before);
    aws.clock.pass(15_000);
    await bound.refresh(quiet);
    expect(queries()).toBe(before + 1);
  });
});
