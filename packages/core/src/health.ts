import type { TargetId, VantageId } from './ids.ts';
import type { CheckKind, OutcomeClass, Progress, Reason } from './outcome.ts';

/**
 * `failing` has failed `drainAfter` times in a row: it gets no new traffic. `dead` has failed `replaceAfter` times
 * in a row. `unknown` was not asked, or not lately: it is never healthy and never failing.
 */
export const healthStates = ['starting', 'healthy', 'saturated', 'failing', 'dead', 'unknown'] as const;
export type HealthState = (typeof healthStates)[number];

/** What one check (shallow or deep) has found of late. */
export interface CheckHealth {
  /** Failed outcomes since the last good one. */
  failures: number;
  /** Good outcomes since the last failed one. */
  successes: number;
  /** Confirmed bad by `drainAfter`; cleared only by `healthyAfter` successes. */
  bad: boolean;
  lastAt: number;
  lastClass: OutcomeClass;
  lastReason: Reason;
  lastDetail: string;
  /** When the current run of failures began; null while there is none. */
  failingSince: number | null;
  latencyMs: number;
}

/** One target as one vantage sees it, after hysteresis. */
export interface Health {
  target: TargetId;
  vantage: VantageId;
  state: HealthState;
  /** When it came into this state, epoch ms. */
  since: number;
  checks: Partial<Record<CheckKind, CheckHealth>>;
  /** The token counter, and since when it has not moved while work was pending. */
  progress: (Progress & { stuckSince: number | null }) | null;
  model: string | null;
  revision: string | null;
}
