import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type Notify, PortError } from '@evac/core';
import type { PortContext } from '../context.ts';
import { type Message, messageOf } from './message.ts';

/** Where to tell it; either may be left out. */
export interface Channels {
  topicArn?: string;
  busName?: string;
  /** Told of a channel that failed while another took the message. */
  onFailure?: (error: unknown) => void;
}

const attempts = 3;

/**
 * Tells people (SNS) and machines (EventBridge: source `evac`, detail type `Evac notification`). At least once: a lost
 * answer is asked for again. Rejects only when no channel took it, so that one that is down does not repeat the other.
 */
export function createNotify(context: Pick<PortContext, 'clients' | 'clock'>, channels: Channels): Notify {
  const { clients, clock } = context;
  const { topicArn, busName } = channels;

  async function publish(message: Message): Promise<void> {
    const { severity, service } = message.detail;
    const command = new PublishCommand({
      TopicArn: topicArn,
      Subject: message.subject,
      Message: message.text,
      MessageAttributes: { severity: attribute(severity), service: attribute(service) },
    });
    await clients.call('telling SNS', (options) => clients.get(SNSClient).send(command, options));
  }

  /** An entry can be refused inside of an answer that is in order: the SDK does not ask again for that. */
  async function put(message: Message): Promise<void> {
    const entry = {
      EventBusName: busName,
      Source: 'evac',
      DetailType: 'Evac notification',
      Detail: JSON.stringify(message.detail),
    };
    for (let attempt = 1; ; attempt++) {
      const answer = await clients.call('telling EventBridge', (options) =>
        clients.get(EventBridgeClient).send(new PutEventsCommand({ Entries: [entry] }), options),
      );
      const [result] = answer.Entries ?? [];
      if (!answer.FailedEntryCount) return;
      if (attempt === attempts) {
        const why = `${result?.ErrorCode}: ${result?.ErrorMessage}`;
        throw new PortError('unavailable', `EventBridge did not take the event, ${attempts} times: ${why}`);
      }
      await clock.sleep(100 * 2 ** attempt);
    }
  }

  return {
    async send(notification) {
      const message = messageOf(notification, clients.region, clock.now());
      const telling = [...(topicArn ? [publish(message)] : []), ...(busName ? [put(message)] : [])];
      const results = await Promise.allSettled(telling);
      const failures = results.flatMap((r) => (r.status === 'rejected' ? [r.reason] : []));
      if (failures.length > 0 && failures.length === results.length) throw failures[0];
      for (const failure of failures) channels.onFailure?.(failure);
    },
  };
}

function attribute(value: string) {
  return { DataType: 'String', StringValue: value };
}
