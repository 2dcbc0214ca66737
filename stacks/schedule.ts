import { trust } from './function.ts';
import type { Place } from './place.ts';

/** One role for the schedules of decide and discover: it starts these functions, and tells of those that it could not start. */
export function createScheduler(place: Place, functionNames: string[]): aws.iam.Role {
  const { provider, logical, named, arn } = place;
  return new aws.iam.Role(
    logical('scheduler', 'role'),
    {
      name: named(place.region, 'scheduler'),
      assumeRolePolicy: trust('scheduler.amazonaws.com'),
      inlinePolicies: [
        {
          name: 'start',
          policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 'lambda:InvokeFunction',
                Resource: functionNames.map((name) => arn('lambda', `function:${name}`)),
              },
              { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('sqs', named('dead-letters')) },
            ],
          }),
        },
      ],
    },
    { provider },
  );
}

/** Every minute, the finest that Scheduler has, and never late: the next minute does what this one missed. */
export function everyMinute(
  { provider, logical, named }: Place,
  ask: {
    parts: string[];
    target: sst.aws.Function;
    role: aws.iam.Role;
    deadLetters: aws.sqs.Queue;
    input: object;
  },
): aws.scheduler.Schedule {
  return new aws.scheduler.Schedule(
    logical(...ask.parts, 'schedule'),
    {
      name: named(...ask.parts),
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: ask.target.arn,
        roleArn: ask.role.arn,
        input: JSON.stringify(ask.input),
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        deadLetterConfig: { arn: ask.deadLetters.arn },
      },
    },
    { provider },
  );
}
