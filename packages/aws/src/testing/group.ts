import { answer, ec2Answer, group, groups, instance, instances, member, type Script } from './aws.ts';
import type { StubCall } from './stub.ts';

/** One Auto Scaling group that does what it is told, as far as a launch by desired capacity needs it. */
export interface TestGroup {
  script: Record<string, Script>;
  members(): ReturnType<typeof member>[];
  desired(): number;
  subnets(): string;
  suspended(): string[];
  tagKeys(): string[];
  suspend(process: string): void;
  setDesired(desired: number): void;
  /** Launches take longer than anybody waits, until `release`. */
  hold(): void;
  release(): void;
  /** Every launch fails with this text. */
  fail(text: string): void;
}

export function createTestGroup(): TestGroup {
  const tags = new Map<string, { value: string; propagate: boolean }>();
  const suspended = new Set<string>();
  const tagged = new Map<string, string>();
  const members = [member('i-a1'), member('i-b1', { AvailabilityZone: 'us-west-2b' })];
  const activities: { [name: string]: string | Date }[] = [];
  let desired = 2;
  let subnets = 'subnet-a,subnet-b';
  let held = false;
  let failure: string | null = null;

  const zones = () => subnets.split(',').map((id) => `us-west-2${id.slice('subnet-'.length)}`);
  const form = ({ body }: StubCall) => new URLSearchParams(body);
  const listOf = (call: StubCall, name: string) =>
    [...form(call)].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);

  function converge(): void {
    while (!held && members.length < desired) {
      if (failure !== null) {
        activities.unshift({
          ActivityId: `a-${activities.length}`,
          AutoScalingGroupName: 'llm',
          Cause: 'the desired capacity was raised',
          Description: 'Launching a new EC2 instance.  Status Reason: it failed',
          StatusCode: 'Failed',
          StatusMessage: failure,
          StartTime: new Date(1_700_000_000_000),
        });
        return;
      }
      const id = `i-new${members.length}`;
      members.push(member(id, { AvailabilityZone: zones()[0] ?? '' }));
      for (const [key, { value, propagate }] of tags) {
        if (propagate) tagged.set(id, `${key}=${value}`);
      }
    }
  }

  const script: Record<string, Script> = {
    DescribeAutoScalingGroups: () => {
      const Tags = [...tags].map(([Key, { value }]) => ({ Key, Value: value }));
      const SuspendedProcesses = [...suspended].map((ProcessName) => ({ ProcessName }));
      const rest = { DesiredCapacity: desired, VPCZoneIdentifier: subnets, AvailabilityZones: zones() };
      return groups(group({ ...rest, Tags, SuspendedProcesses, Instances: members }));
    },
    DescribeInstances: (call) => {
      const filters = form(call);
      const [key, token] = [
        filters.get('Filter.2.Name')?.slice('tag:'.length),
        filters.get('Filter.2.Value.1'),
      ];
      const made = members.filter((m) => tagged.get(m.InstanceId) === `${key}=${token}`);
      return instances(
        ...made.map((m) => instance(m.InstanceId, { placement: { availabilityZone: m.AvailabilityZone } })),
      );
    },
    DescribeSubnets: () =>
      ec2Answer('DescribeSubnets', {
        subnetSet: ['a', 'b'].map((z) => ({ subnetId: `subnet-${z}`, availabilityZone: `us-west-2${z}` })),
      }),
    DescribeScalingActivities: () => answer('DescribeScalingActivities', { Activities: activities }),
    CreateOrUpdateTags: (call) => {
      const params = form(call);
      for (let i = 1; params.has(`Tags.member.${i}.Key`); i++) {
        const field = (name: string) => params.get(`Tags.member.${i}.${name}`) ?? '';
        tags.set(field('Key'), { value: field('Value'), propagate: field('PropagateAtLaunch') === 'true' });
      }
      return answer('CreateOrUpdateTags');
    },
    DeleteTags: (call) => {
      for (const [key, value] of form(call)) if (key.endsWith('.Key')) tags.delete(value);
      return answer('DeleteTags');
    },
    SuspendProcesses: (call) => {
      for (const process of listOf(call, 'ScalingProcesses')) suspended.add(process);
      return answer('SuspendProcesses');
    },
    ResumeProcesses: (call) => {
      for (const process of listOf(call, 'ScalingProcesses')) suspended.delete(process);
      return answer('ResumeProcesses');
    },
    UpdateAutoScalingGroup: (call) => {
      subnets = form(call).get('VPCZoneIdentifier') ?? subnets;
      desired = Number(form(call).get('DesiredCapacity') ?? desired);
      converge();
      return answer('UpdateAutoScalingGroup');
    },
    SetDesiredCapacity: (call) => {
      desired = Number(form(call).get('DesiredCapacity'));
      return answer('SetDesiredCapacity');
    },
  };

  return {
    script,
    members: () => members,
    desired: () => desired,
    subnets: () => subnets,
    suspended: () => [...suspended],
    tagKeys: () => [...tags.keys()],
    suspend: (process) => void suspended.add(process),
    setDesired(size) {
      desired = size;
    },
    hold() {
      held = true;
    },
    release() {
      held = false;
      converge();
    },
    fail(text) {
      failure = text;
    },
  };
}
