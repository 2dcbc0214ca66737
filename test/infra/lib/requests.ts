import { elsewhere } from '../../recorded/recording.ts';
import { account } from './engine/computed.ts';

/** What IAM is asked for a call: with the resource and the facts that it judges by. */
export interface Request {
  action: string;
  resource: string;
  context?: Record<string, string | string[]>;
}

const region = 'us-west-2';
export const arn = (service: string, resource: string, where = region) =>
  `arn:aws:${service}:${where}:${account}:${resource}`;

const id = '50dc6c495c0c9188';
/** Of the config, and one that joined by its tag. */
const groups = [
  { name: 'llm-us-west-2', context: {} },
  { name: 'joined', context: { 'aws:ResourceTag/evac:service': 'chat' } },
];
const each =
  (resource: (name: string) => string) =>
  (action: string): Request[] =>
    groups.map(({ name, context }) => ({ action, resource: resource(name), context }));
const one =
  (...resources: string[]) =>
  (action: string): Request[] =>
    resources.map((resource) => ({ action, resource }));

const onGroup = each((name) => arn('autoscaling', `autoScalingGroup:0a1b2c3d:autoScalingGroupName/${name}`));
const onTargetGroup = each((name) => arn('elasticloadbalancing', `targetgroup/${name}/${id}`));
const onBalancer = each((name) => arn('elasticloadbalancing', `loadbalancer/app/${name}/${id}`));
const onMachines = one(
  ...['replace-node', 'evacuate-zone', 'fail-over-region', 'fail-back'].map((move) =>
    arn('states', `stateMachine:evac-production-${move}`),
  ),
);
const onHostedZone = one('arn:aws:route53:::hostedzone/Z0LLM');
const onHealthCheck = one('arn:aws:route53:::healthcheck/check-1');
const anywhere = one('*');

/** What of us-west-2 of the whole config each action of AWS is about; whatever is not here knows no resources. */
const about: Record<string, (action: string) => Request[]> = {
  'arc-zonal-shift:CancelZonalShift': onBalancer,
  'arc-zonal-shift:GetManagedResource': onBalancer,
  'arc-zonal-shift:StartZonalShift': onBalancer,
  'arc-zonal-shift:UpdateZonalShift': onBalancer,
  'autoscaling:CreateOrUpdateTags': onGroup,
  'autoscaling:DeleteTags': onGroup,
  'autoscaling:DetachInstances': onGroup,
  'autoscaling:LaunchInstances': onGroup,
  'autoscaling:ResumeProcesses': onGroup,
  'autoscaling:SetDesiredCapacity': onGroup,
  'autoscaling:SuspendProcesses': onGroup,
  'autoscaling:TerminateInstanceInAutoScalingGroup': onGroup,
  'autoscaling:UpdateAutoScalingGroup': onGroup,
  'cloudwatch:ListTagsForResource': one(arn('cloudwatch', 'alarm:gpu-errors')),
  'elasticloadbalancing:DeregisterTargets': onTargetGroup,
  'elasticloadbalancing:RegisterTargets': onTargetGroup,
  'events:PutEvents': one(arn('events', 'event-bus/incidents')),
  'route53:GetChange': one('arn:aws:route53:::change/C1'),
  'route53:GetHealthCheck': onHealthCheck,
  'route53:GetHealthCheckStatus': onHealthCheck,
  'route53:ListResourceRecordSets': onHostedZone,
  'sns:Publish': one(...['info', 'warning', 'critical'].map((how) => arn('sns', `evac-production-${how}`))),
  'ssm:SendCommand': (action) => [
    { action, resource: arn('ssm', 'document/evac-production-restart') },
    {
      action,
      resource: arn('ec2', 'instance/i-0a'),
      context: { 'aws:ResourceTag/aws:autoscaling:groupName': 'llm-us-west-2' },
    },
  ],
  'states:ListExecutions': onMachines,
  'states:StartExecution': onMachines,
};

/** A key of each kind of item (packages/aws/src/store/keys.ts). */
const keys: Record<string, string> = {
  targets: 'targets#llm',
  observation: 'observation#llm',
  health: 'health#llm#in/us-west-2a',
  rounds: 'rounds#llm',
  lease: 'lease#llm/zone',
  incident: 'incident#i',
  open: 'open#llm',
  closed: 'closed#llm',
  switch: 'switch#llm',
  alarms: 'alarms#llm',
};

/** What IAM is asked for a call as it was recorded: `dynamodb:GetItem (health), in other regions`. */
export function requestsFor(recorded: string): Request[] {
  const where = recorded.endsWith(elsewhere) ? 'us-east-1' : region;
  const [, action = '', kind = ''] = /^([a-z0-9-]+:\w+)(?: \((\w+)\))?/.exec(recorded) ?? [];
  if (kind !== '' && action.startsWith('dynamodb:')) {
    const context = { 'dynamodb:LeadingKeys': [keys[kind] ?? kind] };
    return [{ action, resource: arn('dynamodb', 'table/evac-production-store', where), context }];
  }
  if (action === 'route53:ChangeResourceRecordSets') {
    const context = {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['llm.example.com'],
      'route53:ChangeResourceRecordSetsActions': [kind],
      'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
    };
    return onHostedZone(action).map((request) => ({ ...request, context }));
  }
  return (about[action] ?? anywhere)(action);
}
