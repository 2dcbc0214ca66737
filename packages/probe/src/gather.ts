import type { Clock, Outcome } from '@evac/core';

export interface Gathering {
  add(outcome: Outcome, blind: boolean): void;
  /** Tells at once what is there: nothing more is coming. */
  tell(): void;
}

/**
 * Gathers outcomes, so that a round is one observation although its answers come one by one. A good one waits for company for
 * at most `stepMs`; any other for a tenth of it: what happens to one node often happens to others in the same moment, and nobody
 * must wait for a generation to hear of it. What a blind vantage found is told by itself.
 */
export function gather(
  { clock, stepMs }: { clock: Clock; stepMs: number },
  send: (outcomes: Outcome[], blind: boolean) => void,
): Gathering {
  let waiting: Outcome[] = [];
  let blindly = false;
  let tellAt = Number.POSITIVE_INFINITY;
  let idle: AbortController | null = null;
  const tell = () => {
    idle?.abort('it is told');
    idle = null;
    tellAt = Number.POSITIVE_INFINITY;
    const outcomes = waiting;
    waiting = [];
    if (outcomes.length > 0) send(outcomes, blindly);
  };
  return {
    tell,
    add(outcome, blind) {
      if (blind !== blindly) tell();
      blindly = blind;
      waiting.push(outcome);
      const waitMs = outcome.class === 'ok' ? stepMs : stepMs / 10;
      if (clock.now() + waitMs >= tellAt) return;
      idle?.abort('earlier');
      idle = new AbortController();
      tellAt = clock.now() + waitMs;
      const { signal } = idle;
      clock.sleep(waitMs, signal).then(
        () => signal.aborted || tell(),
        () => undefined,
      );
    },
  };
}
