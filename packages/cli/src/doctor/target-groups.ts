import type { TargetGroupPicture } from '@evac/aws/doctor';
import { formatDuration } from '@evac/core';
import type { Finding } from './finding.ts';
import { aws, type Place } from './place.ts';

/** Target groups: that nodes get traffic through them, and leave it as soon as the service promises. */
export function judgeTargetGroups(place: Place): Finding[] {
  const { groups, targetGroups } = place;
  return [
    ...(groups ?? []).flatMap((group) => [
      ...(group.targetGroups.length === 0
        ? [
            place.say('no-target-group', {
              subject: `Auto Scaling group ${group.name}`,
              seen: 'registers its instances in no target group',
              right: 'one: a node is drained by taking it out of there',
              fix: aws(
                place,
                `autoscaling attach-traffic-sources --auto-scaling-group-name ${group.name} --traffic-sources Identifier=TARGET-GROUP-ARN,Type=elbv2`,
              ),
            }),
          ]
        : []),
      ...(targetGroups
        ? group.targetGroups
            .filter((arn) => !targetGroups.some((t) => t.arn === arn))
            .map((arn) =>
              place.say('target-group-missing', {
                subject: `Auto Scaling group ${group.name}`,
                seen: `registers in ${arn}, which does not exist`,
                right: 'a target group that exists',
                fix: aws(
                  place,
                  `autoscaling detach-traffic-sources --auto-scaling-group-name ${group.name} --traffic-sources Identifier=${arn},Type=elbv2`,
                ),
              }),
            )
        : []),
    ]),
    ...(targetGroups ?? []).flatMap((one) => [
      ...judgePort(place, one),
      ...judgeDelay(place, one),
      ...judgeTargets(place, one),
    ]),
  ];
}

const subjectOf = ({ name }: TargetGroupPicture) => `target group ${name}`;

function judgePort({ say, service }: Place, one: TargetGroupPicture): Finding[] {
  if (one.port === service.port) return [];
  return [
    say('target-port', {
      subject: subjectOf(one),
      seen: `Port ${one.port}, and the config’s port is ${service.port}`,
      right: 'the same: the probes ask where clients are sent',
      fix: `in evac.config.ts, port: ${one.port}; or a target group with port ${service.port}`,
    }),
  ];
}

function judgeDelay(place: Place, one: TargetGroupPicture): Finding[] {
  const { service, say } = place;
  const delay = one.deregistrationMs;
  const { recoveryMs } = service.timing;
  const least = service.deep?.timeoutMs ?? 0;
  if (delay === null || (delay <= recoveryMs && delay >= least)) return [];
  const wanted = delay > recoveryMs ? recoveryMs : least;
  const why =
    delay > recoveryMs
      ? `at most ${formatDuration(recoveryMs)}, the service’s recovery: a drained node keeps its connections for as long`
      : `at least ${formatDuration(least)}, the deep timeout: answers that are being streamed are cut off`;
  return [
    say('deregistration-delay', {
      subject: subjectOf(one),
      seen: `deregistration_delay.timeout_seconds ${delay / 1_000}`,
      right: why,
      fix: aws(
        place,
        `elbv2 modify-target-group-attributes --target-group-arn ${one.arn} --attributes Key=deregistration_delay.timeout_seconds,Value=${Math.ceil(wanted / 1_000)}`,
      ),
    }),
  ];
}

/** Registered, and meant to be. */
const inUse = (state: string) => !/draining/.test(state);

function judgeTargets(place: Place, one: TargetGroupPicture): Finding[] {
  const { groups, say } = place;
  if (!one.targets || !groups) return [];
  const targets = one.targets.filter(({ state }) => inUse(state));
  const members = place.region.groups?.filter((g) => g.targetGroups.includes(one.arn)) ?? [];
  const nodes = members.flatMap((g) => g.instances);
  const left = nodes.filter((n) => n.inService && !targets.some((t) => t.id === n.id));
  const foreign = targets.filter((t) => !nodes.some((n) => n.id === t.id));
  // Behind no load balancer, all of them are unused: one finding says why.
  const bad = targets.filter(
    (t) => t.state !== 'healthy' && t.state !== 'initial' && one.loadBalancers.length > 0,
  );
  const findings: Finding[] = [];
  if (left.length > 0)
    findings.push(
      say('node-unregistered', {
        subject: subjectOf(one),
        seen: `${ids(left)} in service and not registered`,
        right: 'registered, unless a move of Evac took it out: it gets no traffic',
        fix: aws(
          place,
          `elbv2 register-targets --target-group-arn ${one.arn} --targets ${left.map((n) => `Id=${n.id}`).join(' ')}`,
        ),
      }),
    );
  if (foreign.length > 0)
    findings.push(
      say('target-foreign', {
        subject: subjectOf(one),
        seen: `${ids(foreign)} registered, and of no group of the config`,
        right: 'only nodes of the config’s groups: others are neither asked nor moved',
        fix: `add their group to groups in evac.config.ts; or ${aws(place, `elbv2 deregister-targets --target-group-arn ${one.arn} --targets ${foreign.map((t) => `Id=${t.id}`).join(' ')}`)}`,
      }),
    );
  if (bad.length > 0)
    findings.push(
      say('target-unhealthy', {
        subject: subjectOf(one),
        seen: bad.map((t) => `${t.id} ${t.state}`).join(', '),
        right: 'healthy',
        fix: aws(place, `elbv2 describe-target-health --target-group-arn ${one.arn}`),
      }),
    );
  return findings;
}

function ids(all: { id: string }[]): string {
  const shown = all.slice(0, 5).map(({ id }) => id);
  const more = all.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
