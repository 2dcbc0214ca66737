import { foldCheck, markOver } from './fold-check.ts';
import { healthAt } from './health-at.ts';
import type { TargetId, VantageId } from './ids.ts';
import type { CheckKind, Outcome, OutcomeClass, Progress, Reason } from './outcome.ts';
import type { ServiceSettings, Thresholds, Timing } from './settings.ts';
import { hasRestarted, hasStarted } from './startup.ts';

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
  /** Confirmed by `drainAfter` failures in a row; cleared only by `healthyAfter` successes in a row. */
  bad: boolean;
  lastAt: number;
  lastClass: OutcomeClass;
  lastReason: Reason;
  lastDetail: string;
  /** When the current run of failures began; null while there is none. */
  failingSince: number | null;
  /** Of the last good or full answer, where that was not the last outcome; older versions did not keep it. */
  answeredAt?: number | null;
  /** What it found last is over, as the other check has shown since: see `markOver`. */
  over?: true;
  /** When the first answer came after a failure, as long as answers follow. */
  backAt?: number;
  /** Of its last outcome, in ms: to the answer, or to the first token where that streamed one. */
  latencyMs: number;
}

/** One target as one vantage sees it, after hysteresis. */
export interface Health {
  target: TargetId;
  vantage: VantageId;
  state: HealthState;
  /** When it came into this state, epoch ms. */
  since: number;
  /** Since when it has been starting: its launch, or the first "still loading" of a restart. */
  startingSince: number;
  /** Once healthy, its startup is over: grace no longer excuses a failure. */
  started: boolean;
  checks: Partial<Record<CheckKind, CheckHealth>>;
  /** The token counter, and since when it has not moved while work was pending. */
  progress: (Progress & { at: number; stuckSince: number | null }) | null;
  model: string | null;
  revision: string | null;
}

/** The rules of one service that health depends on. */
export type HealthRules = {
  thresholds: Pick<Thresholds, 'drainAfter' | 'replaceAfter' | 'healthyAfter'>;
  timing: Pick<Timing, 'graceMs' | 'noProgressMs' | 'freshMs' | 'deepIntervalMs'>;
  deep: ServiceSettings['deep'];
};

/** A target nobody has asked yet. `launchedAt` is the node's launch; for a balancer or a region, 0. */
export function newHealth(target: TargetId, vantage: VantageId, launchedAt: number): Health {
  return {
    target,
    vantage,
    state: 'unknown',
    since: launchedAt,
    startingSince: launchedAt,
    started: false,
    checks: {},
    progress: null,
    model: null,
    revision: null,
  };
}

/**
 * The next health after one outcome. `unknown` outcomes and late or repeated ones change nothing, `misconfigured` ones clear the check (the
 * target answers; we asked wrongly), `saturated` ones end a run of failures without being a success, and `starting`
 * counts as failed only when the startup grace is over.
 */
export function foldHealth(previous: Health, outcome: Outcome, rules: HealthRules): Health {
  const late = outcome.at <= (previous.checks[outcome.check]?.lastAt ?? Number.NEGATIVE_INFINITY);
  if (outcome.class === 'unknown' || late) return previous;
  const restarted = outcome.class === 'starting' && hasRestarted(previous, outcome.check, rules);
  const startingSince = restarted ? outcome.at : previous.startingSince;
  const started = restarted ? false : previous.started;
  const inGrace = !started && outcome.at - startingSince < rules.timing.graceMs;
  const check = foldCheck(previous.checks[outcome.check], outcome, inGrace, rules);
  const checks = markOver({ ...asked(previous.checks, rules), [outcome.check]: check });
  const next: Health = {
    ...previous,
    startingSince,
    started: started || hasStarted(checks, rules),
    checks,
    progress: foldProgress(previous.progress, outcome),
    model: outcome.model ?? previous.model,
    revision: outcome.revision ?? previous.revision,
  };
  const state = healthAt(next, outcome.at, rules);
  // After a silence nobody knows what was meanwhile: what was so before it begins anew.
  if (state !== previous.state || state !== healthAt(previous, outcome.at, rules)) {
    next.state = state;
    next.since = outcome.at;
  }
  return next;
}

/** A generation that the config does not ask for any more can never be cleared: what it said last is forgotten. */
function asked(checks: Health['checks'], rules: HealthRules): Health['checks'] {
  if (rules.deep) return checks;
  const { deep: _, ...rest } = checks;
  return rest;
}

function foldProgress(previous: Health['progress'], outcome: Outcome): Health['progress'] {
  const now = outcome.progress;
  if (!now) return previous;
  const pending = now.running + now.waiting > 0;
  const frozen = previous !== null && pending && now.tokens === previous.tokens;
  return { ...now, at: outcome.at, stuckSince: frozen ? (previous.stuckSince ?? previous.at) : null };
}
