import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { type Answered, ask, failed, type Question } from './ask.ts';
import { createResolver, type Endpoint, type Name } from './resolve.ts';

/** What one request came to, as its client saw it. */
export interface LoadResult extends Answered {
  /** When it was sent, epoch ms. */
  at: number;
  /** To the end of the answer, or until it had failed. */
  latencyMs: number;
  /** The region whose address DNS gave; null when it gave none that the load knows. */
  region: string | null;
}

export interface LoadOptions extends Name {
  model: string;
  /** Requests a second, sent at this pace however long the answers take. */
  rate: number;
  /** A request that takes longer has failed. */
  timeoutMs: number;
  /** Clients with a DNS cache each, taking turns. */
  clients?: number;
  /** At most this many at once; a request that finds no room has failed. Default: room for every one to time out. */
  concurrency?: number;
  /** To name the region of an address. */
  regions: readonly { name: string; endpoint: string }[];
  question?: Omit<Question, 'model'>;
  onResult?: (result: LoadResult) => void;
}

export interface Load {
  /** Of the requests that have ended, in that order. */
  results: readonly LoadResult[];
  /** Sends no more; resolves with all results when the last request has ended, within its timeout. */
  stop(): Promise<readonly LoadResult[]>;
}

const count: Omit<Question, 'model'> = {
  prompt: 'Count from 1 to 12',
  answer: Array.from({ length: 12 }, (_, i) => i + 1).join(', '),
};

/**
 * Steady streaming requests, as from a crowd of clients: each resolves the name as its TTL allows, connects, streams,
 * and compares the answer. Nothing is retried: what a client would have seen is what is counted.
 */
export function createLoad(options: LoadOptions): Load {
  const { rate, timeoutMs, clients = 8, onResult } = options;
  const concurrency = options.concurrency ?? Math.ceil((rate * timeoutMs * 1.5) / 1_000) + 4;
  const question = { ...(options.question ?? count), model: options.model };
  const regionByHost = new Map(options.regions.map((r) => [new URL(r.endpoint).host, r.name]));
  const resolvers = Array.from({ length: clients }, (_, i) =>
    createResolver(options, timeoutMs / 2, i / clients),
  );
  const dispatcher = new Agent({ connect: { timeout: timeoutMs }, pipelining: 1 });
  const results: LoadResult[] = [];
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function send(resolve: () => Promise<Endpoint>): Promise<void> {
    const at = Date.now();
    const began = performance.now();
    const note = (answered: Answered, region: string | null) => {
      const result = { at, latencyMs: performance.now() - began, region, ...answered };
      results.push(result);
      onResult?.(result);
    };
    if (underWay.size >= concurrency) return note(failed('no-room'), null);
    let endpoint: Endpoint;
    try {
      endpoint = await resolve();
    } catch {
      return note(failed('name-not-resolved'), null);
    }
    const left = Math.max(1, timeoutMs - (performance.now() - began));
    const answered = await ask(question, { ...endpoint, host: options.dnsName, timeoutMs: left, dispatcher });
    note(answered, regionByHost.get(`${endpoint.address}:${endpoint.port}`) ?? null);
  }

  const began = performance.now();
  const sending = (async () => {
    for (let n = 0; !stopping.signal.aborted; n++) {
      const resolve = resolvers[n % resolvers.length];
      if (!resolve) return;
      const request = send(resolve);
      underWay.add(request);
      void request.finally(() => underWay.delete(request));
      const due = began + ((n + 1) * 1_000) / rate;
      await sleep(Math.max(0, due - performance.now()), undefined, { signal: stopping.signal }).catch(
        () => {},
      );
    }
  })();

  const end = async () => {
    stopping.abort();
    await sending;
    await Promise.all(underWay);
    await dispatcher.close();
    return results;
  };
  let ending: ReturnType<typeof end> | null = null;

  return {
    results,
    stop() {
      ending ??= end();
      return ending;
    },
  };
}
