import type { Notification } from '@evac/core';
import type { Place } from './place.ts';

const severities = ['info', 'warning', 'critical'] as const satisfies Notification['severity'][];

export type Topics = Record<Notification['severity'], aws.sns.Topic>;

/** Where people subscribe, by how bad it is. */
export function createTopics({ provider, logical, named }: Place): Topics {
  const [info, warning, critical] = severities;
  const topic = (severity: Notification['severity']) =>
    new aws.sns.Topic(
      logical('topic', severity),
      { name: named(severity), displayName: `Evac ${severity}` },
      { provider },
    );
  return { info: topic(info), warning: topic(warning), critical: topic(critical) };
}

/** What could not be done, kept for two weeks. An alarm tells of it. */
export function createDeadLetters({ provider, logical, named }: Place): aws.sqs.Queue {
  return new aws.sqs.Queue(
    logical('dead-letters'),
    { name: named('dead-letters'), messageRetentionSeconds: 14 * 86_400, sqsManagedSseEnabled: true },
    { provider },
  );
}
