import type { GroupPicture } from '@evac/aws/doctor';
import type { ServiceRegion, ServiceSettings } from '@evac/core';
import type { Finding } from './finding.ts';
import { aws, type Place } from './place.ts';

/** Room for what is lost: what evacuate-zone and fail-over-region would ask for, and what they would get. */
export function judgeCapacity(place: Place, places: readonly Place[]): Finding[] {
  return [...judgeZoneLoss(place), ...judgeRegionLoss(place, places), ...judgeAddresses(place)];
}

/** Nodes that a group has in a zone: what makeRoom asks the others for. */
export function goneWith({ instances }: GroupPicture, zone: string): number {
  return instances.filter((i) => i.inService && i.zone === zone).length;
}

/**
 * What a region's group is asked for when another region of the service is lost: its share of all traffic, and a standby
 * its maximum. As pre-scale does it.
 */
export function wantedWithout(
  { regions }: Pick<ServiceSettings, 'regions'>,
  here: ServiceRegion,
  failed: ServiceRegion,
  { desired, max }: GroupPicture,
): number {
  const all = regions.reduce((sum, r) => sum + r.weight, 0);
  const left = all - failed.weight;
  return left > 0 && here.weight > 0 ? Math.ceil((desired * all) / left) : max;
}

function judgeZoneLoss(place: Place): Finding[] {
  const { groups, here, service, say } = place;
  if (!groups || groups.length === 0 || here.zones.length < 2) return [];
  const zone = worstZone(place);
  const wanted = sum(groups, (g) => g.desired);
  const survivors = sum(groups, (g) => g.instances.filter((i) => i.inService && i.zone !== zone).length);
  const share = service.limits.capacityShare;
  const refused = wanted > 0 && survivors < share * wanted;
  return [
    ...(refused
      ? [
          say('zone-survivors', {
            subject: `zone ${zone}`,
            seen: `${survivors} of ${wanted} nodes are elsewhere`,
            right: `at least ${Math.ceil(share * wanted)} (limits.capacityShare ${share}): the capacity guard refuses to evacuate ${zone}`,
            fix: `spread the nodes over the zones, or add some: ${sizing(place, groups[0], 'desired-capacity')}`,
          }),
        ]
      : []),
    ...groups.flatMap((group) => {
      const lost = Math.max(...here.zones.map(({ name }) => goneWith(group, name)));
      const needs = group.desired + lost;
      if (needs <= group.max) return [];
      return say('zone-headroom', {
        subject: `Auto Scaling group ${group.name}`,
        seen: `MaxSize ${group.max}, desired ${group.desired}`,
        right: `at least ${needs}: a zone has up to ${lost} nodes, and the others are to carry as many more`,
        fix: aws(
          place,
          `autoscaling update-auto-scaling-group --auto-scaling-group-name ${group.name} --max-size ${needs}`,
        ),
      });
    }),
  ];
}

function judgeRegionLoss(place: Place, places: readonly Place[]): Finding[] {
  const { groups, here, service, say } = place;
  if (!groups || groups.length === 0 || !service.dns || service.regions.length < 2) return [];
  const others = service.regions.filter((r) => r.region !== here.region);
  if (groups.every((g) => g.desired === 0))
    return [
      say('standby-empty', {
        subject: `region ${here.region}`,
        seen: `desired capacity 0 of ${groups.map((g) => g.name).join(', ')}`,
        right:
          'at least one node that serves: a region that answers nothing is not ready to be failed over to',
        fix: sizing(place, groups[0], 'desired-capacity'),
      }),
    ];
  if (here.weight === 0) return judgeStandby(place, others, places);
  return groups.flatMap((group) => {
    const needs = Math.max(...others.map((failed) => wantedWithout(service, here, failed, group)));
    if (needs <= group.max) return [];
    return say('region-headroom', {
      subject: `Auto Scaling group ${group.name}`,
      seen: `MaxSize ${group.max}, desired ${group.desired}`,
      right: `at least ${needs}: its share of all traffic, when another region is lost`,
      fix: aws(
        place,
        `autoscaling update-auto-scaling-group --auto-scaling-group-name ${group.name} --max-size ${needs}`,
      ),
    });
  });
}

/** A standby goes to its maximum: that should be what the largest other region has. */
function judgeStandby(place: Place, others: readonly ServiceRegion[], places: readonly Place[]): Finding[] {
  const { groups, service, say } = place;
  const max = sum(groups ?? [], (g) => g.max);
  const sizes = others.flatMap((other) => {
    const there = places.find((p) => p.service.name === service.name && p.here.region === other.region);
    return there?.groups ? [{ region: other.region, desired: sum(there.groups, (g) => g.desired) }] : [];
  });
  const largest = sizes.toSorted((a, b) => b.desired - a.desired)[0];
  if (!largest || largest.desired <= max) return [];
  return [
    say('region-headroom', {
      subject: `standby ${place.here.region}`,
      seen: `MaxSize ${max} in all`,
      right: `at least ${largest.desired}, as many nodes as ${largest.region} has`,
      fix: `${sizing(place, groups?.[0], 'max-size')}`,
    }),
  ];
}

/** Launches into the zones that stay need addresses there. */
function judgeAddresses(place: Place): Finding[] {
  const { groups, here, region, say } = place;
  const { subnets } = region;
  if (!groups || !subnets || here.zones.length < 2) return [];
  const zone = worstZone(place);
  const lost = sum(groups, (g) => goneWith(g, zone));
  const ids = new Set(groups.flatMap((g) => g.subnets));
  const staying = subnets.filter((s) => ids.has(s.id) && s.zone !== zone);
  const free = sum(staying, (s) => s.free);
  if (staying.length === 0 || free >= lost) return [];
  return [
    say('subnet-addresses', {
      subject: `subnets ${staying.map((s) => s.id).join(', ')}`,
      seen: `${free} free addresses in all`,
      right: `at least ${lost}: the nodes of ${zone}, which they would take`,
      fix: aws(
        place,
        'ec2 create-subnet --vpc-id VPC --cidr-block CIDR --availability-zone ZONE, and add it to the group',
      ),
    }),
  ];
}

function worstZone({ groups, here }: Place): string {
  const gone = (zone: string) => sum(groups ?? [], (g) => goneWith(g, zone));
  return here.zones.map(({ name }) => String(name)).toSorted((a, b) => gone(b) - gone(a))[0] ?? '';
}

function sizing(place: Place, group: GroupPicture | undefined, what: string): string {
  return aws(
    place,
    `autoscaling update-auto-scaling-group --auto-scaling-group-name ${group?.name ?? 'NAME'} --${what} N`,
  );
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((n, one) => n + of(one), 0);
}
