import { nodeId } from '@evac/core';
import { afterEach, describe, expect, test } from 'vitest';
import { settings } from '../../core/src/testing/snapshot.ts';
import { createBalancer } from './balancer.ts';
import {
  answer,
  failure,
  group,
  groups,
  member,
  members,
  type Script,
  type StubAws,
  startAws,
  targetGroup,
  throttled,
} from './testing/aws.ts';
import { createTrafficReader } from './traffic.ts';

let aws: StubAws;
afterEach(() => aws.close());

async function balancerOf(script: Record<string, Script>) {
  aws = await startAws(script);
  return createBalancer(aws.context, createTrafficReader());
}
const service = settings().name;
const target = { targetGroup, node: nodeId('i-a1'), port: 8_000 };

const health = (...targets: { id: string; port?: number; state?: string; reason?: string }[]) =>
  answer('DescribeTargetHealth', {
    TargetHealthDescriptions: targets.map(({ id, port = 8_000, state = 'healthy', reason }) => ({
      Target: { Id: id, Port: port },
      TargetHealth: { State: state, Reason: reason },
    })),
  });

describe('health', () => {
  test.each([
    ['initial', 'Elb.RegistrationInProgress'],
    ['initial', 'Elb.InitialHealthChecking'],
    ['healthy', undefined],
    ['unhealthy', 'Target.Timeout'],
    ['unhealthy', 'Target.FailedHealthChecks'],
    ['unhealthy.draining', 'Target.DeregistrationInProgress'],
    ['unused', 'Target.NotInUse'],
    ['draining', 'Target.DeregistrationInProgress'],
    ['unavailable', 'Target.HealthCheckDisabled'],
  ])('%s (%s) keeps its name', async (state, reason) => {
    const balancer = await balancerOf({
      DescribeAutoScalingGroups: groups(group()),
      DescribeTargetHealth: health({ id: 'i-a1', state, ...(reason ? { reason } : {}) }),
    });
    expect(await balancer.health({ service })).toEqual([{ ...target, zone: 'us-west-2a', state }]);
  });

  test('a state of tomorrow is nothing to act on', async () => {
    const balancer = await balancerOf({
      DescribeAutoScalingGroups: groups(group()),
      DescribeTargetHealth: health({ id: 'i-a1', state: 'hibernating' }),
    });
    expect(await balancer.health({ service })).toMatchObject([{ state: 'unavailable' }]);
  });

  test('tells every target group of a node apart, by both ways a group names them', async () => {
    const network = targetGroup.replace('llm', 'llm-tcp');
    const balancer = await balancerOf({
      DescribeAutoScalingGroups: groups(
        group({
          TrafficSources: [
            { Identifier: targetGroup, Type: 'elbv2' },
            { Identifier: network, Type: 'elbv2' },
            { Identifier: 'arn:aws:vpc-lattice:::targetgroup/tg-1', Type: 'vpc-lattice' },
          ],
        }),
      ),
      DescribeTargetHealth: ({ body }) =>
        body.includes('llm-tcp')
          ? health({ id: 'i-a1', port: 9_000, state: 'draining' })
          : health({ id: 'i-a1' }),
    });
    expect(await balancer.health({ service })).toEqual([
      { ...target, zone: 'us-west-2a', state: 'healthy' },
      { ...target, targetGroup: network, port: 9_000, zone: 'us-west-2a', state: 'draining' },
    ]);
  });

  test('an instance of another group is placed; what no group knows is left out', async () => {
    const balancer = await balancerOf({
      DescribeAutoScalingGroups: groups(group()),
      DescribeAutoScalingInstances: members(member('i-green', { AvailabilityZone: 'us-west-2c' })),
      DescribeTargetHealth: health({ id: 'i-a1' }, { id: 'i-green' }, { id: 'i-byhand' }, { id: '10.0.0.9' }),
    });
    expect((await balancer.health({ service })).map((t) => `${t.node} ${t.zone}`)).toEqual([
      'i-a1 us-west-2a',
      'i-green us-west-2c',
    ]);
  });
});

describe('register and deregister', () => {
  test('name the port that the target was registered with', async () => {
    const balancer = await balancerOf({
      DeregisterTargets: answer('DeregisterTargets'),
      RegisterTargets: answer('RegisterTargets'),
    });
    await balancer.deregister(target);
    await balancer.register(target);
    const asked = {
      TargetGroupArn: targetGroup,
      'Targets.member.1.Id': 'i-a1',
      'Targets.member.1.Port': '8000',
    };
    expect(aws.asked('DeregisterTargets')).toMatchObject([asked]);
    expect(aws.asked('RegisterTargets')).toMatchObject([asked]);
  });

  test('are asked again when throttled or lost', async () => {
    const balancer = await balancerOf({
      DeregisterTargets: ['reset', answer('DeregisterTargets')],
      RegisterTargets: [throttled, answer('RegisterTargets')],
    });
    await balancer.deregister(target);
    await balancer.register(target);
    expect(aws.count('DeregisterTargets')).toBe(2);
    expect(aws.count('RegisterTargets')).toBe(2);
  });

  test('an instance that is gone has left already, and cannot come back', async () => {
    const gone = failure('InvalidTarget', 'The following targets are not in a running state');
    const balancer = await balancerOf({ DeregisterTargets: gone, RegisterTargets: gone });
    await balancer.deregister(target);
    await expect(balancer.register(target)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('a target group that is not there is not found, however it is named', async () => {
    const missing = failure('TargetGroupNotFound', 'One or more target groups not found');
    const balancer = await balancerOf({ DeregisterTargets: missing });
    await expect(balancer.deregister(target)).rejects.toMatchObject({ code: 'not-found' });
    await expect(balancer.deregister({ ...target, targetGroup: 'llm' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'no target group llm in us-west-2: it is named by its ARN',
    });
    expect(aws.count('DeregisterTargets')).toBe(1);
  });

  test('a full target group says so', async () => {
    const balancer = await balancerOf({ RegisterTargets: failure('TooManyTargets', 'no more') });
    await expect(balancer.register(target)).rejects.toMatchObject({ code: 'at-limit' });
  });
});
