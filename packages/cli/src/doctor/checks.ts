import type { CheckPicture, RecordPicture } from '@evac/aws/doctor';
import { formatDuration, type RegionName, type ServiceSettings } from '@evac/core';
import { at, type Finding } from './finding.ts';
import { type NamePlace, weightedOf } from './names.ts';

/** Route 53 calls an endpoint healthy when more than this share of its checkers does. */
const checkersShare = 0.18;
/** What stacks/dns.ts makes: half a minute to turn. */
const mostMs = 10_000;
const mostFailures = 3;

/** The health checks that a switch turns; where weights are changed instead, there need be none. */
export function judgeChecks({ service, name, deployed }: NamePlace, records: RecordPicture[]): Finding[] {
  if (service.dns?.control !== 'switch' || service.regions.length < 2) return [];
  return service.regions.flatMap(({ region }) => {
    const own = weightedOf(records, region);
    const bare = own.filter((r) => r.check === null);
    const say = at({ region, service: service.name });
    const roots = [...new Set(own.flatMap((r) => r.check ?? []))];
    return [
      ...bare.map((r) =>
        say('record-unchecked', {
          subject: `${name.name} for ${region}, ${r.type}`,
          seen: 'no health check',
          right: 'the region’s check: with switch control nothing else turns traffic away from it',
          fix: deployed
            ? 'attach the check that the deployment printed (healthChecks) to the record'
            : 'deploy, and attach the check that it prints (healthChecks) to the record',
        }),
      ),
      ...roots.flatMap((id) => judgeTree(id, name.checks, service, region)),
    ];
  });
}

function judgeTree(
  root: string,
  checks: readonly CheckPicture[],
  service: ServiceSettings,
  region: RegionName,
): Finding[] {
  const all = withChildren(root, checks, 1);
  const leaves = all.filter((c) => !c.absent && c.type !== 'CALCULATED');
  return [
    ...all.flatMap((check) => judgeOne(check, service, region)),
    ...leaves.flatMap((check) => judgeSwitch(check, service, region)),
    ...judgeNow(leaves, root, service, region),
  ];
}

function withChildren(id: string, checks: readonly CheckPicture[], depth: number): CheckPicture[] {
  const check = checks.find((c) => c.id === id);
  // One that is not known could not be read, and a gap says so.
  if (!check || depth > 3) return [];
  return [check, ...check.children.flatMap((child) => withChildren(child, checks, depth + 1))];
}

function judgeOne(check: CheckPicture, service: ServiceSettings, region: RegionName): Finding[] {
  const say = at({ region, service: service.name });
  const subject = `health check ${check.id} of ${region}`;
  if (check.absent)
    return [
      say('check-missing', {
        subject,
        seen: 'it does not exist',
        right: 'the check that the deployment printed: a record with a check that is gone is always healthy',
        fix: 'attach the region’s check to the record; deploying prints their ids',
      }),
    ];
  return [
    ...(check.disabled
      ? [
          say('check-disabled', {
            subject,
            seen: 'Disabled true',
            right: 'false: a disabled check is always healthy, and the region cannot be turned away',
            fix: `aws route53 update-health-check --health-check-id ${check.id} --no-disabled`,
          }),
        ]
      : []),
    ...(check.type === 'CALCULATED' && check.threshold < check.children.length
      ? [
          say('check-threshold', {
            subject,
            seen: `HealthThreshold ${check.threshold} of ${check.children.length} children`,
            right: `${check.children.length}: any region that takes over has to be able to turn this one away`,
            fix: `aws route53 update-health-check --health-check-id ${check.id} --health-threshold ${check.children.length}`,
          }),
        ]
      : []),
  ];
}

/** A leaf: an inverted check of the switch that lives where the region would be failed over to. */
function judgeSwitch(check: CheckPicture, service: ServiceSettings, region: RegionName): Finding[] {
  const say = at({ region, service: service.name });
  const subject = `health check ${check.id} of ${region}`;
  const path = `/${service.name}/${region}`;
  const slow = check.intervalMs > mostMs || check.failures > mostFailures;
  return [
    ...(check.inverted
      ? []
      : [
          say('check-not-inverted', {
            subject,
            seen: 'Inverted false',
            right:
              'true: the switch answers 200 while the region is out, and losing the switch must turn nothing away',
            fix: `aws route53 update-health-check --health-check-id ${check.id} --inverted`,
          }),
        ]),
    ...(check.path === path
      ? []
      : [
          say('check-elsewhere', {
            subject,
            seen: `ResourcePath "${check.path}"`,
            right: `"${path}", where another region’s switch says whether ${region} is out`,
            fix: 'attach the check that the deployment printed (healthChecks) to the record',
          }),
        ]),
    ...(slow
      ? [
          say('check-slow', {
            subject,
            seen: `RequestInterval ${check.intervalMs / 1_000}, FailureThreshold ${check.failures}`,
            right: `10 and at most ${mostFailures}: a flip is seen after ${formatDuration(check.intervalMs * check.failures)} as it is`,
            fix: 'an interval cannot be changed: deploy, and attach the check that it prints (healthChecks) to the record',
          }),
        ]
      : []),
  ];
}

function judgeNow(
  leaves: readonly CheckPicture[],
  root: string,
  service: ServiceSettings,
  region: RegionName,
): Finding[] {
  const out = leaves.filter((check) => {
    if (check.disabled || check.success === null) return false;
    return check.success > checkersShare === check.inverted;
  });
  if (out.length === 0) return [];
  return [
    at({ region, service: service.name })('region-out', {
      subject: `health check ${root} of ${region}`,
      seen: 'unhealthy: Route 53 sends no new clients there',
      right: 'healthy, unless the region was failed over',
      fix: `see why in its incident; start fail-back of ${region} (docs/operations.md)`,
    }),
  ];
}
