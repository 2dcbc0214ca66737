import type { Balancers } from '../balancers.ts';
import type { Place } from '../place.ts';
import { allow, allowAnywhere, type Statement } from './statement.ts';

/** Of a service that joined by its tags: it was not there when the rights were given. */
const joined: Statement['conditions'] = [
  { test: 'StringLike', variable: 'aws:ResourceTag/evac:service', values: ['*'] },
];

/** What every guard looks at again before every step. */
export function looking(place: Place, balancers: Balancers): Statement[] {
  const zones = place.installation.names.map((n) => hostedZone(n.zone));
  return [
    ...allowAnywhere(
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeAutoScalingInstances',
      'ec2:DescribeInstances',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetHealth',
      'elasticloadbalancing:DescribeLoadBalancerAttributes',
      'cloudwatch:GetMetricData',
    ),
    ...allow(['arc-zonal-shift:GetManagedResource'], balancers.loadBalancers),
    ...allow(['arc-zonal-shift:GetManagedResource'], [anyLoadBalancer(place)], joined),
    ...(named(place) ? namesRead(place, zones) : []),
  ];
}

function namesRead(place: Place, zones: string[]): Statement[] {
  const unknown = place.services.some(
    ({ service }) => service.dns && !place.installation.names.some((n) => n.service === service.name),
  );
  return [
    ...(unknown ? allowAnywhere('route53:ListHostedZonesByName') : []),
    ...allow(['route53:ListResourceRecordSets'], unknown ? [hostedZone('*')] : zones),
    ...allow(['route53:GetHealthCheck', 'route53:GetHealthCheckStatus'], ['arn:aws:route53:::healthcheck/*']),
  ];
}

const onGroups = [
  'autoscaling:CreateOrUpdateTags',
  'autoscaling:DeleteTags',
  'autoscaling:DetachInstances',
  'autoscaling:LaunchInstances',
  'autoscaling:ResumeProcesses',
  'autoscaling:SetDesiredCapacity',
  'autoscaling:SuspendProcesses',
  'autoscaling:TerminateInstanceInAutoScalingGroup',
  'autoscaling:UpdateAutoScalingGroup',
];

/** Auto Scaling groups of the config, and those that are tagged `evac:service`. */
export function changingFleet(place: Place): Statement[] {
  const groups = place.services.flatMap(({ here }) => here.groups);
  const group = (name: string) => place.arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`);
  return [
    ...allow(onGroups, groups.map(group)),
    ...allow(onGroups, [group('*')], joined),
    ...allowAnywhere('autoscaling:DescribeScalingActivities', 'ec2:DescribeSubnets'),
  ];
}

const onTargets = ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'];
const onShifts = [
  'arc-zonal-shift:CancelZonalShift',
  'arc-zonal-shift:StartZonalShift',
  'arc-zonal-shift:UpdateZonalShift',
];

/** Targets and shifts of the load balancers in front of these groups, the names' records, and the switches (in the store). */
export function changingTraffic(place: Place, { targetGroups, loadBalancers }: Balancers): Statement[] {
  return [
    ...allow(onTargets, targetGroups),
    ...allow(onTargets, [place.arn('elasticloadbalancing', 'targetgroup/*')], joined),
    ...allow(onShifts, loadBalancers),
    ...allow(onShifts, [anyLoadBalancer(place)], joined),
    ...allowAnywhere('arc-zonal-shift:ListZonalShifts'),
    ...place.services.flatMap(({ service }) => {
      if (!service.dns) return [];
      const known = place.installation.names.find((n) => n.service === service.name);
      const { name } = service.dns;
      return allow(
        ['route53:ChangeResourceRecordSets'],
        [hostedZone(known?.zone ?? '*')],
        [
          {
            test: 'ForAllValues:StringEquals',
            variable: 'route53:ChangeResourceRecordSetsNormalizedRecordNames',
            values: [name.toLowerCase()],
          },
          {
            test: 'ForAllValues:StringEquals',
            variable: 'route53:ChangeResourceRecordSetsActions',
            values: ['UPSERT'],
          },
        ],
      );
    }),
    ...(named(place) ? allow(['route53:GetChange'], ['arn:aws:route53:::change/*']) : []),
  ];
}

/** One document, on the instances of the config's groups. */
export function restarting(place: Place): Statement[] {
  const groups = place.services
    .filter(({ service }) => service.restartFirst)
    .flatMap(({ here }) => here.groups);
  if (place.installation.restartCommand === null || groups.length === 0) return [];
  return [
    ...allow(['ssm:SendCommand'], [place.arn('ssm', `document/${place.named('restart')}`)]),
    ...allow(
      ['ssm:SendCommand'],
      [place.arn('ec2', 'instance/*')],
      [{ test: 'StringEquals', variable: 'aws:ResourceTag/aws:autoscaling:groupName', values: groups }],
    ),
    ...allowAnywhere(
      'ssm:CancelCommand',
      'ssm:DescribeInstanceInformation',
      'ssm:GetCommandInvocation',
      'ssm:ListCommands',
    ),
  ];
}

/** People on the topics, and machines on the config's bus. */
export function telling({ installation, arn }: Place, topics: string[]): Statement[] {
  const { eventBus } = installation;
  return [
    ...allow(['sns:Publish'], topics),
    ...allow(['events:PutEvents'], eventBus === null ? [] : [arn('events', `event-bus/${eventBus}`)]),
  ];
}

/** What the tags of a region say. */
export function discovering(): Statement[] {
  return allowAnywhere(
    'autoscaling:DescribeAutoScalingGroups',
    'ec2:DescribeAvailabilityZones',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTags',
    'elasticloadbalancing:DescribeTargetGroups',
  );
}

function anyLoadBalancer({ arn }: Place): string {
  return arn('elasticloadbalancing', 'loadbalancer/*');
}

function named({ services }: Place): boolean {
  return services.some(({ service }) => service.dns !== null);
}

function hostedZone(id: string): string {
  return `arn:aws:route53:::hostedzone/${id}`;
}
