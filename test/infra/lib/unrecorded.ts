import { arn, type Request, requestsFor } from './requests.ts';

/** Calls that a role must allow, and moto has not shown: whose they are, and why it cannot. */
interface Unrecorded {
  functions: string[];
  because: string;
  requests: Request[];
}

const probes = ['probe-us-west-2a', 'probe-outside'];
const steps = ['fleet', 'traffic', 'restart', 'prove', 'record'];
const all = [...probes, ...steps, 'decide', 'switch', 'approve', 'discover'];

const recorded = (...calls: string[]) => calls.flatMap(requestsFor);

export const unrecorded: Unrecorded[] = [
  ...all.map((name) => ({
    functions: [name],
    because: 'Lambda writes the log',
    requests: ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
      action,
      resource: arn('logs', `log-group:/aws/lambda/evac-production-${name}:log-stream:2026/11/21/x`),
    })),
  })),
  {
    functions: ['decide', 'discover'],
    because: 'Lambda keeps what could not be done',
    requests: [{ action: 'sqs:SendMessage', resource: arn('sqs', 'evac-production-dead-letters') }],
  },
  ...probes.map((name) => ({
    functions: [name],
    because: "Lambda delivers the messages of the probe's queue",
    requests: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
      action: `sqs:${action}`,
      resource: arn('sqs', `evac-production-${name}`),
    })),
  })),
  {
    functions: ['probe-us-west-2a'],
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
    functions: [...steps, 'approve'],
    because:
      'an incident that is closed between the look at it and the write is in the list of the closed ones too',
    requests: recorded('dynamodb:PutItem (closed)'),
  },
  {
    functions: [...steps, 'decide'],
    because: 'where a target group has an instance of another Auto Scaling group, its zone is asked for',
    requests: recorded('autoscaling:DescribeAutoScalingInstances'),
  },
  {
    functions: [...steps, 'decide'],
    because: 'whoever looks first after the fleet has changed writes the targets down',
    requests: recorded('dynamodb:PutItem (targets)'),
  },
  {
    functions: ['traffic'],
    because: 'a person is called when a zone was held for a week',
    requests: recorded('sns:Publish', 'events:PutEvents'),
  },
  {
    functions: ['discover'],
    because: 'a service that leaves while a move of its is open stays until the move has ended',
    requests: recorded('dynamodb:Query (incident)'),
  },
  {
    functions: ['fleet'],
    because: 'a launch without room takes its time, which stands within a step of the rig',
    requests: recorded('autoscaling:DescribeScalingActivities'),
  },
  {
    functions: ['traffic'],
    because: 'the zone of the story comes back before its shift has to be extended',
    requests: recorded('arc-zonal-shift:UpdateZonalShift'),
  },
  {
    functions: ['restart'],
    because: 'moto carries out every command at once',
    requests: recorded('ssm:CancelCommand'),
  },
  {
    functions: probes,
    because: 'on moto the rig asks in the place of the probe function, whose minute is a minute',
    requests: recorded('dynamodb:Query (joined)'),
  },
  {
    functions: ['decide'],
    because: 'Lambda reads the stream',
    requests: [
      ...['DescribeStream', 'GetRecords', 'GetShardIterator'].map((action) => ({
        action: `dynamodb:${action}`,
        resource: `${arn('dynamodb', 'table/evac-production-store')}/stream/2026-01-01T00:00:00.000`,
      })),
      ...recorded('dynamodb:ListStreams'),
    ],
  },
];
