import { nodeId, zoneName } from '@evac/core';
import { afterEach, describe, expect, test } from 'vitest';
import { settings } from '../../core/src/testing/snapshot.ts';
import { createFleet } from './fleet.ts';
import {
  answer,
  failure,
  group,
  groups,
  instance,
  instances,
  member,
  members,
  patient,
  type Script,
  type StubAws,
  startAws,
  throttled,
  unanswered,
} from './testing/aws.ts';

let aws: StubAws;
afterEach(() => aws.close());

async function fleetOf(script: Record<string, Script>, options = {}) {
  aws = await startAws(script, options);
  return createFleet(aws.context);
}
const service = settings().name;
const node = nodeId('i-a1');
const zoneA = zoneName('us-west-2a');
const zoneB = zoneName('us-west-2b');

describe('describe', () => {
  const describeWith = async (
    listed: ReturnType<typeof member>[],
    known = listed.map((m) => instance(m.InstanceId)),
  ) => {
    const fleet = await fleetOf({
      DescribeAutoScalingGroups: groups(group({ Instances: listed })),
      DescribeInstances: instances(...known),
    });
    return (await fleet.describe({ service })).nodes;
  };

  test('tells the group, and each node with the address that EC2 knows', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingGroups: groups(
        group({
          SuspendedProcesses: [{ ProcessName: 'AZRebalance' }],
          Instances: [member('i-a1', { ProtectedFromScaleIn: true })],
        }),
      ),
      DescribeInstances: instances(instance('i-a1')),
    });
    expect(await fleet.describe({ service })).toEqual({
      groups: [
        { name: 'llm', desired: 2, min: 1, max: 4, zones: [zoneA, zoneB], suspended: ['AZRebalance'] },
      ],
      nodes: [
        {
          id: node,
          group: 'llm',
          zone: zoneA,
          lifecycle: 'in-service',
          launchedAt: 1_699_999_000_000,
          host: '10.0.0.4',
          port: 8_000,
          protected: true,
        },
      ],
    });
  });

  test.each([
    ['Pending', 'pending'],
    ['Pending:Wait', 'pending'],
    ['Pending:Proceed', 'pending'],
    ['InService', 'in-service'],
    ['Terminating', 'terminating'],
    ['Terminating:Wait', 'terminating'],
    ['Terminating:Proceed', 'terminating'],
    ['Terminated', 'terminated'],
  ])('%s is %s', async (LifecycleState, lifecycle) => {
    expect(await describeWith([member('i-a1', { LifecycleState })])).toMatchObject([{ lifecycle }]);
  });

  test.each([
    'Warmed:Stopped',
    'Warmed:Running',
    'Warmed:Pending:Wait',
    'Warmed:Terminating',
    'Standby',
    'EnteringStandby',
    'Detaching',
    'Detached',
  ])('%s is not part of the serving fleet', async (LifecycleState) => {
    expect(await describeWith([member('i-a1', { LifecycleState })])).toEqual([]);
  });

  test('what was ended behind the group’s back is not in service', async () => {
    const ended = (name: string) => instance('i-a1', { instanceState: { name } });
    expect(await describeWith([member('i-a1')], [ended('terminated')])).toMatchObject([
      { lifecycle: 'terminated' },
    ]);
    await aws.close();
    expect(await describeWith([member('i-a1')], [ended('shutting-down')])).toMatchObject([
      { lifecycle: 'terminating' },
    ]);
  });

  test('a node too new for EC2 to list has just been launched, and no address yet', async () => {
    const [fact] = await describeWith([member('i-new', { LifecycleState: 'Pending' })], []);
    expect(fact).toMatchObject({ lifecycle: 'pending', host: '', launchedAt: aws.context.clock.now() });
    // Asked by id, EC2 would refuse the whole call.
    expect(aws.asked('DescribeInstances')[0]).toMatchObject({
      'Filter.1.Name': 'instance-id',
      'Filter.1.Value.1': 'i-new',
    });
  });

  test('reads every page, of groups and of instances', async () => {
    const fleet = await fleetOf(
      {
        DescribeAutoScalingGroups: [
          answer('DescribeAutoScalingGroups', {
            AutoScalingGroups: [group({ AutoScalingGroupName: 'one', Instances: [member('i-a1')] })],
            NextToken: 'more',
          }),
          groups(group({ AutoScalingGroupName: 'two', Instances: [member('i-a2')] })),
        ],
        DescribeInstances: instances(instance('i-a1'), instance('i-a2')),
      },
      { services: [settings({ regions: [{ ...settings().regions[0]!, groups: ['one', 'two'] }] })] },
    );
    const fact = await fleet.describe({ service });
    expect(fact.groups.map((g) => g.name)).toEqual(['one', 'two']);
    expect(fact.nodes.map((n) => n.id)).toEqual(['i-a1', 'i-a2']);
    expect(aws.asked('DescribeAutoScalingGroups')[1]).toMatchObject({ NextToken: 'more' });
  });

  test('a group that does not exist is named', async () => {
    const fleet = await fleetOf({ DescribeAutoScalingGroups: groups() });
    await expect(fleet.describe({ service })).rejects.toMatchObject({
      code: 'not-found',
      message: 'no Auto Scaling group named llm in us-west-2',
    });
  });
});

describe('terminate and keep', () => {
  const terminated = answer('TerminateInstanceInAutoScalingGroup');
  const action = 'TerminateInstanceInAutoScalingGroup';

  test('lower the desired capacity with the node, or do not', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingInstances: members(member('i-a1')),
      DescribeAutoScalingGroups: groups(group()),
      [action]: terminated,
      DetachInstances: answer('DetachInstances'),
    });
    await fleet.terminate({ node, decrement: true });
    await fleet.keep({ node, decrement: false });
    expect(aws.asked(action)).toMatchObject([{ InstanceId: 'i-a1', ShouldDecrementDesiredCapacity: 'true' }]);
    expect(aws.asked('DetachInstances')).toMatchObject([
      {
        AutoScalingGroupName: 'llm',
        'InstanceIds.member.1': 'i-a1',
        ShouldDecrementDesiredCapacity: 'false',
      },
    ]);
  });

  test.each(['Terminating', 'Terminating:Wait', 'Terminated', 'Detaching'])(
    'leave alone what is %s',
    async (LifecycleState) => {
      const fleet = await fleetOf({
        DescribeAutoScalingInstances: members(member('i-a1', { LifecycleState })),
      });
      await fleet.terminate({ node, decrement: true });
      await fleet.keep({ node, decrement: true });
      expect(aws.count(action) + aws.count('DetachInstances')).toBe(0);
    },
  );

  test('leave the warm pool alone, and say so', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingInstances: members(member('i-a1', { LifecycleState: 'Warmed:Stopped' })),
    });
    await expect(fleet.terminate({ node, decrement: true })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('warm pool of llm'),
    });
  });

  test('never shrink a group below its minimum', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingInstances: members(member('i-a1')),
      DescribeAutoScalingGroups: groups(group({ MinSize: 2 })),
    });
    await expect(fleet.terminate({ node, decrement: true })).rejects.toMatchObject({ code: 'at-limit' });
  });

  /** Auto Scaling as far as it matters here: a node that leaves once it was asked to, with or without an answer. */
  function leaving(replies: Script) {
    let asked = 0;
    const reply = (nth: number) =>
      Array.isArray(replies) ? replies[Math.min(nth, replies.length) - 1]! : 'hang';
    return {
      DescribeAutoScalingInstances: () =>
        asked > 0 ? members(member('i-a1', { LifecycleState: 'Terminating' })) : members(member('i-a1')),
      DescribeAutoScalingGroups: groups(group()),
      [action]: (_: unknown, nth: number) => {
        const answered = reply(nth);
        const refused = typeof answered === 'object' && answered.status >= 400 && answered.status !== 500;
        if (!refused) asked += 1;
        return answered;
      },
    };
  }

  test.each([
    ['reset', 'reset' as const],
    ['hang', 'hang' as const],
    ['internal error', failure('InternalFailure', 'nobody knows', 500)],
  ])('after a lost answer (%s) look, and ask nothing a second time', async (_, lost) => {
    const { attemptMs } = lost === 'hang' ? unanswered : patient;
    const fleet = await fleetOf(leaving([lost, terminated]), { attemptMs });
    await fleet.terminate({ node, decrement: true });
    expect(aws.count(action)).toBe(1);
  });

  test('after a lost request look, and ask again', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingInstances: members(member('i-a1')),
      DescribeAutoScalingGroups: groups(group()),
      [action]: ['reset', terminated],
    });
    await fleet.terminate({ node, decrement: true });
    expect(aws.count(action)).toBe(2);
  });

  test('are tried again when throttled', async () => {
    const fleet = await fleetOf(leaving([throttled, terminated]));
    await fleet.terminate({ node, decrement: true });
    expect(aws.count(action)).toBe(2);
  });

  test('asked twice at once lower the capacity once', async () => {
    const fleet = await fleetOf(leaving([terminated]));
    await Promise.all([
      fleet.terminate({ node, decrement: true }),
      fleet.terminate({ node, decrement: true }),
    ]);
    expect(aws.count(action)).toBe(1);
  });

  test('a node that left between the look and the act is no error', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingInstances: members(member('i-a1')),
      DescribeAutoScalingGroups: groups(group()),
      [action]: failure(
        'ValidationError',
        'Instance Id not found - No managed instance found for instance ID: i-a1',
      ),
    });
    await fleet.terminate({ node, decrement: true });
  });
});

describe('the size and the zones', () => {
  test('a size outside of the bounds is refused before it is asked for', async () => {
    const fleet = await fleetOf({ DescribeAutoScalingGroups: groups(group()) });
    await expect(fleet.setDesired({ group: 'llm', desired: 5 })).rejects.toMatchObject({
      code: 'at-limit',
      message: 'llm has a minimum of 1 and a maximum of 4: its desired capacity cannot be 5',
    });
    await expect(fleet.setDesired({ group: 'llm', desired: 1.5 })).rejects.toMatchObject({ code: 'invalid' });
    expect(aws.count('SetDesiredCapacity')).toBe(0);
  });

  test('a cooldown of the group does not hold up what is needed now', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingGroups: groups(group()),
      SetDesiredCapacity: answer('SetDesiredCapacity'),
    });
    await fleet.setDesired({ group: 'llm', desired: 3 });
    expect(aws.asked('SetDesiredCapacity')).toMatchObject([{ DesiredCapacity: '3', HonorCooldown: 'false' }]);
  });

  const subnets = {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<DescribeSubnetsResponse><subnetSet>${['a', 'b']
      .map(
        (z) =>
          `<item><subnetId>subnet-${z}</subnetId><availabilityZone>us-west-2${z}</availabilityZone></item>`,
      )
      .join('')}</subnetSet></DescribeSubnetsResponse>`,
  };

  test('a zone that goes off the list leaves its subnets on the group, before they are forgotten', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingGroups: groups(group()),
      DescribeSubnets: subnets,
      CreateOrUpdateTags: answer('CreateOrUpdateTags'),
      UpdateAutoScalingGroup: answer('UpdateAutoScalingGroup'),
    });
    await fleet.setZones({ group: 'llm', zones: [zoneB] });
    expect(aws.calls.map((c) => c.action).slice(-2)).toEqual([
      'CreateOrUpdateTags',
      'UpdateAutoScalingGroup',
    ]);
    expect(aws.asked('CreateOrUpdateTags')[0]).toMatchObject({
      'Tags.member.1.Key': 'evac:subnets:us-west-2a',
      'Tags.member.1.Value': 'subnet-a',
      'Tags.member.1.PropagateAtLaunch': 'false',
    });
    expect(aws.asked('UpdateAutoScalingGroup')[0]).toMatchObject({ VPCZoneIdentifier: 'subnet-b' });
  });

  test('and comes back from there', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingGroups: groups(
        group({
          AvailabilityZones: ['us-west-2b'],
          VPCZoneIdentifier: 'subnet-b',
          Tags: [{ Key: 'evac:subnets:us-west-2a', Value: 'subnet-a subnet-a2' }],
        }),
      ),
      DescribeSubnets: subnets,
      UpdateAutoScalingGroup: answer('UpdateAutoScalingGroup'),
      DeleteTags: answer('DeleteTags'),
    });
    await fleet.setZones({ group: 'llm', zones: [zoneA, zoneB] });
    expect(aws.asked('UpdateAutoScalingGroup')[0]).toMatchObject({
      VPCZoneIdentifier: 'subnet-a,subnet-a2,subnet-b',
    });
    expect(aws.asked('DeleteTags')[0]).toMatchObject({ 'Tags.member.1.Key': 'evac:subnets:us-west-2a' });
  });

  test('AZRebalance is suspended and resumed by name, and nothing else is', async () => {
    const fleet = await fleetOf({
      DescribeAutoScalingGroups: groups(group()),
      SuspendProcesses: answer('SuspendProcesses'),
      ResumeProcesses: ['reset', answer('ResumeProcesses')],
    });
    await fleet.suspend({ group: 'llm', process: 'AZRebalance' });
    await fleet.resume({ group: 'llm', process: 'AZRebalance' });
    const asked = { AutoScalingGroupName: 'llm', 'ScalingProcesses.member.1': 'AZRebalance' };
    expect(aws.asked('SuspendProcesses')).toMatchObject([asked]);
    // A lost answer is asked for again: resuming twice resumes once.
    expect(aws.asked('ResumeProcesses')).toMatchObject([asked, asked]);
  });
});
