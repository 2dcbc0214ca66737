import {
  AutoScalingClient,
  type AutoScalingGroup,
  type AutoScalingInstanceDetails,
  paginateDescribeAutoScalingGroups,
  paginateDescribeAutoScalingInstances,
} from '@aws-sdk/client-auto-scaling';
import { type NodeId, PortError } from '@evac/core';
import type { Clients } from './clients.ts';

/** As many names, or ids, as one describe call takes. */
const mostAsked = 50;

/** Those of the groups that exist, in no order. */
export async function existingGroups(
  clients: Clients,
  names: readonly string[],
): Promise<AutoScalingGroup[]> {
  const client = clients.get(AutoScalingClient);
  return clients.call('DescribeAutoScalingGroups', async (options) => {
    const groups: AutoScalingGroup[] = [];
    for (const AutoScalingGroupNames of chunks(names, mostAsked)) {
      const pages = paginateDescribeAutoScalingGroups({ client }, { AutoScalingGroupNames }, options);
      for await (const page of pages) groups.push(...(page.AutoScalingGroups ?? []));
    }
    return groups;
  });
}

/** The groups of these names, in the order asked for. Rejects with `not-found` unless all exist. */
export async function groupsNamed(clients: Clients, names: readonly string[]): Promise<AutoScalingGroup[]> {
  const found = await existingGroups(clients, names);
  return names.map((name) => {
    const group = found.find((g) => g.AutoScalingGroupName === name);
    if (group) return group;
    throw new PortError('not-found', `no Auto Scaling group named ${name} in ${clients.region}`);
  });
}

export async function groupNamed(clients: Clients, name: string): Promise<AutoScalingGroup> {
  const [group] = await groupsNamed(clients, [name]);
  if (!group) throw new PortError('not-found', `no Auto Scaling group named ${name} in ${clients.region}`);
  return group;
}

/** Those of the nodes that belong to any Auto Scaling group, warm pools included. */
export async function groupedInstances(
  clients: Clients,
  nodes: readonly NodeId[],
): Promise<AutoScalingInstanceDetails[]> {
  const client = clients.get(AutoScalingClient);
  return clients.call('DescribeAutoScalingInstances', async (options) => {
    const instances: AutoScalingInstanceDetails[] = [];
    for (const InstanceIds of chunks(nodes, mostAsked)) {
      const pages = paginateDescribeAutoScalingInstances({ client }, { InstanceIds }, options);
      for await (const page of pages) instances.push(...(page.AutoScalingInstances ?? []));
    }
    return instances;
  });
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
