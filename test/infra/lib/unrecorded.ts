import { arn, type Request, requestsFor } from './requests.ts';

/** Calls that a role must allow, and moto has not shown: whose they are, and why it cannot. */
interface Unrecorded {
  roles: string[];
  because: string;
  requests: Request[];
}

const zoneProbes = ['probe-us-west-2a', 'probe-us-west-2b', 'probe-us-west-2c'];
export const probes = [...zoneProbes, 'probe-outside'];
const steps = ['fleet', 'traffic', 'restart', 'prove', 'record'];
const all = [...probes, ...steps, 'decide', 'switch', 'approve', 'discover'];

const recorded = (...calls: string[]) => calls.flatMap(requestsFor);

export const unrecorded: Unrecorded[] = [
  ...all.map((name) => ({
    roles: [name],
    because: 'Lambda writes the log',
    requests: ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
      action,
      resource: arn('logs', `log-group:/aws/lambda/evac-production-${name}:log-stream:2026/11/21/x`),
    })),
  })),
  {
    roles: ['decide', 'discover'],
    because: 'Lambda keeps what could not be done',
    requests: sending('dead-letters'),
  },
  ...probes.map((name) => ({
    roles: [name],
    because: "Lambda delivers the messages of the probe's queue",
    requests: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
      action: `sqs:${action}`,
      resource: arn('sqs', `evac-production-${name}`),
    })),
  })),
  {
    roles: zoneProbes,
    because: 'Lambda puts the function into its subnet',
    requests: [
      ...recorded('ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'),
      ...[
        'CreateNetworkInterface',
        'DeleteNetworkInterface',
        'AssignPrivateIpAddresses',
        'UnassignPrivateIpAddresses',
      ].map((action) => ({ action: `ec2:${action}`, resource: arn('ec2', 'network-interface/eni-0a') })),
    ],
  },
  {
    roles: [...steps, 'approve'],
    because:
      'an incident that is closed between the look at it and the write is in the list of the closed ones too',
    requests: recorded('dynamodb:PutItem (closed)'),
  },
  {
    roles: [...steps, 'decide'],
    because: 'where a target group has an instance of another Auto Scaling group, its zone is asked for',
    requests: recorded('autoscaling:DescribeAutoScalingInstances'),
  },
  {
    roles: [...steps, 'decide'],
    because: 'whoever looks first after the fleet has changed writes the targets down',
    requests: recorded('dynamodb:PutItem (targets)'),
  },
  {
    roles: ['traffic'],
    because: 'a person is called when a zone was held for a week',
    requests: recorded('sns:Publish', 'events:PutEvents'),
  },
  {
    roles: ['discover'],
    because: 'a service that leaves while a move of its is open stays until the move has ended',
    requests: recorded('dynamodb:Query (incident)'),
  },
  {
    roles: ['fleet'],
    because: 'a launch without room takes its time, which stands within a step of the rig',
    requests: recorded('autoscaling:DescribeScalingActivities'),
  },
  {
    roles: ['traffic'],
    because: 'the zone of the story comes back before its shift has to be extended',
    requests: recorded('arc-zonal-shift:UpdateZonalShift'),
  },
  {
    roles: ['restart'],
    because: 'moto carries out every command at once',
    requests: recorded('ssm:CancelCommand'),
  },
  {
    roles: probes,
    because: 'on moto the rig asks in the place of the probe function, whose minute is a minute',
    requests: recorded('dynamodb:Query (joined)'),
  },
  {
    roles: ['decide'],
    because: 'Lambda reads the stream',
    requests: [
      ...['DescribeStream', 'GetRecords', 'GetShardIterator'].map((action) => ({
        action: `dynamodb:${action}`,
        resource: `${arn('dynamodb', 'table/evac-production-store')}/stream/2026-01-01T00:00:00.000`,
      })),
      ...recorded('dynamodb:ListStreams'),
    ],
  },
  {
    roles: ['machines'],
    because: 'Step Functions runs the steps',
    requests: starting(steps),
  },
  {
    roles: ['machines'],
    because: 'Step Functions writes the log and the traces',
    requests: [
      ...[
        'CreateLogDelivery',
        'DeleteLogDelivery',
        'GetLogDelivery',
        'ListLogDeliveries',
        'UpdateLogDelivery',
      ],
      ...['DescribeLogGroups', 'DescribeResourcePolicies', 'PutResourcePolicy'],
    ]
      .map((action) => `logs:${action}`)
      .concat('xray:GetSamplingRules', 'xray:GetSamplingTargets')
      .concat('xray:PutTelemetryRecords', 'xray:PutTraceSegments')
      .flatMap(requestsFor),
  },
  {
    roles: ['scheduler'],
    because: 'Scheduler wakes them, and keeps what it could not start',
    requests: [...starting(['decide', 'discover']), ...sending('dead-letters')],
  },
  {
    roles: ['span-scheduler'],
    because: 'Scheduler wakes the probes by their queues, and keeps what it could not send',
    requests: sending(...probes, 'dead-letters'),
  },
];

function starting(functions: string[]): Request[] {
  return functions.map((name) => ({
    action: 'lambda:InvokeFunction',
    resource: arn('lambda', `function:evac-production-${name}`),
  }));
}

function sending(...queues: string[]): Request[] {
  return queues.map((name) => ({
    action: 'sqs:SendMessage',
    resource: arn('sqs', `evac-production-${name}`),
  }));
}
