import type { Clock, Outcome } from '@evac/core';
import { alarm } from './alarm.ts';

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
  let callOff = () => {};
  const tell = () => {
    callOff();
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
      callOff();
      tellAt = clock.now() + waitMs;
      callOff = alarm(clock, waitMs, tell);
    },
  };
}
