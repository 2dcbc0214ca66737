import { answeredAt, healthAt, isExcused } from './health-at.ts';
import type { TargetId, VantageId } from './ids.ts';
import type { CheckKind, Outcome, OutcomeClass, Progress, Reason } from './outcome.ts';
import type { ServiceSettings, Thresholds, Timing } from './settings.ts';

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
  /** What it found last is over: `/health`, which failed as well, has been answered since. Of a generation that never began. */
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
  const restarted =
    outcome.class === 'starting' &&
    (hasRestarted(previous, outcome.check) || loadsAgain(previous.checks, outcome.check, rules));
  const startingSince = restarted ? outcome.at : previous.startingSince;
  const started = restarted ? false : previous.started;
  const inGrace = !started && outcome.at - startingSince < rules.timing.graceMs;
  const check = foldCheck(previous.checks[outcome.check], outcome, inGrace, rules);
  const checks = sinceBack({ ...asked(previous.checks, rules), [outcome.check]: check });
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

/** It answers, and no check waits for its startup to end: some servers' `/health` is well long before they can generate. */
function hasStarted(checks: Health['checks'], { thresholds }: HealthRules): boolean {
  const all = Object.values(checks);
  return all.some((check) => check.successes >= thresholds.healthyAfter) && !all.some(isExcused);
}

/**
 * Its startup was over when this check began to say that it is loading: it was healthy, or it was known for too short a time to
 * be, older than its grace when it was first asked and answering. That excuses it once: it has been in other states since.
 */
function hasRestarted(previous: Health, kind: CheckKind): boolean {
  const { started, state, since, startingSince, checks } = previous;
  if (state === 'starting' || checks[kind]?.lastClass === 'starting') return false;
  const isNew = state === 'unknown' && since === startingSince;
  return started || (isNew && Object.values(checks).some((check) => answeredAt(check) !== null));
}

/** It had loaded within its grace, as `/health` has said often enough, and refuses that again before it was asked to generate. */
function loadsAgain(
  { shallow, deep }: Health['checks'],
  kind: CheckKind,
  { thresholds }: HealthRules,
): boolean {
  const hadLoaded = deep?.lastClass === 'starting' && deep.over === true && isExcused(deep);
  return kind === 'shallow' && hadLoaded && (shallow?.successes ?? 0) >= thresholds.healthyAfter;
}

/**
 * A generation that was refused because the model was loading, or for which there was no connection, was refused by the same
 * server that `/health` found failing: once that is answered again, this is over, as long as it does not fail anew. A generation
 * waits longer for its connection, and may tell of it when `/health` is back already. Whether it generates is not known yet, so
 * that nothing is cleared; and one whose `/health` was well all along fails until it has generated (docs/facts.md: `/health` says
 * nothing of the engine).
 */
function sinceBack(checks: Health['checks']): Health['checks'] {
  const { shallow, deep } = checks;
  if (!shallow || !deep || !neverBegan(deep)) return checks;
  const { over: _, ...last } = deep;
  // The word of "loading" comes at once, and is news of a server that answers by then.
  const from = deep.lastClass === 'starting' ? deep.lastAt : deep.lastAt - deep.latencyMs;
  const isOver = isAnswer(shallow.lastClass) && shallow.backAt !== undefined && shallow.backAt > from;
  return { ...checks, deep: isOver ? { ...last, over: true } : last };
}

const neverBegan = ({ lastClass, lastReason }: CheckHealth) =>
  lastClass === 'starting' || (lastClass === 'failed' && noConnection.has(lastReason));
const noConnection: ReadonlySet<Reason> = new Set<Reason>(['connect-refused', 'connect-timeout']);
const isFailure = (found: OutcomeClass) => found === 'failed' || found === 'starting';
const isAnswer = (found: OutcomeClass) => found === 'ok' || found === 'saturated';

function foldCheck(
  previous: CheckHealth | undefined,
  outcome: Outcome,
  inGrace: boolean,
  rules: HealthRules,
): CheckHealth {
  const seen = {
    lastAt: outcome.at,
    lastClass: outcome.class,
    lastReason: outcome.reason,
    lastDetail: outcome.detail,
    latencyMs: outcome.firstTokenMs ?? outcome.latencyMs,
  };
  const was = previous ?? { failures: 0, successes: 0, bad: false, failingSince: null };
  const isBack = isAnswer(outcome.class) && previous !== undefined && isFailure(previous.lastClass);
  const backAt = isBack ? outcome.at : previous?.backAt;
  const back = backAt === undefined ? {} : { backAt };
  const unanswered = { ...seen, successes: 0, answeredAt: previous ? answeredAt(previous) : null };
  switch (outcome.class) {
    case 'ok': {
      const successes = was.successes + 1;
      const bad = was.bad && successes < rules.thresholds.healthyAfter;
      return { ...seen, ...back, failures: 0, successes, bad, failingSince: bad ? was.failingSince : null };
    }
    case 'failed':
    case 'starting': {
      if (inGrace) return { ...unanswered, failures: 0, bad: false, failingSince: null };
      const failures = was.failures + 1;
      const bad = was.bad || failures >= rules.thresholds.drainAfter;
      return { ...unanswered, failures, bad, failingSince: was.failingSince ?? outcome.at };
    }
    case 'saturated':
      return {
        ...seen,
        ...back,
        failures: 0,
        successes: 0,
        bad: was.bad,
        failingSince: was.bad ? was.failingSince : null,
      };
    case 'misconfigured':
    case 'unknown':
      return { ...unanswered, failures: 0, bad: false, failingSince: null };
  }
}

function foldProgress(previous: Health['progress'], outcome: Outcome): Health['progress'] {
  const now = outcome.progress;
  if (!now) return previous;
  const pending = now.running + now.waiting > 0;
  const frozen = previous !== null && pending && now.tokens === previous.tokens;
  return { ...now, at: outcome.at, stuckSince: frozen ? (previous.stuckSince ?? previous.at) : null };
}
