import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `round` every `intervalMs`, one at a time, from now on. `stop` resolves when the last one has ended. */
export function every(intervalMs: number, round: () => Promise<void>): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const loop = (async () => {
    let next = Date.now();
    while (!stopped.signal.aborted) {
      await round();
      next = Math.max(next + intervalMs, Date.now());
      await sleep(Math.max(0, next - Date.now()), undefined, { signal: stopped.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await loop;
    },
  };
}

/**
 * How long a check that runs every `intervalMs` may take: two of five seconds, as is common, but never so little that
 * a busy machine fails it.
 */
export function checkTimeoutMs(intervalMs: number): number {
  return Math.max(100, intervalMs * 0.4);
}
