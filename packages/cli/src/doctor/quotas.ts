import type { GroupPicture, RegionPicture } from '@evac/aws/doctor';
import { goneWith, wantedWithout } from './capacity.ts';
import { at, type Finding } from './finding.ts';
import { aws, type Place } from './place.ts';

type Quota = NonNullable<RegionPicture['quotas']>[number];

/**
 * Whether EC2 and Elastic Load Balancing would give what a loss asks for. What has died still counts while it runs, so
 * everything comes on top. Unused capacity reservations count too, and are not looked at.
 */
export function judgeQuotas(places: readonly Place[]): Finding[] {
  const byRegion = Map.groupBy(places, (p) => p.here.region);
  return [...byRegion.values()].flatMap((here) => [
    ...judgeVcpus(here, places),
    ...judgeUnknown(here),
    ...judgeTargets(here),
  ]);
}

/** Every service of the region: a zone or another region is lost to all of them at once. */
function judgeVcpus(places: readonly Place[], all: readonly Place[]): Finding[] {
  const [first] = places;
  if (!first) return [];
  const { region, here } = first;
  const { quotas, running, vcpus } = region;
  if (!quotas || !running || !vcpus) return [];
  return quotas.flatMap((quota): Finding[] => {
    const spot = isSpot(quota);
    const used = running
      .filter((r) => r.spot === spot && covers(quota, r.type))
      .reduce((n, r) => n + r.count * (vcpus[r.type] ?? 0), 0);
    const perNode = (g: GroupPicture) =>
      g.spot === spot
        ? Math.max(0, ...g.types.filter((type) => covers(quota, type)).map((type) => vcpus[type] ?? 0))
        : 0;
    const { more, because } = worstLoss(places, all, perNode);
    if (more === 0 || used + more <= quota.value) return [];
    return [
      at({ region: here.region, service: null })('vcpu-quota', {
        subject: `quota "${quota.name}"`,
        seen: `${quota.value} vCPUs, of which ${used} are in use`,
        right: `at least ${used + more}: ${because} needs ${more} more, and launches over the quota fail`,
        fix: aws(
          first,
          `service-quotas request-service-quota-increase --service-code ec2 --quota-code ${quota.code} --desired-value ${used + more}`,
        ),
      }),
    ];
  });
}

/** As many vCPUs as the worst of all losses asks this region for, within the groups' maximums. */
function worstLoss(
  places: readonly Place[],
  all: readonly Place[],
  perNode: (group: GroupPicture) => number,
): { more: number; because: string } {
  const zones = new Set(places.flatMap((p) => p.here.zones.map((z) => String(z.name))));
  const ofZones = [...zones].map((zone) => ({
    because: `the loss of ${zone}`,
    more: total(places, ({ groups, here }) =>
      here.zones.length < 2
        ? 0
        : total(groups ?? [], (g) => perNode(g) * within(g, g.desired + goneWith(g, zone))),
    ),
  }));
  const others = new Set(all.map((p) => p.here.region).filter((r) => r !== places[0]?.here.region));
  const ofRegions = [...others].map((region) => ({
    because: `the loss of ${region}`,
    more: total(places, ({ groups, here, service }) => {
      const failed = service.regions.find((r) => r.region === region);
      if (!failed || !service.dns) return 0;
      return total(groups ?? [], (g) => perNode(g) * within(g, wantedWithout(service, here, failed, g)));
    }),
  }));
  return [...ofZones, ...ofRegions].reduce((worst, one) => (one.more > worst.more ? one : worst), {
    more: 0,
    because: '',
  });
}

/** Nodes more than there are, as far as the group may grow. */
function within({ desired, max }: GroupPicture, wanted: number): number {
  return Math.max(0, Math.min(max, wanted) - desired);
}

function judgeUnknown(places: readonly Place[]): Finding[] {
  return places.flatMap(({ groups, region, say }) => {
    const { quotas, vcpus } = region;
    if (!quotas || !vcpus) return [];
    return (groups ?? []).flatMap((group) => {
      const counted = (type: string) =>
        vcpus[type] !== undefined && quotas.some((q) => isSpot(q) === group.spot && covers(q, type));
      const unknown = group.types.filter((type) => !counted(type));
      if (group.types.length > 0 && unknown.length === 0) return [];
      return say('vcpu-unknown', {
        subject: `Auto Scaling group ${group.name}`,
        seen:
          unknown.length > 0
            ? `no quota of vCPUs counts ${unknown.join(', ')}`
            : 'what it launches cannot be told: it has no instances, and no launch template that names a type',
        right: 'a quota with room for what a loss asks for',
        fix: 'look in the Service Quotas console, Amazon EC2, "Running On-Demand" or "Spot Instance Requests"',
      });
    });
  });
}

export function isSpot({ name }: Quota): boolean {
  return name.endsWith('Spot Instance Requests');
}

/**
 * Whether a quota counts a type: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances" counts m7g.large,
 * "All P4, P3 and P2 Spot Instance Requests" p4d.24xlarge. The names are AWS's:
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
 */
export function covers({ name }: Quota, type: string): boolean {
  const families =
    /^(?:Running On-Demand|All) (.+?) (?:instances|Spot Instance Requests)$/.exec(name)?.[1] ?? '';
  const listed = /\((.+)\)/.exec(families)?.[1] ?? families;
  if (/^High Memory/.test(listed)) return /^u[-\d]/.test(type);
  const [, letters = '', generation = ''] = /^([a-z]+)(\d*)/.exec(type) ?? [];
  // gr6 is of G and im4gn of I; the others of several letters are families of their own.
  const family = ownFamilies.includes(letters) ? letters : letters.charAt(0);
  return listed
    .split(/,\s*|\s+and\s+/)
    .map((one) => one.trim().toLowerCase())
    .some((one) => one === family || one === family + generation);
}

const ownFamilies = ['dl', 'hpc', 'inf', 'mac', 'trn', 'vt', 'u'];

/** As many targets as the groups may become. */
function judgeTargets(places: readonly Place[]): Finding[] {
  const [first] = places;
  const limits = first?.region.limits;
  if (!first || !limits) return [];
  const say = at({ region: first.here.region, service: null });
  const { groups, targetGroups, loadBalancers } = first.region;
  const most = (arns: readonly string[]) =>
    total(groups ?? [], (g) => (g.targetGroups.some((arn) => arns.includes(arn)) ? g.max : 0));
  const judge = (subject: string, arns: readonly string[], limit: string): Finding[] => {
    const allowed = limits[limit];
    const needs = most(arns);
    if (allowed === undefined || needs <= allowed) return [];
    return [
      say('target-limit', {
        subject,
        seen: `${limit} ${allowed}`,
        right: `at least ${needs}, the sum of its groups’ maximums: a node that cannot be registered gets no traffic`,
        fix: 'ask for more in the Service Quotas console, Elastic Load Balancing, or spread the nodes over several',
      }),
    ];
  };
  return [
    ...(targetGroups ?? []).flatMap((t) =>
      judge(`target group ${t.name}`, [t.arn], 'targets-per-target-group'),
    ),
    ...(loadBalancers ?? []).flatMap((l) =>
      judge(
        `load balancer ${l.name}`,
        (targetGroups ?? []).filter((t) => t.loadBalancers.includes(l.arn)).map((t) => t.arn),
        `targets-per-${l.type}-load-balancer`,
      ),
    ),
  ];
}

function total<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((n, one) => n + of(one), 0);
}
