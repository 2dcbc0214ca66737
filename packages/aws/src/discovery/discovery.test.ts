import { regionName } from '@evac/core';
import { joinServices, type TaggedGroup } from '@evac/core/discovery';
import { afterEach, describe, expect, test } from 'vitest';
import {
  answer,
  ec2Answer,
  failure,
  group,
  groups,
  loadBalancer,
  type Script,
  type StubAws,
  startAws,
  targetGroup,
  throttled,
} from '../testing/aws.ts';
import { createDiscovery } from './discovery.ts';

let aws: StubAws;
afterEach(() => aws.close());

type Fields = Parameters<typeof group>[0];
const tags = (given: Record<string, string>) =>
  Object.entries(given).map(([Key, Value]) => ({ Key, Value, ResourceId: 'llm' }));
const chat = tags({ 'evac:service': 'chat' });
const described = (change: Fields = {}) =>
  answer('DescribeTargetGroups', {
    TargetGroups: [
      {
        TargetGroupArn: targetGroup,
        TargetGroupName: 'llm',
        Protocol: 'HTTP',
        Port: 8_000,
        HealthCheckProtocol: 'HTTP',
        HealthCheckPort: 'traffic-port',
        HealthCheckPath: '/health',
        Matcher: { HttpCode: '200' },
        LoadBalancerArns: [loadBalancer],
        ...change,
      },
    ],
  });
const balancer = (change: Fields = {}) =>
  answer('DescribeLoadBalancers', {
    LoadBalancers: [
      {
        LoadBalancerArn: loadBalancer,
        LoadBalancerName: 'front',
        DNSName: 'front-1.us-west-2.elb.amazonaws.com',
        Scheme: 'internet-facing',
        ...change,
      },
    ],
  });
const forward = { Type: 'forward', TargetGroupArn: targetGroup };
const listeners = (...listed: { Protocol: string; Port: number; DefaultActions?: object[] }[]) =>
  answer('DescribeListeners', {
    Listeners: listed.map(({ Protocol, Port, DefaultActions = [forward] }) => ({
      Protocol,
      Port,
      DefaultActions: DefaultActions.map((action) => ({ ...action })),
    })),
  });
const marked = (...arns: string[]) =>
  answer('DescribeTags', {
    TagDescriptions: arns.map((ResourceArn) => ({ ResourceArn, Tags: chat })),
  });
const zones = ec2Answer('DescribeAvailabilityZones', {
  availabilityZoneInfo: ['a', 'b', 'c'].map((z, i) => ({
    zoneName: `us-west-2${z}`,
    zoneId: `usw2-az${i + 1}`,
  })),
});

async function find(script: Record<string, Script> = {}): Promise<TaggedGroup[]> {
  aws = await startAws({
    DescribeAutoScalingGroups: groups(group({ Tags: chat })),
    DescribeTargetGroups: described(),
    DescribeLoadBalancers: balancer(),
    DescribeListeners: listeners({ Protocol: 'HTTP', Port: 80 }),
    DescribeTags: marked(targetGroup, loadBalancer),
    DescribeAvailabilityZones: zones,
    ...script,
  });
  return createDiscovery(aws.context.clients).taggedGroups();
}
const firstTargetGroup = async (script: Record<string, Script>) => (await find(script))[0]?.targetGroups[0];

describe('a group that bears evac:service', () => {
  test('is found by its tag, with its zones, its target groups and where they are reached', async () => {
    expect(await find()).toEqual([
      {
        name: 'llm',
        tags: new Map([['evac:service', 'chat']]),
        zones: [
          { name: 'us-west-2a', id: 'usw2-az1' },
          { name: 'us-west-2b', id: 'usw2-az2' },
        ],
        targetGroups: [
          {
            name: 'llm',
            protocol: 'HTTP',
            port: 8_000,
            health: { path: '/health', from: 200, to: 200 },
            endpoints: ['http://front-1.us-west-2.elb.amazonaws.com'],
            hidden: null,
            unmarked: [],
          },
        ],
      },
    ]);
    expect(aws.asked('DescribeAutoScalingGroups')[0]).toMatchObject({
      'Filters.member.1.Name': 'tag-key',
      'Filters.member.1.Values.member.1': 'evac:service',
    });
  });

  test('is all that joining takes', async () => {
    const found = await find({
      DescribeAutoScalingGroups: groups(
        group({ Tags: tags({ 'evac:service': 'chat', 'evac:policy': 'automatic' }) }),
      ),
    });
    expect(joinServices(regionName('us-west-2'), found, [])).toMatchObject({
      services: [
        {
          name: 'chat',
          port: 8_000,
          endpoint: 'http://front-1.us-west-2.elb.amazonaws.com',
          policy: 'automatic',
        },
      ],
      complaints: [],
    });
  });

  test('is found on every page', async () => {
    const found = await find({
      DescribeAutoScalingGroups: [
        answer('DescribeAutoScalingGroups', {
          AutoScalingGroups: [group({ AutoScalingGroupName: 'one', Tags: chat })],
          NextToken: 'more',
        }),
        groups(group({ AutoScalingGroupName: 'two', Tags: chat })),
      ],
    });
    expect(found.map((g) => g.name)).toEqual(['one', 'two']);
  });

  test('keeps the zones that are being kept empty', async () => {
    const [found] = await find({
      DescribeAutoScalingGroups: groups(
        group({
          AvailabilityZones: ['us-west-2a'],
          Tags: [...chat, ...tags({ 'evac:subnets:us-west-2c': 'subnet-c' })],
        }),
      ),
    });
    expect(found?.zones.map((z) => z.id)).toEqual(['usw2-az1', 'usw2-az3']);
  });

  test('is none while it is being deleted', async () => {
    const going = groups(group({ Tags: chat, Status: 'Delete in progress' }));
    expect(await find({ DescribeAutoScalingGroups: going })).toEqual([]);
  });

  test('that is not there costs one call', async () => {
    expect(await find({ DescribeAutoScalingGroups: groups() })).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  test('is not looked for halfway: what cannot be read is an error', async () => {
    await expect(find({ DescribeAutoScalingGroups: throttled })).rejects.toMatchObject({ code: 'throttled' });
    await aws.close();
    const refused = failure('AccessDenied', 'not yours', 403);
    await expect(find({ DescribeListeners: refused })).rejects.toMatchObject({ code: 'invalid' });
  });

  test('has zones whose IDs are asked for once', async () => {
    await find();
    const discovery = createDiscovery(aws.context.clients);
    await discovery.taggedGroups();
    await discovery.taggedGroups();
    expect(aws.count('DescribeAvailabilityZones')).toBe(2);
  });
});

describe('its address', () => {
  test.each([
    ['HTTP', 80, 'http://front-1.us-west-2.elb.amazonaws.com'],
    ['HTTP', 8_080, 'http://front-1.us-west-2.elb.amazonaws.com:8080'],
    ['TCP', 80, 'http://front-1.us-west-2.elb.amazonaws.com'],
  ])('behind %s:%s is %s', async (Protocol, Port, url) => {
    const seen = await firstTargetGroup({ DescribeListeners: listeners({ Protocol, Port }) });
    expect(seen).toMatchObject({ endpoints: [url], hidden: null });
  });

  test('is found where an action forwards to several target groups', async () => {
    const DefaultActions = [
      { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: targetGroup, Weight: 1 }] } },
    ];
    const seen = await firstTargetGroup({
      DescribeListeners: listeners({ Protocol: 'HTTP', Port: 80, DefaultActions }),
    });
    expect(seen?.endpoints).toHaveLength(1);
  });

  test.each<[string, Record<string, Script>, string]>([
    [
      'is internal',
      { DescribeLoadBalancers: balancer({ Scheme: 'internal' }) },
      'its load balancer front is internal, and a region is asked from outside',
    ],
    [
      'speaks only TLS',
      { DescribeListeners: listeners({ Protocol: 'HTTPS', Port: 443 }) },
      'its load balancer front speaks only TLS, for a name that no tag tells',
    ],
    [
      'only redirects',
      {
        DescribeListeners: listeners({ Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'redirect' }] }),
      },
      'no listener of its load balancer front forwards to it by default, and what a rule forwards cannot be told',
    ],
    [
      'is not there',
      { DescribeTargetGroups: described({ LoadBalancerArns: [] }) },
      'its target group is behind no load balancer',
    ],
  ])('is not known where the load balancer %s', async (_, script, hidden) => {
    expect(await firstTargetGroup(script)).toMatchObject({ endpoints: [], hidden });
  });
});

describe('what may be changed for it', () => {
  test.each([
    [[targetGroup, loadBalancer], []],
    [[targetGroup], ['the load balancer front']],
    [[], ['the target group llm', 'the load balancer front']],
  ])('bears the tag too (%#)', async (arns, unmarked) => {
    expect(await firstTargetGroup({ DescribeTags: marked(...arns) })).toMatchObject({ unmarked });
    expect(aws.asked('DescribeTags')[0]).toMatchObject({
      'ResourceArns.member.1': targetGroup,
      'ResourceArns.member.2': loadBalancer,
    });
  });
});

describe('its health check', () => {
  test.each([
    ['200', { from: 200, to: 200 }],
    ['200-399', { from: 200, to: 399 }],
    ['200,204', { from: 200, to: 204 }],
  ])('expects %s', async (HttpCode, range) => {
    const seen = await firstTargetGroup({ DescribeTargetGroups: described({ Matcher: { HttpCode } }) });
    expect(seen?.health).toEqual({ path: '/health', ...range });
  });

  test('may be on the port of the traffic by its number', async () => {
    const seen = await firstTargetGroup({ DescribeTargetGroups: described({ HealthCheckPort: '8000' }) });
    expect(seen?.health).not.toBeNull();
  });

  test.each<[string, Fields]>([
    ['of TCP', { HealthCheckProtocol: 'TCP' }],
    ['on another port', { HealthCheckPort: '9000' }],
    ['of gRPC', { Matcher: { GrpcCode: '12' } }],
  ])('%s is not asked', async (_, change) => {
    expect((await firstTargetGroup({ DescribeTargetGroups: described(change) }))?.health).toBeNull();
  });
});

describe('one group’s mistake does not hide the others', () => {
  const other = `${targetGroup}0`;
  const two = groups(
    group({ AutoScalingGroupName: 'good', Tags: chat }),
    group({ AutoScalingGroupName: 'bad', Tags: chat, TargetGroupARNs: [other] }),
  );

  test('when its target group is gone', async () => {
    const found = await find({
      DescribeAutoScalingGroups: two,
      DescribeTargetGroups: ({ body }) =>
        body.includes(encodeURIComponent(other))
          ? failure('TargetGroupNotFound', 'One or more target groups not found')
          : described(),
    });
    expect(found.map((g) => [g.name, g.targetGroups.length])).toEqual([
      ['good', 1],
      ['bad', 0],
    ]);
  });

  test('when its load balancer is gone', async () => {
    const seen = await firstTargetGroup({
      DescribeLoadBalancers: failure('LoadBalancerNotFound', 'One or more load balancers not found'),
    });
    expect(seen).toMatchObject({ endpoints: [], hidden: 'its target group is behind no load balancer' });
  });
});
