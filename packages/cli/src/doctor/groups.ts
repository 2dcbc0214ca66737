import type { GroupPicture } from '@evac/aws/doctor';
import { formatDuration } from '@evac/core';
import type { Finding } from './finding.ts';
import { aws, type Place } from './place.ts';

/** Auto Scaling groups: that they are there, launch where they should, and do not work against Evac. */
export function judgeGroups(place: Place): Finding[] {
  const { groups, here } = place;
  if (!groups) return [];
  return [
    ...here.groups
      .filter((name) => !groups.some((g) => g.name === name))
      .map((name) =>
        place.say('group-missing', {
          subject: `Auto Scaling group ${name}`,
          seen: `there is none in ${here.region}`,
          right: 'a group of this name: its instances are the nodes',
          fix: `correct groups in evac.config.ts; ${aws(place, "autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[].AutoScalingGroupName'")} lists what there is`,
        }),
      ),
    ...zonesWithoutSubnet(place, groups),
    ...groups.flatMap((group) => [
      ...judgeLife(place, group),
      ...judgeZonesOf(place, group),
      ...judgeProcesses(place, group),
      ...judgeHealthCheck(place, group),
      ...judgeShift(place, group),
    ]),
  ];
}

const subjectOf = ({ name }: GroupPicture) => `Auto Scaling group ${name}`;

function judgeLife({ say }: Place, group: GroupPicture): Finding[] {
  if (!group.beingDeleted) return [];
  return [
    say('group-going', {
      subject: subjectOf(group),
      seen: 'Status "Delete in progress"',
      right: 'a group that stays, or another one',
      fix: 'in evac.config.ts, name the group that takes its place',
    }),
  ];
}

function judgeZonesOf({ say, here }: Place, group: GroupPicture): Finding[] {
  const foreign = group.zones.filter((zone) => !here.zones.some(({ name }) => name === zone));
  if (foreign.length === 0) return [];
  return [
    say('group-zones', {
      subject: subjectOf(group),
      seen: `launches into ${foreign.join(', ')}, which the config does not have`,
      right:
        'every zone of the group in the config: a node elsewhere is asked by no vantage of its own and belongs to no zone that can be evacuated',
      fix: `in evac.config.ts, add ${foreign.join(', ')} to the zones of ${here.region}, or take their subnets off the group`,
    }),
  ];
}

function zonesWithoutSubnet({ say, here }: Place, groups: readonly GroupPicture[]): Finding[] {
  if (groups.length === 0) return [];
  return here.zones
    .filter(({ name }) => !groups.some((g) => g.zones.includes(name)))
    .map(({ name }) =>
      say('zone-without-subnet', {
        subject: `zone ${name}`,
        seen: `no group of ${here.groups.join(', ')} has a subnet there`,
        right:
          'a subnet of the zone on a group: without one it holds no node and takes none when another zone is lost',
        fix: `aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${here.groups[0]} --vpc-zone-identifier SUBNETS --region ${here.region}, or take the zone out of evac.config.ts`,
      }),
    );
}

/** Without these nothing is launched, or nothing that is launched gets traffic. */
const needed = ['Launch', 'Terminate', 'AddToLoadBalancer'];

function judgeProcesses(place: Place, group: GroupPicture): Finding[] {
  const name = group.name;
  const resume = (processes: string[]) =>
    aws(
      place,
      `autoscaling resume-processes --auto-scaling-group-name ${name} --scaling-processes ${processes.join(' ')}`,
    );
  const lacking = group.suspended.filter((process) => needed.includes(process));
  const others = group.suspended.filter((process) => !needed.includes(process));
  return [
    ...(lacking.length > 0
      ? [
          place.say('launch-suspended', {
            subject: subjectOf(group),
            seen: `suspended: ${lacking.join(', ')}`,
            right: 'not suspended: no node can be replaced and no zone made up for',
            fix: resume(lacking),
          }),
        ]
      : []),
    ...(others.length > 0
      ? [
          place.say('process-suspended', {
            subject: subjectOf(group),
            seen: `suspended: ${others.join(', ')}`,
            right:
              'not suspended, unless a move of Evac is under way: it suspends AZRebalance and resumes it',
            fix: resume(others),
          }),
        ]
      : []),
  ];
}

/** The group's own opinion of its nodes: with ELB it ends whatever the load balancer calls unhealthy. */
function judgeHealthCheck(place: Place, group: GroupPicture): Finding[] {
  const { say, service } = place;
  const byBalancer = group.healthChecks.includes('ELB');
  const acts = service.policy['replace-node'];
  const { graceMs } = service.timing;
  const seconds = Math.ceil(graceMs / 1_000);
  const update = (how: string) =>
    aws(place, `autoscaling update-auto-scaling-group --auto-scaling-group-name ${group.name} ${how}`);
  const types = `HealthCheckType ${group.healthChecks.join(',')}`;
  const findings: Finding[] = [];
  if (byBalancer && group.graceMs < graceMs)
    findings.push(
      say('health-check-grace', {
        subject: subjectOf(group),
        seen: `${types}, HealthCheckGracePeriod ${formatDuration(group.graceMs)}`,
        right: `at least ${formatDuration(graceMs)}, the service’s grace: a node that still loads its model is ended again and again`,
        fix: update(`--health-check-grace-period ${seconds}`),
      }),
    );
  if (byBalancer && acts !== 'observe')
    findings.push(
      say('health-check-type', {
        subject: subjectOf(group),
        seen: `${types}, and policy replace-node is ${acts}`,
        right:
          'EC2: two would replace the same node, and the group has no guards; it also ends a node that is only full',
        fix: update('--health-check-type EC2'),
      }),
    );
  if (!byBalancer && acts === 'observe')
    findings.push(
      say('health-check-type', {
        subject: subjectOf(group),
        seen: `${types}, and policy replace-node is observe`,
        right: 'ELB while Evac only observes: nobody replaces a node whose server has died',
        fix: `${update(`--health-check-type ELB --health-check-grace-period ${seconds}`)}; or let replace-node act`,
      }),
    );
  return findings;
}

function judgeShift(place: Place, group: GroupPicture): Finding[] {
  if (group.zonalShift === null) return [];
  const does =
    group.zonalShift === 'replaces'
      ? 'ReplaceUnhealthy: it replaces nodes of the zone in others'
      : 'IgnoreUnhealthy: it leaves nodes of the zone as they are';
  return [
    place.say('group-zonal-shift', {
      subject: subjectOf(group),
      seen: `takes part in zonal shifts (${does})`,
      right:
        'known: Evac shifts the load balancer and keeps launches out of the zone itself. A shift that somebody starts on the group has to end before the load balancer’s, or Evac does not cancel its own',
      fix: aws(
        place,
        `autoscaling update-auto-scaling-group --auto-scaling-group-name ${group.name} --availability-zone-impairment-policy ZonalShiftEnabled=false`,
      ),
    }),
  ];
}
