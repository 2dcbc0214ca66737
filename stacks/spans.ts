import { minuteOf, spanSecondsOf } from '../functions/lib/probe/message.ts';
import { trust } from './function.ts';
import type { Place } from './place.ts';
import { allow, type Statement } from './rights/statement.ts';

/** SendMessageBatch takes as many. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const entriesAtOnce = 10;

/**
 * Beyond a run’s time: the last message of a minute waits for almost a minute, and one whose run failed lives to be moved to the
 * dead letters. No more, since what is late is left out anyway.
 */
const keptSeconds = 120;

/**
 * Scheduler knows nothing finer than a minute: each minute it puts one message for each span of it into the queue of its probe,
 * with the delay after which it is to be delivered. A function that waited between its rounds would be paid for waiting.
 */
export function createSpans(
  place: Place,
  ask: {
    of: string;
    probe: sst.aws.Function;
    timeoutSeconds: number;
    shards: number;
    role: aws.iam.Role;
    deadLetters: aws.sqs.Queue;
  },
): void {
  const { provider, logical, named, services } = place;
  const { of, probe, deadLetters } = ask;
  const queue = new aws.sqs.Queue(
    logical('probe', of, 'spans'),
    {
      name: named('probe', of),
      messageRetentionSeconds: ask.timeoutSeconds + keptSeconds,
      visibilityTimeoutSeconds: ask.timeoutSeconds,
      // The next span asks again; this one is only kept to be looked at.
      redrivePolicy: $jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 1 }),
      sqsManagedSseEnabled: true,
    },
    { provider },
  );
  // No maximum of concurrency: a run may wait for a generation that hangs while the next span is due, and with a maximum Lambda
  // never polls with fewer than five. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
  new aws.lambda.EventSourceMapping(
    logical('probe', of, 'mapping'),
    { functionName: probe.arn, eventSourceArn: queue.arn, batchSize: 1 },
    { provider },
  );
  const minute = minuteOf(
    spanSecondsOf(services.map(({ service }) => service.timing.intervalMs)),
    ask.shards,
  );
  for (let from = 0; from < minute.length; from += entriesAtOnce) {
    const part = String(from / entriesAtOnce + 1);
    const entries = minute.slice(from, from + entriesAtOnce).map(({ delaySeconds, body }, nth) => ({
      Id: String(nth),
      DelaySeconds: delaySeconds,
      MessageBody: body,
    }));
    new aws.scheduler.Schedule(
      logical('probe', of, part, 'schedule'),
      {
        name: named('probe', of, part),
        scheduleExpression: 'rate(1 minute)',
        flexibleTimeWindow: { mode: 'OFF' },
        state: 'ENABLED',
        target: {
          // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
          arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessageBatch',
          roleArn: ask.role.arn,
          input: $jsonStringify({ QueueUrl: queue.url, Entries: entries }),
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
          deadLetterConfig: { arn: deadLetters.arn },
        },
      },
      { provider },
    );
  }
}

/** What the schedules of a cell’s probes may: put messages into the queues of these, and tell of those that they could not. */
export function createSpanScheduler({ provider, logical, named, arn, region }: Place, probeNames: string[]) {
  return new aws.iam.Role(
    logical('span', 'scheduler', 'role'),
    {
      name: named(region, 'span-scheduler'),
      assumeRolePolicy: trust('scheduler.amazonaws.com'),
      inlinePolicies: [
        {
          name: 'send',
          policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 'sqs:SendMessage',
                Resource: [...probeNames, named('dead-letters')].map((name) => arn('sqs', name)),
              },
            ],
          }),
        },
      ],
    },
    { provider },
  );
}

/** What Lambda needs to deliver a probe’s messages to it. */
export function receiving({ arn, named }: Place, of: string): Statement[] {
  return allow(
    ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    [arn('sqs', named('probe', of))],
  );
}
