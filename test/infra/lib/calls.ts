import { account } from './engine/computed.ts';

/** A call of AWS that a function makes, with the resource and the facts that IAM judges it by. */
export interface Call {
  action: string;
  resource: string;
  context?: Record<string, string | string[]>;
}

const region = 'us-west-2';
const arn = (service: string, resource: string, where = region) =>
  `arn:aws:${service}:${where}:${account}:${resource}`;
const table = arn('dynamodb', 'table/evac-production-store');
const peer = arn('dynamodb', 'table/evac-production-store', 'us-east-1');
const id = '50dc6c495c0c9188';
/** Of the config, and one that joined by its tag. */
const groups = [
  { name: 'llm-us-west-2', context: {} },
  { name: 'joined', context: { 'aws:ResourceTag/evac:service': 'chat' } },
];

/** One call for each action of a service that knows no resources. */
function anywhere(...actions: string[]): Call[] {
  return actions.map((action) => ({ action, resource: '*' }));
}

/** On items whose partition keys are these. */
function items(actions: string[], keys: string[], where = table): Call[] {
  return actions.flatMap((action) =>
    keys.map((key) => ({
      action: `dynamodb:${action}`,
      resource: where,
      context: { 'dynamodb:LeadingKeys': [key] },
    })),
  );
}

function each(actions: string[], resource: (name: string) => string): Call[] {
  return actions.flatMap((action) =>
    groups.map(({ name, context }) => ({ action, resource: resource(name), context })),
  );
}

const logging = (name: string): Call[] =>
  ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
    action,
    resource: arn('logs', `log-group:/aws/lambda/evac-production-${name}:log-stream:2026/11/21/x`),
  }));
const tracing = anywhere('xray:PutTelemetryRecords', 'xray:PutTraceSegments');
const telling: Call[] = ['info', 'warning', 'critical'].map((severity) => ({
  action: 'sns:Publish',
  resource: arn('sns', `evac-production-${severity}`),
}));
const leaving: Call = { action: 'sqs:SendMessage', resource: arn('sqs', 'evac-production-dead-letters') };

/** Lambda's own, to deliver a queue's messages. */
const receiving = (name: string): Call[] =>
  ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
    action: `sqs:${action}`,
    resource: arn('sqs', `evac-production-${name}`),
  }));

const reading = ['GetItem', 'Query', 'BatchGetItem'];
const all = [
  'targets#llm',
  'observation#llm',
  'health#llm',
  'rounds#llm',
  'incident#i',
  'open#llm',
  'pauses',
  'breaker',
  'switch#llm',
  'joined',
];

/** packages/workflow/src/cell/gather.ts, over the ports of packages/aws. */
const looking: Call[] = [
  ...items(reading, all),
  ...items(reading, ['health#llm', 'open#llm', 'closed#llm', 'incident#i'], peer),
  ...anywhere(
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeAutoScalingInstances',
    'ec2:DescribeInstances',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
    'cloudwatch:GetMetricData',
    'arc-zonal-shift:ListZonalShifts',
  ),
  ...each(['arc-zonal-shift:GetManagedResource'], (name) => balancer(name)),
  { action: 'route53:ListResourceRecordSets', resource: 'arn:aws:route53:::hostedzone/Z0LLM' },
  { action: 'route53:GetHealthCheck', resource: 'arn:aws:route53:::healthcheck/check-1' },
  { action: 'route53:GetHealthCheckStatus', resource: 'arn:aws:route53:::healthcheck/check-1' },
];

function balancer(name: string): string {
  return arn('elasticloadbalancing', `loadbalancer/app/${name}/${id}`);
}

const step: Call[] = [
  ...looking,
  ...tracing,
  ...items(['PutItem'], ['incident#i', 'closed#llm', 'targets#llm']),
  ...items(['UpdateItem'], ['incident#i', 'lease#llm/zone']),
];

const machines = ['replace-node', 'evacuate-zone', 'fail-over-region', 'fail-back'].map((move) =>
  arn('states', `stateMachine:evac-production-${move}`),
);

/** What each function calls, in us-west-2 of the whole config. Whatever is not here must not be allowed. */
export const calls: Record<string, Call[]> = {
  'probe-us-west-2a': [
    ...logging('probe-us-west-2a'),
    ...receiving('probe-us-west-2a'),
    ...items(['Query'], ['targets#llm', 'joined']),
    ...items(['PutItem', 'BatchWriteItem'], ['observation#llm']),
    // Lambda's own, to stand in the subnet.
    ...anywhere('ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'),
    ...[
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ].map((action) => ({ action, resource: arn('ec2', 'network-interface/eni-0a') })),
  ],
  'probe-outside': [
    ...logging('probe-outside'),
    ...receiving('probe-outside'),
    ...items(['Query'], ['targets#llm', 'joined']),
    ...items(['PutItem', 'BatchWriteItem'], ['observation#llm']),
  ],
  decide: [
    ...looking,
    ...logging('decide'),
    ...telling,
    leaving,
    ...items(
      ['PutItem', 'BatchWriteItem'],
      ['targets#llm', 'health#llm', 'health#llm#in/us-west-2a', 'rounds#llm'],
    ),
    ...items(['UpdateItem'], ['lease#told/llm']),
    ...machines.flatMap((resource) =>
      ['states:StartExecution', 'states:ListExecutions'].map((action) => ({ action, resource })),
    ),
    ...['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'].map((action) => ({
      action,
      resource: `${table}/stream/2026-01-01T00:00:00.000`,
    })),
    ...anywhere('dynamodb:ListStreams'),
    { action: 'cloudwatch:ListTagsForResource', resource: arn('cloudwatch', 'alarm:gpu-errors') },
  ],
  fleet: [
    ...step,
    ...logging('fleet'),
    ...each(
      [
        'autoscaling:CreateOrUpdateTags',
        'autoscaling:DeleteTags',
        'autoscaling:DetachInstances',
        'autoscaling:LaunchInstances',
        'autoscaling:ResumeProcesses',
        'autoscaling:SetDesiredCapacity',
        'autoscaling:SuspendProcesses',
        'autoscaling:TerminateInstanceInAutoScalingGroup',
        'autoscaling:UpdateAutoScalingGroup',
      ],
      (name) => arn('autoscaling', `autoScalingGroup:0a1b2c3d:autoScalingGroupName/${name}`),
    ),
    ...anywhere('autoscaling:DescribeScalingActivities', 'ec2:DescribeSubnets'),
  ],
  traffic: [
    ...step,
    ...logging('traffic'),
    ...telling,
    ...items(['PutItem'], ['switch#llm']),
    ...each(['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'], (name) =>
      arn('elasticloadbalancing', `targetgroup/${name}/${id}`),
    ),
    ...each(
      [
        'arc-zonal-shift:CancelZonalShift',
        'arc-zonal-shift:StartZonalShift',
        'arc-zonal-shift:UpdateZonalShift',
      ],
      (name) => balancer(name),
    ),
    ...anywhere('elasticloadbalancing:DescribeLoadBalancerAttributes'),
    {
      action: 'route53:ChangeResourceRecordSets',
      resource: 'arn:aws:route53:::hostedzone/Z0LLM',
      context: {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['llm.example.com'],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
        'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
      },
    },
    { action: 'route53:GetChange', resource: 'arn:aws:route53:::change/C1' },
  ],
  restart: [
    ...step,
    ...logging('restart'),
    { action: 'ssm:SendCommand', resource: arn('ssm', 'document/evac-production-restart') },
    {
      action: 'ssm:SendCommand',
      resource: arn('ec2', 'instance/i-0a'),
      context: { 'aws:ResourceTag/aws:autoscaling:groupName': 'llm-us-west-2' },
    },
    ...anywhere(
      'ssm:CancelCommand',
      'ssm:DescribeInstanceInformation',
      'ssm:GetCommandInvocation',
      'ssm:ListCommands',
    ),
  ],
  prove: [...step, ...logging('prove')],
  record: [...step, ...logging('record'), ...telling, ...items(['PutItem', 'DeleteItem'], ['open#llm'])],
  switch: [...logging('switch'), ...items(['GetItem'], ['switch#llm']), ...items(['Query'], ['joined'])],
  approve: [
    ...logging('approve'),
    ...tracing,
    ...items(['GetItem', 'Query'], ['incident#i', 'lease#llm/zone']),
    ...items(['PutItem'], ['incident#i', 'closed#llm']),
    ...items(['UpdateItem'], ['incident#i', 'lease#llm/zone']),
  ],
  discover: [
    ...logging('discover'),
    ...telling,
    leaving,
    ...items(['Query', 'PutItem', 'DeleteItem'], ['joined', 'complaints']),
    ...items(['Query'], ['open#llm', 'closed#llm', 'incident#i']),
    ...anywhere(
      'autoscaling:DescribeAutoScalingGroups',
      'ec2:DescribeAvailabilityZones',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeLoadBalancers',
      'elasticloadbalancing:DescribeTags',
      'elasticloadbalancing:DescribeTargetGroups',
    ),
  ],
};
