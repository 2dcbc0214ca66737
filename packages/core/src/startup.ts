import type { Health, HealthRules } from './health.ts';
import { answeredAt, isExcused } from './health-at.ts';
import type { CheckKind } from './outcome.ts';

/** It answers, and no check waits for its startup to end: some servers' `/health` is well long before they can generate. */
export function hasStarted(checks: Health['checks'], { thresholds }: HealthRules): boolean {
  const all = Object.values(checks);
  return all.some((check) => check.successes >= thresholds.healthyAfter) && !all.some(isExcused);
}

/** Whether this check's word that it is loading begins a new startup, with a grace of its own. */
export function hasRestarted(previous: Health, kind: CheckKind, rules: HealthRules): boolean {
  return startsAnew(previous, kind) || loadsAgain(previous.checks, kind, rules);
}

/**
 * Its startup was over when this check began to say that it is loading: it was healthy, or it was known for too short a time to
 * be, older than its grace when it was first asked and answering. That excuses it once: it has been in other states since.
 */
function startsAnew(previous: Health, kind: CheckKind): boolean {
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
