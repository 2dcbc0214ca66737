import { moveNames } from '@evac/core';
import type { Topics } from '../notices.ts';
import type { Place } from '../place.ts';
import { createAlarm, type Measure } from './alarm.ts';

/** CloudWatch adds up as many metrics in an alarm. */
const atOnce = 10;

/** The watchman himself: a silent one is the worst failure, so silence is bad here. */
export function createWatchmanAlarms(
  place: Place,
  ask: { topics: Topics; functionNames: string[]; probeNames: string[] },
): void {
  const { topics, functionNames, probeNames } = ask;
  const { named, arn, region } = place;
  const quiet = { when: '>=', threshold: 1, minutes: [1, 1], silence: 'notBreaching' } as const;

  for (const name of [...probeNames, named('decide')]) {
    const short = name.slice(named('').length);
    createAlarm(place, {
      parts: [short, 'silent'],
      description: `${name} has not run for three minutes: nobody watches. Look at its schedule and its log.`,
      of: lambda('Invocations', name),
      ...{ when: '<', threshold: 1, minutes: [3, 3], silence: 'breaching' },
      tell: topics.critical,
    });
    createAlarm(place, {
      parts: [short, 'errors'],
      description: `${name} fails again and again: look at its log.`,
      of: lambda('Errors', name),
      ...quiet,
      minutes: [3, 5],
      tell: topics.critical,
    });
  }
  createAlarm(place, {
    parts: ['decide', 'late'],
    description: 'Observations wait for more than half a minute to be judged.',
    of: { ...lambda('IteratorAge', named('decide')), stat: 'Maximum' },
    ...quiet,
    threshold: 30_000,
    minutes: [3, 3],
    tell: topics.critical,
  });
  createAlarm(place, {
    parts: ['judgements'],
    description: 'A service could not be judged: look at the log of decide.',
    of: own(region, 'JudgementErrors'),
    ...quiet,
    minutes: [2, 3],
    tell: topics.critical,
  });
  createAlarm(place, {
    parts: ['trouble'],
    description:
      'Records that nobody can read, people who could not be told, or switches answered from memory: see the logs.',
    of: ['PoisonedRecords', 'NotifyFailures', 'SwitchesFromMemory'].map((name) => own(region, name)),
    ...quiet,
    tell: topics.warning,
  });

  const machines = moveNames.map((move) => arn('states', `stateMachine:${named(move)}`));
  for (const [what, said] of [
    ['Failed', 'has failed'],
    ['TimedOut', 'has timed out'],
    ['Aborted', 'was stopped by hand'],
  ] as const) {
    createAlarm(place, {
      parts: ['executions', what.toLowerCase()],
      description: `A move ${said}: look at the execution and at its incident.`,
      of: machines.map((StateMachineArn) => ({
        namespace: 'AWS/States',
        metric: `Executions${what}`,
        dimensions: { StateMachineArn },
        stat: 'Sum' as const,
      })),
      ...quiet,
      tell: what === 'Aborted' ? topics.warning : topics.critical,
    });
  }
  createAlarm(place, {
    parts: ['dead-letters', 'waiting'],
    description:
      'Something could not be done and lies in the dead-letter queue: read it, mend the cause, delete it.',
    of: {
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: named('dead-letters') },
      stat: 'Maximum',
    },
    ...quiet,
    tell: topics.warning,
  });
  const all = [...functionNames, ...probeNames];
  for (let from = 0; from < all.length; from += atOnce) {
    createAlarm(place, {
      parts: ['throttles', String(from / atOnce + 1)],
      description: `Functions were throttled: the account's concurrency in ${region} is used up.`,
      of: all.slice(from, from + atOnce).map((name) => lambda('Throttles', name)),
      ...quiet,
      tell: topics.critical,
    });
  }
  createAlarm(place, {
    parts: ['table', 'throttled'],
    description: 'The table refused reads or writes: see its capacity and its limits.',
    of: ['ReadThrottleEvents', 'WriteThrottleEvents'].map((metric) => table(place, metric)),
    ...quiet,
    minutes: [2, 3],
    tell: topics.critical,
  });
  createAlarm(place, {
    parts: ['table', 'errors'],
    description: 'DynamoDB answers with errors of its own.',
    of: [
      'GetItem',
      'Query',
      'BatchGetItem',
      'PutItem',
      'UpdateItem',
      'BatchWriteItem',
      'TransactWriteItems',
    ].map((Operation) => table(place, 'SystemErrors', { Operation })),
    ...quiet,
    minutes: [2, 3],
    tell: topics.critical,
  });
}

function lambda(metric: string, FunctionName: string): Measure {
  return { namespace: 'AWS/Lambda', metric, dimensions: { FunctionName }, stat: 'Sum' };
}

/** What goes wrong with Evac itself: functions/lib/count.ts. */
function own(region: string, metric: string): Measure {
  return { namespace: 'Evac', metric, dimensions: { service: 'evac', region }, stat: 'Sum' };
}

function table({ named }: Place, metric: string, more: Record<string, string> = {}): Measure {
  const dimensions = { TableName: named('store'), ...more };
  return { namespace: 'AWS/DynamoDB', metric, dimensions, stat: 'Sum' };
}
