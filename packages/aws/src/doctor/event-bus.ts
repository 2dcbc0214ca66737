import { DescribeEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Installation } from '@evac/core/config';
import type { Clients } from '../clients.ts';
import type { Ask } from './ask.ts';
import type { RegionPicture } from './picture.ts';

/** The bus that machines are to be told on: a deployment takes its name, and does not look for it. */
export async function readEventBus(
  clients: Clients,
  ask: Ask,
  { eventBus }: Pick<Installation, 'eventBus'>,
): Promise<RegionPicture['eventBus']> {
  if (eventBus === null) return null;
  return ask(
    'events:DescribeEventBus',
    async () => {
      await clients.call('DescribeEventBus', (options) =>
        clients.get(EventBridgeClient).send(new DescribeEventBusCommand({ Name: eventBus }), options),
      );
      return 'there' as const;
    },
    { absent: 'absent' as const },
  );
}
