import {
  AutoScalingClient,
  type AutoScalingGroup,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { PortError, type ZoneName, zoneName } from '@evac/core';
import type { PortContext } from './context.ts';
import { deleteTags, putTags, tagsOf } from './group-tags.ts';
import { groupNamed } from './groups.ts';
import { zonesOfSubnets } from './instances.ts';
import { planOf } from './launch-plan.ts';

/** A zone's subnets, on the group itself, while the zone is off its list: nothing else knows them then. */
const subnetsTag = 'evac:subnets:';

/** The zones that new launches may use. While a launch is steered into one of them, those it will have again. */
export function zonesOf(group: AutoScalingGroup): ZoneName[] {
  return planOf(group)?.zones ?? (group.AvailabilityZones ?? []).map(zoneName).toSorted();
}

/** Also those that are off its list for now, because they are being kept empty. */
export function everyZoneOf(group: AutoScalingGroup): ZoneName[] {
  const off = [...tagsOf(group).keys()].filter((key) => key.startsWith(subnetsTag));
  const zones = new Set([...zonesOf(group), ...off.map((key) => zoneName(key.slice(subnetsTag.length)))]);
  return [...zones].toSorted();
}

/** Rejects with `invalid` for no zone at all, or one that the group has no subnet in. */
export async function setZones(
  context: PortContext,
  ask: { group: string; zones: ZoneName[] },
): Promise<void> {
  const { clients } = context;
  const group = await groupNamed(clients, ask.group);
  if (ask.zones.length === 0) throw new PortError('invalid', `${ask.group} needs at least one zone`);
  await narrow(context, group, ask.zones, {});
}

/**
 * Lets the group launch only into these zones, with whatever else is to change in the same call. What is left out is
 * written to the group's tags first, so that it can come back.
 */
export async function narrow(
  { clients }: Pick<PortContext, 'clients'>,
  group: AutoScalingGroup,
  zones: ZoneName[],
  also: { DesiredCapacity?: number },
): Promise<void> {
  const name = group.AutoScalingGroupName ?? '';
  const subnets = await subnetsByZone({ clients }, group);
  for (const zone of zones) {
    if (subnets.has(zone)) continue;
    const has = [...subnets.keys()].toSorted().join(', ');
    throw new PortError('invalid', `${zone} is not a zone of ${name}: it has ${has}`);
  }
  const out = [...subnets].filter(([zone]) => !zones.includes(zone));
  const tags = tagsOf(group);
  const unwritten = out.filter(([zone, ids]) => tags.get(subnetsTag + zone) !== ids.join(' '));
  await putTags(
    clients,
    name,
    unwritten.map(([zone, ids]) => ({ key: subnetsTag + zone, value: ids.join(' ') })),
  );
  const wanted = zones.flatMap((zone) => subnets.get(zone) ?? []);
  const update = new UpdateAutoScalingGroupCommand({
    AutoScalingGroupName: name,
    ...(group.VPCZoneIdentifier
      ? { VPCZoneIdentifier: wanted.join(',') }
      : // A group of the default VPC has zones and names no subnets.
        { AvailabilityZones: zones }),
    ...also,
  });
  const client = clients.get(AutoScalingClient);
  await clients.call('UpdateAutoScalingGroup', (options) => client.send(update, options));
  const back = zones.map((zone) => subnetsTag + zone).filter((key) => tags.has(key));
  await deleteTags(clients, name, back);
}

/** Every zone the group has a subnet in, also those that are off its list now. */
async function subnetsByZone(
  { clients }: Pick<PortContext, 'clients'>,
  group: AutoScalingGroup,
): Promise<Map<ZoneName, string[]>> {
  const present = (group.VPCZoneIdentifier ?? '').split(',').filter((id) => id !== '');
  const zones = await zonesOfSubnets(clients, present);
  const subnets = new Map<ZoneName, string[]>();
  for (const zone of present.length === 0 ? (group.AvailabilityZones ?? []) : []) {
    subnets.set(zoneName(zone), []);
  }
  for (const [key, value] of tagsOf(group)) {
    if (!key.startsWith(subnetsTag)) continue;
    subnets.set(
      zoneName(key.slice(subnetsTag.length)),
      value.split(' ').filter((id) => id !== ''),
    );
  }
  for (const id of present) {
    const zone = zones.get(id);
    if (zone) subnets.set(zone, [...new Set([...(subnets.get(zone) ?? []), id])]);
  }
  return subnets;
}
