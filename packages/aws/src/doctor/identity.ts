import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clients } from '../clients.ts';
import type { Ask } from './ask.ts';
import type { ClockPicture } from './picture.ts';

export interface Identity {
  account: string;
  clock: ClockPicture | null;
}

/** Who is asking, which needs no permission, and what time AWS has. `now` in epoch ms. */
export async function readIdentity(clients: Clients, ask: Ask, now: () => number): Promise<Identity | null> {
  const command = new GetCallerIdentityCommand({});
  let clock: ClockPicture | null = null;
  command.middlewareStack.add(
    (next) => async (args) => {
      const before = now();
      const result = await next(args);
      const there = Date.parse(dateOf(result.response));
      // A Date says the second that has begun: its middle is the best guess.
      if (!Number.isNaN(there))
        clock = { region: clients.region, here: (before + now()) / 2, there: there + 500 };
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'evacClock' },
  );
  const answer = await ask('sts:GetCallerIdentity', () =>
    clients.call('GetCallerIdentity', (options) => clients.get(STSClient).send(command, options)),
  );
  return answer && { account: answer.Account ?? '', clock };
}

function dateOf(response: unknown): string {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return '';
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return '';
  return String(headers.date);
}
