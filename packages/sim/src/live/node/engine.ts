import { once, setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ailment, paceOf } from './ailment.ts';

const firstTokenMs = 120;
const perTokenMs = 15;
const batchSize = 16;

interface Counters {
  running: number;
  waiting: number;
  promptTokens: number;
  generationTokens: number;
}

/** The batch scheduler of one server: so many at once, the rest wait; tokens come at a pace. */
export interface Engine {
  /** Yields the tokens as they are made; ends early, without a word, when the signal aborts. */
  generate(job: { promptTokens: number; tokens: string[]; signal: AbortSignal }): AsyncGenerator<string>;
  counters(): Counters;
  /** Call when the ailments changed: what stood still goes on if nothing holds it any more. */
  changed(): void;
}

export function createEngine(options: { scale: number; ailing: () => ReadonlySet<Ailment> }): Engine {
  const { scale, ailing } = options;
  const changes = new EventTarget();
  setMaxListeners(0, changes);
  const waiters: (() => void)[] = [];
  let running = 0;
  let promptTokens = 0;
  let generationTokens = 0;
  let overloadedSince: number | null = null;

  /** Rejects when the client goes. */
  async function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (running < batchSize) {
      running += 1;
      return;
    }
    const turn = Promise.withResolvers<void>();
    waiters.push(turn.resolve);
    const leave = () => turn.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      // Whoever leaves hands its place over: `running` stays as it is.
      await turn.promise;
    } finally {
      signal.removeEventListener('abort', leave);
      const at = waiters.indexOf(turn.resolve);
      if (at >= 0) waiters.splice(at, 1);
    }
  }

  function exit(): void {
    const next = waiters.shift();
    if (next) next();
    else running -= 1;
  }

  const stuck = (made: number) => ailing().has('hung') || (ailing().has('stalling') && made >= 2);

  async function until(made: number, signal: AbortSignal): Promise<void> {
    while (stuck(made)) await once(changes, 'change', { signal });
  }

  /** A hung engine does not notice that a client went: its place in the batch stays taken. */
  async function leave(): Promise<void> {
    while (ailing().has('hung')) await once(changes, 'change');
    exit();
  }

  return {
    async *generate({ promptTokens: prompt, tokens, signal }) {
      try {
        await enter(signal);
      } catch {
        return;
      }
      try {
        await until(0, signal);
        promptTokens += prompt;
        let made = 0;
        let due = performance.now();
        for (const token of tokens) {
          due += (made === 0 ? firstTokenMs : perTokenMs) * paceOf(ailing()).slowness * scale;
          // Timers are no finer than a millisecond: at small scales several tokens share one.
          const early = due - performance.now();
          if (early >= 1) await sleep(early, undefined, { signal });
          if (stuck(made)) {
            await until(made, signal);
            due = performance.now();
          }
          made += 1;
          generationTokens += 1;
          yield token;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        void leave();
      }
    },
    counters() {
      const hung = ailing().has('hung');
      const crowd = overloadedSince === null ? 0 : batchSize;
      return {
        // The batch that the engine hangs in is there, whether or not anybody still waits for it.
        running: hung ? Math.max(1, running) : Math.max(crowd, running),
        waiting: waiters.length + crowd * 8,
        promptTokens,
        generationTokens: generationTokens + crowdTokens(),
      };
    },
    changed() {
      const overloaded = ailing().has('overloaded');
      if (overloaded && overloadedSince === null) overloadedSince = Date.now();
      if (!overloaded && overloadedSince !== null) {
        generationTokens += crowdTokens();
        overloadedSince = null;
      }
      changes.dispatchEvent(new Event('change'));
    },
  };

  /** What a full batch of other people's requests has made since the overload began. */
  function crowdTokens(): number {
    if (overloadedSince === null) return 0;
    return Math.floor(((Date.now() - overloadedSince) / (perTokenMs * scale)) * batchSize);
  }
}
