import type { Clock } from '@evac/core';

/** Runs `run` once `ms` have passed, unless it is called off with what this returns. */
export function alarm(clock: Clock, ms: number, run: () => void): () => void {
  if (clock.after) return clock.after(ms, run);
  const off = new AbortController();
  // A clock may end an aborted sleep either way; only a sleep that was slept counts.
  clock.sleep(ms, off.signal).then(
    () => off.signal.aborted || run(),
    () => undefined,
  );
  return () => off.abort('called off');
}
