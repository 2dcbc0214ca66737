import { type MoveName, moveNames } from '@evac/core';
import { machines } from '@evac/workflow';
import { trust } from './function.ts';
import type { Place } from './place.ts';
import type { StepFunctions } from './steps.ts';

export type Machines = Record<MoveName, aws.sfn.StateMachine>;

/** A state machine for each move. Its definition begins with what it does and what a person gives it. */
export function createMachines(place: Place, steps: StepFunctions): Machines {
  const role = createRole(place, steps);
  const [node, zone, region, back] = moveNames;
  const one = (move: MoveName) => createMachine(place, move, steps, role);
  return { [node]: one(node), [zone]: one(zone), [region]: one(region), [back]: one(back) };
}

function createMachine(
  { provider, logical, named }: Place,
  move: MoveName,
  { fleet, traffic, restart, prove, record }: StepFunctions,
  role: aws.iam.Role,
): aws.sfn.StateMachine {
  const log = new aws.cloudwatch.LogGroup(
    logical(move, 'log'),
    // By this prefix a delivery needs no room of its own in the account's one resource policy.
    { name: `/aws/vendedlogs/states/${named(move)}`, retentionInDays: 30 },
    { provider },
  );
  const definition = $util
    .all([fleet.arn, traffic.arn, restart.arn, prove.arn, record.arn])
    .apply(([f, t, r, p, c]) =>
      JSON.stringify(machines[move]({ fleet: f, traffic: t, restart: r, prove: p, record: c })),
    );
  return new aws.sfn.StateMachine(
    logical(move),
    {
      name: named(move),
      type: 'STANDARD',
      roleArn: role.arn,
      definition,
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: true,
        logDestination: $interpolate`${log.arn}:*`,
      },
      tracingConfiguration: { enabled: true },
    },
    { provider },
  );
}

/** All machines start the same functions, so one role serves them. */
function createRole({ provider, logical, named, region }: Place, steps: StepFunctions): aws.iam.Role {
  const functions = Object.values(steps).map((step) => step.arn);
  return new aws.iam.Role(
    logical('machines', 'role'),
    {
      name: named(region, 'machines'),
      assumeRolePolicy: trust('states.amazonaws.com'),
      inlinePolicies: [
        {
          name: 'run',
          policy: $jsonStringify({
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functions },
              {
                Effect: 'Allow',
                // Deliveries of logs, and traces, know no resources:
                // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
                Action: [
                  'logs:CreateLogDelivery',
                  'logs:DeleteLogDelivery',
                  'logs:DescribeLogGroups',
                  'logs:DescribeResourcePolicies',
                  'logs:GetLogDelivery',
                  'logs:ListLogDeliveries',
                  'logs:PutResourcePolicy',
                  'logs:UpdateLogDelivery',
                  'xray:GetSamplingRules',
                  'xray:GetSamplingTargets',
                  'xray:PutTelemetryRecords',
                  'xray:PutTraceSegments',
                ],
                Resource: '*',
              },
            ],
          }),
        },
      ],
    },
    { provider },
  );
}
