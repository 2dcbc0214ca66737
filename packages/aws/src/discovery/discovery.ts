import {
  AutoScalingClient,
  type AutoScalingGroup,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';
import { PortError, type ZoneId, type ZoneName, zoneId } from '@evac/core';
import { type Discovery, serviceTag, type TaggedGroup } from '@evac/core/discovery';
import type { Clients } from '../clients.ts';
import { everyZoneOf } from '../fleet-zones.ts';
import { tagsOf } from '../group-tags.ts';
import { zonesOfRegion } from '../instances.ts';
import { targetGroupArns } from '../targets.ts';
import { seenTargetGroups } from './seen-target-groups.ts';

/**
 * Finds groups by Auto Scaling's own tags. The Resource Groups Tagging API does not list them: of Auto Scaling groups,
 * its GetResources answers with nothing (docs/decisions/discovery.md).
 */
export function createDiscovery(clients: Clients): Discovery {
  /** An account's names for a region's zones do not change. */
  let zones: ReadonlyMap<ZoneName, ZoneId> = new Map();

  async function zoneOf(name: ZoneName) {
    if (!zones.has(name)) zones = await zonesOfRegion(clients);
    // A zone without an ID is told as a mistake of the group, and shifts nothing.
    return { name, id: zones.get(name) ?? zoneId('') };
  }

  return {
    async taggedGroups() {
      const groups = await taggedGroups(clients);
      const seen = await seenTargetGroups(clients, targetGroupArns(groups));
      const found: TaggedGroup[] = [];
      for (const group of groups) {
        const zones = [];
        for (const zone of everyZoneOf(group)) zones.push(await zoneOf(zone));
        found.push({
          name: nameOf(group),
          tags: tagsOf(group),
          zones,
          targetGroups: targetGroupArns([group]).flatMap((arn) => seen.get(arn) ?? []),
        });
      }
      return found;
    },
  };
}

async function taggedGroups(clients: Clients): Promise<AutoScalingGroup[]> {
  const client = clients.get(AutoScalingClient);
  const Filters = [{ Name: 'tag-key', Values: [serviceTag] }];
  return clients.call('DescribeAutoScalingGroups', async (options) => {
    const groups: AutoScalingGroup[] = [];
    const pages = paginateDescribeAutoScalingGroups({ client, pageSize: 100 }, { Filters }, options);
    for await (const page of pages) groups.push(...(page.AutoScalingGroups ?? []));
    // A group that is being deleted is listed until its last instance is gone.
    return groups.filter((group) => group.Status === undefined);
  });
}

function nameOf(group: AutoScalingGroup): string {
  if (group.AutoScalingGroupName) return group.AutoScalingGroupName;
  throw new PortError('invalid', 'Auto Scaling lists a group without a name');
}
