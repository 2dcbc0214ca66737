import { createNotify, type PortContext } from '@evac/aws';
import type { Notify } from '@evac/core';
import { count } from './count.ts';
import type { Environment } from './environment.ts';
import { createLog } from './log.ts';

/** Tells people on the topic of the severity, and machines on the bus. A channel that failed alone is logged and counted. */
export function notifyBy({ topics, bus }: Pick<Environment, 'topics' | 'bus'>): (c: PortContext) => Notify {
  return (context) => {
    const log = createLog();
    const onFailure = (error: unknown) => {
      log.warn('a channel did not take a notification, another did', { reason: String(error) });
      count('NotifyFailures', context.clients.region);
    };
    const by = (topicArn: string) =>
      createNotify(context, { topicArn, ...(bus !== null && { busName: bus }), onFailure });
    const channels = { info: by(topics.info), warning: by(topics.warning), critical: by(topics.critical) };
    return { send: (notification) => channels[notification.severity].send(notification) };
  };
}
