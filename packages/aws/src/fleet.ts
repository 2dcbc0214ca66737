import {
  AutoScalingClient,
  type AutoScalingGroup,
  DetachInstancesCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Fleet, GroupFact, NodeFact } from '@evac/core';
import { nodeId, PortError, zoneName } from '@evac/core';
import { type PortContext, serviceHere } from './context.ts';
import { launch } from './fleet-launch.ts';
import { mustBeSize } from './fleet-size.ts';
import { takeOut } from './fleet-take-out.ts';
import { setZones, zonesOf } from './fleet-zones.ts';
import { groupNamed, groupsNamed } from './groups.ts';
import { type Instance, instancesById } from './instances.ts';
import { lifecycleOf } from './lifecycle.ts';
import { oneAtATime } from './one-at-a-time.ts';

/**
 * The fleet on Auto Scaling, and EC2 for what only EC2 knows: addresses and launch times. Lifecycle hooks are never
 * completed from here, and warm pools never touched: what waits in them is not yet, or no longer, serving.
 */
export function createFleet(context: PortContext): Fleet {
  const { clients, clock } = context;
  const autoScaling = clients.get(AutoScalingClient);
  const alone = oneAtATime();

  return {
    async describe({ service }) {
      const { settings, here } = serviceHere(context, service);
      const groups = await groupsNamed(clients, here.groups);
      const ids = groups.flatMap((g) => (g.Instances ?? []).map((i) => nodeId(i.InstanceId ?? '')));
      const instances = await instancesById(clients, ids);
      return {
        groups: groups.map(groupFact),
        nodes: groups.flatMap((g) => nodeFacts(g, instances, settings.port, clock.now())),
      };
    },

    launch: (ask) => alone(`${ask.group} ${ask.token}`, () => launch(context, ask)),

    terminate: ({ node, decrement }) =>
      alone(node, () =>
        takeOut(context, { node, decrement }, (client) =>
          clients.call('TerminateInstanceInAutoScalingGroup', (options) =>
            client.send(
              new TerminateInstanceInAutoScalingGroupCommand({
                InstanceId: node,
                ShouldDecrementDesiredCapacity: decrement,
              }),
              options,
            ),
          ),
        ),
      ),

    keep: ({ node, decrement }) =>
      alone(node, () =>
        takeOut(context, { node, decrement }, (client, group) =>
          clients.call('DetachInstances', (options) =>
            client.send(
              new DetachInstancesCommand({
                AutoScalingGroupName: group,
                InstanceIds: [node],
                ShouldDecrementDesiredCapacity: decrement,
              }),
              options,
            ),
          ),
        ),
      ),

    async suspend({ group, process }) {
      await groupNamed(clients, group);
      const command = new SuspendProcessesCommand({
        AutoScalingGroupName: group,
        ScalingProcesses: [process],
      });
      await clients.call('SuspendProcesses', (options) => autoScaling.send(command, options));
    },

    async resume({ group, process }) {
      await groupNamed(clients, group);
      const command = new ResumeProcessesCommand({
        AutoScalingGroupName: group,
        ScalingProcesses: [process],
      });
      await clients.call('ResumeProcesses', (options) => autoScaling.send(command, options));
    },

    setZones: (ask) => setZones(context, ask),

    async setDesired({ group, desired }) {
      if (!Number.isInteger(desired)) {
        throw new PortError('invalid', `a capacity is a whole number, not ${desired}`);
      }
      mustBeSize(await groupNamed(clients, group), desired);
      const command = new SetDesiredCapacityCommand({
        AutoScalingGroupName: group,
        DesiredCapacity: desired,
        HonorCooldown: false,
      });
      await clients.call('SetDesiredCapacity', (options) => autoScaling.send(command, options));
    },
  };
}

function groupFact(group: AutoScalingGroup): GroupFact {
  return {
    name: group.AutoScalingGroupName ?? '',
    desired: group.DesiredCapacity ?? 0,
    min: group.MinSize ?? 0,
    max: group.MaxSize ?? 0,
    zones: zonesOf(group),
    suspended: (group.SuspendedProcesses ?? []).flatMap((p) => p.ProcessName ?? []).toSorted(),
  };
}

function nodeFacts(
  group: AutoScalingGroup,
  instances: Map<string, Instance>,
  port: number,
  now: number,
): NodeFact[] {
  return (group.Instances ?? []).flatMap((member): NodeFact[] => {
    const instance = instances.get(member.InstanceId ?? '');
    const lifecycle = lifecycleOf(member.LifecycleState, instance?.state);
    if (lifecycle === null) return [];
    return [
      {
        id: nodeId(member.InstanceId ?? ''),
        group: group.AutoScalingGroupName ?? '',
        zone: zoneName(member.AvailabilityZone ?? ''),
        lifecycle,
        // Too new for EC2 to list it: it has just been launched, and no address is known yet.
        launchedAt: instance?.launchedAt ?? now,
        host: instance?.host ?? '',
        port,
        protected: member.ProtectedFromScaleIn ?? false,
      },
    ];
  });
}
