import { fromEnv } from '@aws-sdk/credential-provider-env';
import type { RegionName } from '@evac/core';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type {
  AwsCredentialIdentity,
  AwsCredentialIdentityProvider,
  HttpHandlerOptions,
  RetryStrategyV2,
} from '@smithy/types';
import { portErrorFrom } from './errors.ts';
import { retryingAll, retryingRefusals } from './retry.ts';

/** What every client of the SDK, and our own of ARC, is made with. */
export interface ClientSettings {
  region: string;
  requestHandler: NodeHttpHandler;
  retryStrategy: RetryStrategyV2;
  credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  endpoint?: string;
}
type ClientClass<Client> = new (settings: ClientSettings) => Client;

export interface ClientOptions {
  region: RegionName;
  /** Asked instead of AWS: a local server. */
  endpoint?: string;
  /**
   * If left out, what the environment holds, as in every function. Anywhere else the caller brings a provider, such as
   * the SDK's own chain, which is 100 KB that no function needs.
   */
  credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Of one call, the first included; 5 if left out. */
  attempts?: number;
  /** Until an attempt's connection stands; 1 s if left out. */
  connectMs?: number;
  /** Until an attempt's answer begins; 5 s if left out. */
  attemptMs?: number;
}

/** One region's SDK clients, each made when first asked for and then kept, over the same connections. */
export interface Clients {
  region: RegionName;
  /** Retries whatever may be retried, also when an answer was lost: for reads, and for acts that may be repeated. */
  get<Client extends object>(kind: ClientClass<Client>): Client;
  /** Retries only what was refused for sure; for acts that must not happen twice. A lost answer is a {@link LostAnswer}. */
  once<Client extends object>(kind: ClientClass<Client>): Client;
  /**
   * Makes a call of the SDK, with all its retries until `limitMs` (20 s if left out) or the deadline. Rejects with a
   * PortError, or with a {@link LostAnswer} where the act may have happened. `what` names the call in the sentence.
   */
  call<Answer>(
    what: string,
    send: (options: HttpHandlerOptions) => Promise<Answer>,
    limitMs?: number,
  ): Promise<Answer>;
  /** The same clients, with a deadline for everything asked through them. */
  until(deadline: AbortSignal): Clients;
  /** Closes the connections. */
  destroy(): void;
}

export function createClients(options: ClientOptions): Clients {
  const { region, endpoint, attempts = 5, connectMs = 1_000, attemptMs = 5_000 } = options;
  const credentials = options.credentials ?? fromEnv();
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: connectMs,
    requestTimeout: attemptMs,
    // Without it the handler warns and goes on waiting.
    throwOnRequestTimeout: true,
  });
  const kept = { get: new Map<unknown, object>(), once: new Map<unknown, object>() };

  function client<Client extends object>(how: keyof typeof kept, kind: ClientClass<Client>): Client {
    const known = kept[how].get(kind);
    if (known instanceof kind) return known;
    const made = new kind({
      region,
      requestHandler,
      // A strategy each: the adaptive one paces its own service's requests.
      retryStrategy: how === 'get' ? retryingAll(attempts) : retryingRefusals(attempts),
      credentials,
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    kept[how].set(kind, made);
    return made;
  }

  const within = (deadline: AbortSignal | null): Clients => ({
    region,
    get: (kind) => client('get', kind),
    once: (kind) => client('once', kind),
    async call(what, send, limitMs = 20_000) {
      const limit = AbortSignal.timeout(limitMs);
      const abortSignal = deadline ? AbortSignal.any([deadline, limit]) : limit;
      const over = Promise.withResolvers<never>();
      const end = () => over.reject(new Error('its time was over'));
      abortSignal.addEventListener('abort', end);
      try {
        abortSignal.throwIfAborted();
        // Whatever waits without looking at the signal, for credentials say, is left behind.
        return await Promise.race([send({ abortSignal }), over.promise]);
      } catch (error) {
        throw portErrorFrom(error, `${what} in ${region}`);
      } finally {
        abortSignal.removeEventListener('abort', end);
      }
    },
    until: within,
    destroy: () => requestHandler.destroy(),
  });
  return within(null);
}
