import { observationFilter } from '@evac/aws/deploy';
import { moveNames } from '@evac/core';
import type { Balancers } from './balancers.ts';
import { createFunction, type Told } from './function.ts';
import type { Place } from './place.ts';
import { looking, telling } from './rights/cloud.ts';
import { allow, allowAnywhere } from './rights/statement.ts';
import { judging, readingStores } from './rights/store.ts';
import { everyMinute } from './schedule.ts';

/** A tick that takes longer would meet the next. */
const timeoutSeconds = 55;

/** The judgement: of what the stream brings, of every minute's tick, and of alarms that change. */
export function createDecide(
  place: Place,
  ask: {
    told: Told;
    table: aws.dynamodb.Table;
    balancers: Balancers;
    topics: string[];
    scheduler: aws.iam.Role;
    deadLetters: aws.sqs.Queue;
  },
): sst.aws.Function {
  const { provider, logical, arn, named, installation, region } = place;
  const stream = arn('dynamodb', `table/${named('store')}/stream/*`);
  const machineNames = moveNames.map((move) => named(move));
  const decide = createFunction(place, {
    name: 'decide',
    description: 'Judges what the probes saw, and starts the moves that follow.',
    memory: 512,
    timeoutSeconds,
    told: {
      ...ask.told,
      alarms: JSON.stringify(
        Object.fromEntries(
          installation.alarms.filter((a) => a.region === region).map(({ name, service }) => [name, service]),
        ),
      ),
    },
    // Two million times a month: its traces would cost more than its runs.
    traced: false,
    deadLetters: ask.deadLetters,
    rights: [
      ...readingStores(place),
      ...judging(place),
      ...looking(place, ask.balancers),
      ...telling(place, ask.topics),
      ...allow(
        ['states:ListExecutions', 'states:StartExecution'],
        machineNames.map((name) => arn('states', `stateMachine:${name}`)),
      ),
      ...allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [stream]),
      ...allow(['cloudwatch:ListTagsForResource'], [arn('cloudwatch', 'alarm:*')]),
      ...allowAnywhere('dynamodb:ListStreams'),
    ],
  });

  new aws.lambda.EventSourceMapping(
    logical('observations'),
    {
      functionName: decide.arn,
      eventSourceArn: ask.table.streamArn,
      startingPosition: 'LATEST',
      batchSize: 100,
      filterCriteria: { filters: [{ pattern: JSON.stringify(observationFilter) }] },
      functionResponseTypes: ['ReportBatchItemFailures'],
      // What is older says nothing of now, and the tick judges whatever there is.
      maximumRecordAgeInSeconds: 60,
      maximumRetryAttempts: 3,
      bisectBatchOnFunctionError: true,
      destinationConfig: { onFailure: { destinationArn: ask.deadLetters.arn } },
    },
    { provider },
  );
  everyMinute(place, {
    parts: ['decide'],
    target: decide,
    role: ask.scheduler,
    deadLetters: ask.deadLetters,
    input: { tick: true },
  });
  onAlarms(place, decide, ask.deadLetters);
  return decide;
}

/**
 * Every alarm of the region that goes off, but for our own, which tell people and are no evidence: the config, the alarm's tags or its
 * metric's dimensions say which service it is about.
 */
function onAlarms(
  { provider, logical, named }: Place,
  decide: sst.aws.Function,
  deadLetters: aws.sqs.Queue,
): void {
  const rule = new aws.cloudwatch.EventRule(
    logical('alarms', 'rule'),
    {
      name: named('alarms'),
      description: 'An alarm goes off: its service is judged at once.',
      eventPattern: JSON.stringify({
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: {
          alarmName: [{ 'anything-but': { prefix: named('') } }],
          state: { value: ['ALARM'] },
        },
      }),
    },
    { provider },
  );
  new aws.cloudwatch.EventTarget(
    logical('alarms', 'target'),
    {
      rule: rule.name,
      arn: decide.arn,
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      deadLetterConfig: { arn: deadLetters.arn },
    },
    { provider },
  );
  new aws.lambda.Permission(
    logical('alarms', 'permission'),
    {
      action: 'lambda:InvokeFunction',
      function: decide.name,
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    },
    { provider },
  );
  new aws.sqs.QueuePolicy(
    logical('dead-letters', 'policy'),
    {
      queueUrl: deadLetters.url,
      policy: $jsonStringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: deadLetters.arn,
            Condition: { ArnEquals: { 'aws:SourceArn': rule.arn } },
          },
        ],
      }),
    },
    { provider },
  );
}
