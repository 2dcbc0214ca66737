import type { CheckHealth, Health, HealthRules, HealthState } from './health.ts';
import { type CheckKind, checkKinds } from './outcome.ts';

/**
 * The state at `now`: only checks that are fresh count, and without a fresh check the state is `unknown`. A generation that
 * failed is cleared by generations: while it is stale, answers to `/health` say nothing (docs/facts.md: most engines that
 * hang still answer it). Nor is it health that a second check has only begun to fail when the first one was not asked since.
 */
export function healthAt(health: Health, now: number, rules: HealthRules): HealthState {
  const checks = freshChecks(health, now, rules);
  if (checks.length === 0) return 'unknown';
  if (checks.some((check) => check.bad)) {
    return checks.some((check) => isDead(check, health, now, rules)) ? 'dead' : 'failing';
  }
  const answers = checks.some((check) => check.lastClass === 'ok');
  if (checkKinds.some((kind) => isLapsed(health.checks[kind], checks) && (kind === 'deep' || !answers)))
    return 'unknown';
  if (checks.some((check) => check.lastClass === 'misconfigured')) return 'unknown';
  if (checks.some((check) => check.lastClass === 'saturated')) return 'saturated';
  if (health.started && !checks.some(isExcused)) return 'healthy';
  return now - health.startingSince < rules.timing.graceMs ? 'starting' : 'unknown';
}

/** It failed, and was not blamed since its server was starting: no failure yet, and no health either. */
function isExcused({ lastClass, failures }: CheckHealth): boolean {
  return (lastClass === 'failed' || lastClass === 'starting') && failures === 0;
}

/** It failed when it was last asked, and that is too long ago to count. */
function isLapsed(check: CheckHealth | undefined, fresh: readonly CheckHealth[]): boolean {
  return check !== undefined && (check.bad || check.failures > 0) && !fresh.includes(check);
}

function isDead(check: CheckHealth, health: Health, now: number, rules: HealthRules): boolean {
  if (!check.bad || check.failures < rules.thresholds.replaceAfter) return false;
  // Pending work without tokens is only a hang once it has lasted (long prefills look the same at first).
  if (check.lastReason !== 'hung') return true;
  const stuckSince = health.progress ? health.progress.stuckSince : check.failingSince;
  return stuckSince !== null && now - stuckSince >= rules.timing.noProgressMs;
}

/**
 * A check that was bad when it was last asked, and is stale, takes with it what others said before: the generation of half
 * a minute ago says nothing of a node that has refused connections since.
 */
function freshChecks(health: Health, now: number, rules: HealthRules): CheckHealth[] {
  const { freshMs, deepIntervalMs } = rules.timing;
  const fresh: CheckHealth[] = [];
  let badUntil = 0;
  for (const kind of checkKinds) {
    const check = health.checks[kind];
    if (!check) continue;
    if (now - check.lastAt <= freshMs + (kind === 'deep' ? deepIntervalMs : 0)) fresh.push(check);
    else if (check.bad) badUntil = Math.max(badUntil, check.lastAt);
  }
  return fresh.filter((check) => check.lastAt > badUntil);
}

/** The fresh check that speaks worst of the target: what to quote when asked why. */
export function worstCheck(health: Health, now: number, rules: HealthRules): CheckHealth | null {
  const rank = (check: CheckHealth) => (check.bad ? 2 : 0) + (check.lastClass === 'ok' ? 0 : 1);
  const [first, second] = freshChecks(health, now, rules);
  if (!first || !second) return first ?? null;
  return rank(second) > rank(first) ? second : first;
}

/** The check that has failed for longest, and since when; null where none fails. Confirmation does not move it. */
export function failingSince({ checks }: Health): { check: CheckKind; since: number } | null {
  const runs = checkKinds.flatMap((check) => {
    const since = checks[check]?.failingSince ?? null;
    return since === null ? [] : [{ check, since }];
  });
  return runs.toSorted((a, b) => a.since - b.since)[0] ?? null;
}

/**
 * Checks between two states (a first bad or a first good outcome), which are asked again every `fastInterval`
 * instead of waiting for their round.
 */
export function checksToConfirm(health: Health, rules: HealthRules): CheckKind[] {
  return checkKinds.filter((kind) => {
    const check = health.checks[kind];
    if (!check) return false;
    if (check.lastClass === 'failed')
      return check.failures > 0 && check.failures < rules.thresholds.replaceAfter;
    return check.bad && check.lastClass === 'ok';
  });
}
