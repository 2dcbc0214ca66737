import { zoneName } from '@evac/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createFleet } from './fleet.ts';
import {
  answer,
  failure,
  group,
  groups,
  type Script,
  type StubAws,
  startAws,
  throttled,
} from './testing/aws.ts';
import { createTestGroup, type TestGroup } from './testing/group.ts';

let aws: StubAws;
afterEach(() => aws.close());

const ask = { group: 'llm', zone: zoneName('us-west-2b'), token: 'inc-1.us-west-2b' };

describe('by LaunchInstances', () => {
  const launched = answer('LaunchInstances', {
    Instances: [{ InstanceType: 'p5.48xlarge', AvailabilityZone: 'us-west-2b', InstanceIds: ['i-new'] }],
    Errors: [],
  });
  const refusedBy = (...codes: string[]) =>
    answer('LaunchInstances', {
      Instances: [],
      Errors: codes.map((ErrorCode) => ({ ErrorCode, ErrorMessage: `${ErrorCode} it is` })),
    });

  async function fleetOf(script: Record<string, Script>) {
    aws = await startAws(script);
    return createFleet(aws.context);
  }

  test('asks for one node in the zone and nowhere else', async () => {
    const fleet = await fleetOf({ LaunchInstances: launched });
    expect(await fleet.launch(ask)).toEqual({ node: 'i-new' });
    expect(aws.calls.map((c) => c.action)).toEqual(['LaunchInstances']);
    expect(aws.asked('LaunchInstances')[0]).toMatchObject({
      AutoScalingGroupName: 'llm',
      RequestedCapacity: '1',
      'AvailabilityZones.member.1': 'us-west-2b',
      RetryStrategy: 'none',
    });
  });

  test('with a client token that AWS takes, the same for the same token', async () => {
    const fleet = await fleetOf({ LaunchInstances: launched });
    await fleet.launch(ask);
    await fleet.launch(ask);
    await fleet.launch({ ...ask, token: 'inc-2.us-west-2b' });
    const tokens = aws.asked('LaunchInstances').map((a) => a.ClientToken);
    expect(tokens[0]).toMatch(/^[A-Za-z0-9_/-]{1,64}$/);
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });

  test.each([
    ['a lost answer', 'reset' as const],
    ['throttling', throttled],
    ['the same call still under way', failure('IdempotentCallInProgress', 'in flight', 500)],
  ])('%s is asked again with the same token', async (_, first) => {
    const fleet = await fleetOf({ LaunchInstances: [first, launched] });
    expect(await fleet.launch(ask)).toEqual({ node: 'i-new' });
    const [before, after] = aws.asked('LaunchInstances');
    expect(after?.ClientToken).toBe(before?.ClientToken);
  });

  test.each([
    ['InsufficientInstanceCapacity', 'no-capacity'],
    ['UnfulfillableCapacity', 'no-capacity'],
    ['InsufficientFreeAddressesInSubnet', 'no-capacity'],
    ['Unsupported', 'no-capacity'],
    ['VcpuLimitExceeded', 'at-limit'],
    ['InvalidAMIID.NotFound', 'invalid'],
  ])('%s in the answer is %s', async (errorCode, code) => {
    const fleet = await fleetOf({ LaunchInstances: refusedBy(errorCode) });
    await expect(fleet.launch(ask)).rejects.toMatchObject({
      name: 'PortError',
      code,
      message: expect.stringContaining(`llm launched nothing in us-west-2b: ${errorCode}`),
    });
  });

  test('of several instance types, one without capacity tells', async () => {
    const fleet = await fleetOf({
      LaunchInstances: refusedBy('InvalidParameter', 'InsufficientInstanceCapacity'),
    });
    await expect(fleet.launch(ask)).rejects.toMatchObject({ code: 'no-capacity' });
  });

  test('a refusal at the maximum is at-limit, whatever AWS calls it', async () => {
    const fleet = await fleetOf({
      LaunchInstances: failure('ValidationError', 'The requested capacity cannot be fulfilled.'),
      DescribeAutoScalingGroups: groups(group({ DesiredCapacity: 4 })),
    });
    await expect(fleet.launch(ask)).rejects.toMatchObject({
      code: 'at-limit',
      message: expect.stringContaining('llm has 4 nodes and a maximum of 4'),
    });
  });

  test('a zone that is not the group’s is named with those that are', async () => {
    const fleet = await fleetOf({
      LaunchInstances: failure('ValidationError', 'The zone is not valid.'),
      DescribeAutoScalingGroups: groups(group()),
    });
    await expect(fleet.launch({ ...ask, zone: zoneName('mars-1a') })).rejects.toMatchObject({
      code: 'invalid',
      message: 'mars-1a is not a zone of llm: it has us-west-2a, us-west-2b',
    });
  });
});

describe('by desired capacity, where LaunchInstances is not to be had', () => {
  let world: TestGroup;

  /** The group lives; `script` gets in between. */
  async function fleetOf(script: (world: TestGroup) => Record<string, Script> = () => ({})) {
    world = createTestGroup();
    aws = await startAws({ ...world.script, ...script(world) });
    return createFleet(aws.context);
  }
  const untouched = {
    subnets: 'subnet-a,subnet-b',
    suspended: [],
    tags: [],
  };
  const left = () => ({ subnets: world.subnets(), suspended: world.suspended(), tags: world.tagKeys() });

  test.each([
    ['the region does not know it', failure('InvalidAction', 'The action LaunchInstances is not valid')],
    [
      'the group uses a launch configuration',
      failure('ValidationError', 'Launch configuration is not supported.'),
    ],
  ])('%s', async (_, reply) => {
    const fleet = await fleetOf(() => ({ LaunchInstances: reply }));
    const { node } = await fleet.launch(ask);
    expect(world.members().find((m) => m.InstanceId === node)?.AvailabilityZone).toBe('us-west-2b');
    expect(world.desired()).toBe(3);
    expect(left()).toEqual(untouched);
  });

  test('AZRebalance sleeps while the other zones are off the list', async () => {
    const fleet = await fleetOf();
    await fleet.launch(ask);
    const acts = aws.calls.map((c) => c.action).filter((a) => !a.startsWith('Describe'));
    expect(acts.indexOf('SuspendProcesses')).toBeLessThan(acts.indexOf('UpdateAutoScalingGroup'));
    expect(acts.indexOf('ResumeProcesses')).toBeGreaterThan(acts.lastIndexOf('UpdateAutoScalingGroup'));
  });

  test('an AZRebalance that somebody else suspended stays so', async () => {
    const fleet = await fleetOf();
    world.suspend('AZRebalance');
    await fleet.launch(ask);
    expect(aws.count('ResumeProcesses')).toBe(0);
    expect(world.suspended()).toEqual(['AZRebalance']);
  });

  test('the same token finds the node that it launched', async () => {
    const fleet = await fleetOf();
    const first = await fleet.launch(ask);
    expect(await fleet.launch(ask)).toEqual(first);
    expect(world.members()).toHaveLength(3);
    await expect(fleet.launch({ ...ask, zone: zoneName('us-west-2a') })).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  test.each([
    'CreateOrUpdateTags',
    'SuspendProcesses',
    'UpdateAutoScalingGroup',
    'ResumeProcesses',
    'DeleteTags',
  ])('a lost answer of %s launches nothing twice', async (action) => {
    const fleet = await fleetOf(({ script }) => ({
      [action]: (call, nth) => {
        const reply = script[action];
        const done = typeof reply === 'function' ? reply(call, nth) : 'hang';
        return nth === 1 ? 'reset' : done;
      },
    }));
    await fleet.launch(ask);
    expect(world.members()).toHaveLength(3);
    expect(left()).toEqual(untouched);
  });

  test('a process that died on the way is followed by one that ends it', async () => {
    const fleet = await fleetOf(({ script }) => ({
      DescribeScalingActivities: failure('AccessDenied', 'this process ends here', 403),
      ResumeProcesses: (call, nth) => {
        const reply = script.ResumeProcesses;
        if (nth <= 1) return failure('AccessDenied', 'this process ends here', 403);
        return typeof reply === 'function' ? reply(call, nth) : 'hang';
      },
    }));
    world.hold();
    await expect(fleet.launch(ask)).rejects.toThrow('ends here');
    expect(world.suspended()).toEqual(['AZRebalance']);
    world.release();
    const { node } = await createFleet(aws.context).launch(ask);
    expect(world.members().map((m) => m.InstanceId)).toContain(node);
    expect(world.members()).toHaveLength(3);
    expect(left()).toEqual(untouched);
  });

  test('no capacity is read from the scaling activity, and everything is put back', async () => {
    const fleet = await fleetOf();
    world.fail(
      'Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient p5 capacity in the Availability Zone you requested (us-west-2b).',
    );
    await expect(fleet.launch(ask)).rejects.toMatchObject({
      code: 'no-capacity',
      message: expect.stringContaining('do not have sufficient p5 capacity'),
    });
    expect(world.desired()).toBe(2);
    expect(left()).toEqual(untouched);
  });

  test('slow is not gone: the zones come back, the room stays, and the next ask finds the node', async () => {
    const fleet = await fleetOf();
    world.hold();
    await expect(fleet.launch(ask)).rejects.toMatchObject({ code: 'unavailable' });
    expect(world.subnets()).toBe('subnet-a,subnet-b');
    expect(world.suspended()).toEqual([]);
    expect(world.desired()).toBe(3);
    world.release();
    const { node } = await fleet.launch(ask);
    expect(world.members().map((m) => m.InstanceId)).toContain(node);
    expect(world.desired()).toBe(3);
    expect(left()).toEqual(untouched);
  });

  test('one launch at a time in a group', async () => {
    const fleet = await fleetOf();
    world.hold();
    await expect(fleet.launch(ask)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(fleet.launch({ ...ask, token: 'other' })).rejects.toMatchObject({ code: 'contention' });
    expect(world.desired()).toBe(3);
  });

  test('at the maximum nothing is begun', async () => {
    const fleet = await fleetOf();
    world.setDesired(4);
    await expect(fleet.launch(ask)).rejects.toMatchObject({ code: 'at-limit' });
    expect(aws.calls.every((c) => c.action.startsWith('Describe') || c.action === 'LaunchInstances')).toBe(
      true,
    );
  });
});
