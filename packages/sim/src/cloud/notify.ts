import type { Notification, Notify } from '@evac/core';
import { keep } from '../keep.ts';
import type { CloudContext } from './context.ts';

const kept = 1_000;

/** Collects what was sent to people, and puts each on the timeline. */
export function createNotify(context: CloudContext): { port: Notify; sent(): Notification[] } {
  const notifications: Notification[] = [];
  return {
    port: {
      async send(notification) {
        notifications.push(keep(notification));
        if (notifications.length > kept) notifications.shift();
        context.emit({
          kind: 'notification',
          text: `${notification.severity}: ${notification.title}: ${notification.text}`,
        });
      },
    },
    sent: () => [...notifications],
  };
}
