import { moveNames } from '@evac/core';
import type { Topics } from '../notices.ts';
import type { Place } from '../place.ts';
import { createAlarm, type Measure } from './alarm.ts';

/** The watchman himself: a silent one is the worst failure, so silence is bad here. */
export function createWatchmanAlarms(place: Place, ask: { topics: Topics; probeNames: string[] }): void {
  const { topics, probeNames } = ask;
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
  }
  // A probe that fails writes nothing, and is a vantage that is silent: services.ts.
  createAlarm(place, {
    parts: ['decide', 'errors'],
    description: `${named('decide')} fails again and again: look at its log.`,
    of: lambda('Errors', named('decide')),
    ...quiet,
    minutes: [3, 5],
    tell: topics.critical,
  });
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
    of: own(region, 'Trouble'),
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
  // All functions share the account's concurrency: those that run every second meet a shortage first.
  createAlarm(place, {
    parts: ['throttles'],
    description: `Functions were throttled: the account's concurrency in ${region} is used up.`,
    of: ['decide', 'switch'].map((name) => lambda('Throttles', named(name))),
    ...quiet,
    tell: topics.critical,
  });
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
    // What goes on all the time: a table in trouble shows here first.
    of: ['GetItem', 'Query', 'PutItem'].map((Operation) => table(place, 'SystemErrors', { Operation })),
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
