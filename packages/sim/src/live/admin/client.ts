import type { WorldDescription } from '../../description.ts';
import type { ActiveFault } from '../../fault/strike.ts';
import type { FaultOrder, WorldEvent, WorldView } from './view.ts';

/** A world as whoever plays with it sees it. Every method rejects with a sentence. */
export interface WorldAdmin {
  description(): Promise<WorldDescription>;
  view(): Promise<WorldView>;
  events(after: number): Promise<WorldEvent[]>;
  /** Resolves with what changed once the world is so. */
  fault(order: FaultOrder): Promise<ActiveFault[]>;
  shutDown(): Promise<void>;
}

/** `url` is the description's `admin`. */
export function connectWorld(url: string): WorldAdmin {
  async function call(method: 'GET' | 'POST', path: string, body?: unknown) {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(10_000) }).catch(
      () => {
        throw new Error(`no world answers at ${url}`);
      },
    );
    const result = parse(await answer.text());
    if (answer.ok && result !== null) return result;
    throw new Error(result?.message ?? `${url} answered ${answer.status}: that is not a world`);
  }
  return {
    description: () => call('GET', '/description'),
    view: () => call('GET', '/view'),
    events: (after) => call('GET', `/events?after=${after}`),
    fault: async (order) => (await call('POST', '/fault', order)).changed,
    shutDown: () => call('POST', '/shutdown'),
  };
}

/** JSON as whatever the caller expects of it; null when it is none. */
function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
