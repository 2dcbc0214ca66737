import type { LoadBalancerPicture } from '@evac/aws/doctor';
import type { Finding } from './finding.ts';
import { aws, type Place } from './place.ts';

/** Load balancers: that each target group has one, that it stands in the zones, and that a zone can be shifted away. */
export function judgeLoadBalancers(place: Place): Finding[] {
  const { targetGroups, loadBalancers } = place;
  return [
    ...(targetGroups ?? [])
      .filter((t) => t.loadBalancers.length === 0)
      .map((t) =>
        place.say('no-load-balancer', {
          subject: `target group ${t.name}`,
          seen: 'no listener of a load balancer forwards to it',
          right: 'a listener that does: without one its nodes get no traffic, and their targets are unused',
          fix: aws(
            place,
            `elbv2 create-listener --load-balancer-arn ARN --protocol HTTP --port 80 --default-actions Type=forward,TargetGroupArn=${t.arn}`,
          ),
        }),
      ),
    ...(loadBalancers ?? []).flatMap((one) => [
      ...judgeState(place, one),
      ...judgeZones(place, one),
      ...judgeScheme(place, one),
      ...judgeShift(place, one),
    ]),
    ...judgeEndpoint(place),
  ];
}

const subjectOf = ({ name }: LoadBalancerPicture) => `load balancer ${name}`;

function judgeState(place: Place, one: LoadBalancerPicture): Finding[] {
  if (one.state === 'active') return [];
  return [
    place.say('load-balancer-state', {
      subject: subjectOf(one),
      seen: `State ${one.state}`,
      right: 'active',
      fix: aws(place, `elbv2 describe-load-balancers --load-balancer-arns ${one.arn}`),
    }),
  ];
}

function judgeZones(place: Place, one: LoadBalancerPicture): Finding[] {
  const lacking = place.here.zones.map(({ name }) => name).filter((zone) => !one.zones.includes(zone));
  if (lacking.length === 0) return [];
  return [
    place.say('load-balancer-zone', {
      subject: subjectOf(one),
      seen: `is not enabled in ${lacking.join(', ')}`,
      right:
        'every zone of the config: elsewhere its targets are unused, and cannot take over from another zone',
      fix: aws(place, `elbv2 set-subnets --load-balancer-arn ${one.arn} --subnets SUBNETS`),
    }),
  ];
}

function judgeScheme({ say, here }: Place, one: LoadBalancerPicture): Finding[] {
  if (!one.internal) return [];
  return [
    say('load-balancer-internal', {
      subject: subjectOf(one),
      seen: 'Scheme internal',
      right:
        'internet-facing, or something in front of it that is: a region’s probe and other regions’ ask its endpoint from outside of the VPC',
      fix: `let ${here.endpoint} lead to an address that can be reached from the internet`,
    }),
  ];
}

function judgeShift(place: Place, one: LoadBalancerPicture): Finding[] {
  const { here, say } = place;
  if (one.shiftable === false && here.zones.length > 1)
    return [
      say('zonal-shift-off', {
        subject: subjectOf(one),
        seen: 'zonal_shift.config.enabled false',
        right:
          'true: without it a zone is evacuated by deregistering its targets, which is slower and leaves the load balancer’s own nodes there',
        fix: aws(
          place,
          `elbv2 modify-load-balancer-attributes --load-balancer-arn ${one.arn} --attributes Key=zonal_shift.config.enabled,Value=true`,
        ),
      }),
    ];
  if (!one.shifts || one.shifts.length === 0) return [];
  return [
    say('shift-in-force', {
      subject: subjectOf(one),
      seen: `shifted away from ${one.shifts.join(', ')}`,
      right: 'known: while it is, no other zone can be shifted',
      fix: aws(place, 'arc-zonal-shift list-zonal-shifts --status ACTIVE'),
    }),
  ];
}

/** A name of the owner's own may lead anywhere; one of a load balancer's is that one. */
function judgeEndpoint({ say, here, loadBalancers }: Place): Finding[] {
  if (!loadBalancers || here.endpoint === '') return [];
  const host = new URL(here.endpoint).hostname.toLowerCase();
  const known = loadBalancers.map((one) => one.dnsName.toLowerCase());
  if (!/\.elb\.amazonaws\.com(\.cn)?$|\.elb\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host)) return [];
  if (known.length === 0 || known.includes(host)) return [];
  return [
    say('endpoint-elsewhere', {
      subject: `endpoint ${here.endpoint}`,
      seen: 'is a load balancer in front of none of the groups',
      right: known.join(' or '),
      fix: `in evac.config.ts, the endpoint of ${here.region}`,
    }),
  ];
}
