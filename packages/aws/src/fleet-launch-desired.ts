import {
  type Activity,
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeScalingActivitiesCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { type NodeId, PortError } from '@evac/core';
import type { PortContext } from './context.ts';
import { meaningOf } from './errors.ts';
import type { LaunchAsk } from './fleet-launch.ts';
import { mustBeSize } from './fleet-size.ts';
import { narrow, zonesOf } from './fleet-zones.ts';
import { deleteTags, putTags } from './group-tags.ts';
import { groupNamed } from './groups.ts';
import { type Instance, taggedInstance } from './instances.ts';
import { type LaunchPlan, planOf, planTag, planText, tokenTag } from './launch-plan.ts';

/** Auto Scaling begins a launch within seconds; later it is not this call's to wait for. */
const waitMs = 45_000;
const lookMs = 1_500;
/** A plan that nobody took up again for so long belongs to an execution that is gone. */
const abandonedMs = 15 * 60_000;

/**
 * Raises the desired capacity by one while the group may launch into this zone only, and puts the zones back as soon as
 * the instance is there. The plan is written on the group before the act, and the token comes from there onto the
 * instance: whoever asks again finds the one or the other.
 */
export async function launchByDesired(context: PortContext, ask: LaunchAsk): Promise<{ node: NodeId }> {
  const { clients } = context;
  const group = await groupNamed(clients, ask.group);
  const known = planOf(group);
  const made = await taggedInstance(clients, ask.group, tokenTag, ask.token);
  if (made && known?.token !== ask.token) return sameZone(ask, made);
  const plan = await planned(context, group, ask);
  try {
    if (!made) await begin(context, group, plan);
    const node = made?.id ?? (await appears(context, ask, plan));
    await putBack(context, ask.group, plan, true);
    return { node };
  } catch (error) {
    const refused = error instanceof PortError && (error.code === 'no-capacity' || error.code === 'at-limit');
    if (refused) await lower(context, ask.group, plan);
    await putBack(context, ask.group, plan, refused).catch(() => undefined);
    throw error;
  }
}

/** The instance, once Auto Scaling has made it; rejects with what its activities say, or when it takes its time. */
async function appears(context: PortContext, ask: LaunchAsk, plan: LaunchPlan): Promise<NodeId> {
  const { clients, clock } = context;
  const deadline = clock.now() + waitMs;
  for (;;) {
    const instance = await taggedInstance(clients, ask.group, tokenTag, ask.token);
    if (instance) return instance.id;
    throwFailure(await activitiesSince(context, ask.group, plan.at), ask);
    if (clock.now() > deadline) break;
    await clock.sleep(lookMs);
  }
  throw new PortError('unavailable', `${ask.group} has launched nothing in ${ask.zone} yet: ask again`);
}

/** The plan under way for this token, or a new one written down. */
async function planned(context: PortContext, group: AutoScalingGroup, ask: LaunchAsk): Promise<LaunchPlan> {
  const { clients, clock } = context;
  const known = planOf(group);
  if (known?.token === ask.token) {
    if (known.zone === ask.zone) return known;
    throw new PortError('invalid', `token ${ask.token} was used to launch into ${known.zone}`);
  }
  if (known && clock.now() - known.at < abandonedMs) {
    throw new PortError('contention', `${ask.group} is just launching another node (${known.token})`);
  }
  const zones = zonesOf(group);
  if (!zones.includes(ask.zone)) {
    throw new PortError('invalid', `${ask.zone} is not a zone of ${ask.group}: it has ${zones.join(', ')}`);
  }
  const to = (group.DesiredCapacity ?? 0) + 1;
  mustBeSize(group, to);
  const suspended = (group.SuspendedProcesses ?? []).some((p) => p.ProcessName === 'AZRebalance');
  const plan: LaunchPlan = {
    token: ask.token,
    zone: ask.zone,
    to,
    at: clock.now(),
    zones,
    rebalance: known?.rebalance ?? (suspended ? 'off' : 'on'),
  };
  await putTags(clients, ask.group, [
    { key: planTag, value: planText(plan) },
    { key: tokenTag, value: ask.token, onInstances: true },
  ]);
  return plan;
}

/** Asking for the same size twice asks for nothing more. */
async function begin(context: PortContext, group: AutoScalingGroup, plan: LaunchPlan): Promise<void> {
  const { clients } = context;
  const name = group.AutoScalingGroupName ?? '';
  if (plan.rebalance === 'on') {
    // It would empty the zones that are off the list for the moment.
    const suspend = new SuspendProcessesCommand({
      AutoScalingGroupName: name,
      ScalingProcesses: ['AZRebalance'],
    });
    await clients.call('SuspendProcesses', (options) =>
      clients.get(AutoScalingClient).send(suspend, options),
    );
  }
  const desired = Math.max(group.DesiredCapacity ?? 0, plan.to);
  await narrow(context, group, [plan.zone], { DesiredCapacity: desired });
}

/** Everything as it was, but for the new size; `over` forgets the plan too. */
async function putBack(context: PortContext, name: string, plan: LaunchPlan, over: boolean): Promise<void> {
  const { clients } = context;
  await narrow(context, await groupNamed(clients, name), plan.zones, {});
  if (plan.rebalance === 'on') {
    const resume = new ResumeProcessesCommand({
      AutoScalingGroupName: name,
      ScalingProcesses: ['AZRebalance'],
    });
    await clients.call('ResumeProcesses', (options) => clients.get(AutoScalingClient).send(resume, options));
  }
  if (over) await deleteTags(clients, name, [planTag, tokenTag]);
}

/** Takes the room back, unless somebody changed it since: or Auto Scaling would go on trying. */
async function lower({ clients }: PortContext, name: string, plan: LaunchPlan): Promise<void> {
  const group = await groupNamed(clients, name);
  if (group.DesiredCapacity !== plan.to) return;
  const command = new SetDesiredCapacityCommand({
    AutoScalingGroupName: name,
    DesiredCapacity: plan.to - 1,
    HonorCooldown: false,
  });
  await clients.call('SetDesiredCapacity', (options) =>
    clients.get(AutoScalingClient).send(command, options),
  );
}

/** Newest first, as AWS lists them; those of a launch are among the newest. */
async function activitiesSince({ clients }: PortContext, name: string, since: number): Promise<Activity[]> {
  const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name, MaxRecords: 100 });
  const { Activities = [] } = await clients.call('DescribeScalingActivities', (options) =>
    clients.get(AutoScalingClient).send(command, options),
  );
  // AWS gives the start in whole seconds.
  return Activities.filter((a) => (a.StartTime?.getTime() ?? 0) >= since - 1_000);
}

/** Insufficient capacity, and other refusals, are only in the activity's text. */
function throwFailure(activities: Activity[], { group, zone }: LaunchAsk): void {
  const failed = activities.find(
    (a) =>
      (a.StatusCode === 'Failed' || a.StatusCode === 'Cancelled') && /launching/i.test(a.Description ?? ''),
  );
  if (!failed) return;
  const text = failed.StatusMessage ?? failed.Description ?? '';
  const code = meaningOf('', text) ?? 'no-capacity';
  throw new PortError(code, `${group} launched nothing in ${zone}: ${text}`);
}

function sameZone(ask: LaunchAsk, { id, zone }: Instance): { node: NodeId } {
  if (zone === null || zone === ask.zone) return { node: id };
  throw new PortError('invalid', `token ${ask.token} was used to launch into ${zone}`);
}
