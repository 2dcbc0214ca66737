import {
  EC2Client,
  type Instance,
  paginateDescribeInstances,
  paginateDescribeSubnets,
} from '@aws-sdk/client-ec2';
import { type NodeId, type ZoneName, zoneName } from '@evac/core';
import type { Clients } from './clients.ts';
import { chunks } from './groups.ts';

/** Kept apart from the rest: EC2's client is 560 KB. */

/** As many values as one filter takes. */
const mostValues = 200;

/** By id. An instance that EC2 does not list (yet, or any more) is missing. */
export async function instancesById(
  clients: Clients,
  nodes: readonly NodeId[],
): Promise<Map<string, Instance>> {
  // By filter: asked by id, one instance that is too new to be known makes the whole call fail.
  const pages = await Promise.all(
    chunks(nodes, mostValues).map((Values) => instancesBy(clients, [{ Name: 'instance-id', Values }])),
  );
  return new Map(pages.flat().map((instance) => [instance.InstanceId ?? '', instance]));
}

/** The group's instance that carries the tag; the first launched, where there are several. */
export async function taggedInstance(
  clients: Clients,
  group: string,
  key: string,
  value: string,
): Promise<Instance | null> {
  const found = await instancesBy(clients, [
    { Name: 'tag:aws:autoscaling:groupName', Values: [group] },
    { Name: `tag:${key}`, Values: [value] },
  ]);
  const launchedAt = (instance: Instance) => instance.LaunchTime?.getTime() ?? 0;
  return found.toSorted((a, b) => launchedAt(a) - launchedAt(b))[0] ?? null;
}

async function instancesBy(
  clients: Clients,
  Filters: { Name: string; Values: string[] }[],
): Promise<Instance[]> {
  const client = clients.get(EC2Client);
  return clients.call('DescribeInstances', async (options) => {
    const instances: Instance[] = [];
    const pages = paginateDescribeInstances({ client, pageSize: 1_000 }, { Filters }, options);
    for await (const page of pages) {
      instances.push(...(page.Reservations ?? []).flatMap((r) => r.Instances ?? []));
    }
    return instances;
  });
}

/** The zone of each subnet. */
export async function zonesOfSubnets(
  clients: Clients,
  subnets: readonly string[],
): Promise<Map<string, ZoneName>> {
  const client = clients.get(EC2Client);
  return clients.call('DescribeSubnets', async (options) => {
    const zones = new Map<string, ZoneName>();
    if (subnets.length === 0) return zones;
    const pages = paginateDescribeSubnets({ client }, { SubnetIds: [...subnets] }, options);
    for await (const page of pages) {
      for (const { SubnetId, AvailabilityZone } of page.Subnets ?? []) {
        if (SubnetId && AvailabilityZone) zones.set(SubnetId, zoneName(AvailabilityZone));
      }
    }
    return zones;
  });
}
