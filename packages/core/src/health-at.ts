import type { CheckHealth, Health, HealthRules, HealthState } from './health.ts';
import { type CheckKind, checkKinds } from './outcome.ts';

/**
 * The state at `now`: only checks that are fresh count, and without a fresh check the state is `unknown`. So it is where no
 * generation was asked for lately, though one is asked for in turn: answers to `/health` say nothing of it (docs/facts.md:
 * most engines that hang still answer it). Nor is it health that a check which has failed was not asked since, unless
 * another one has been answered, or that after a silence nothing has been answered yet.
 */
export function healthAt(health: Health, now: number, rules: HealthRules): HealthState {
  const { fresh, lapsed } = sortChecks(health, now, rules);
  if (fresh.length === 0) return 'unknown';
  if (fresh.some((check) => check.bad)) {
    return fresh.some((check) => isDead(check, health, now, rules)) ? 'dead' : 'failing';
  }
  const answers = fresh.some((check) => check.lastClass === 'ok');
  if (lapsed.includes('deep') || (lapsed.length > 0 && !answers)) return 'unknown';
  if (fresh.some((check) => check.lastClass === 'misconfigured')) return 'unknown';
  if (fresh.some((check) => check.lastClass === 'saturated')) return 'saturated';
  if (health.started && !answersLately(health, now, rules)) return 'unknown';
  if (health.started && !fresh.some(isExcused)) return 'healthy';
  return now - health.startingSince < rules.timing.graceMs ? 'starting' : 'unknown';
}

/**
 * Since when the target is in its state at `now`, epoch ms. Where that has changed only because something went stale, it is
 * not known for any time yet: the next outcome dates it.
 */
export function stateSince(health: Health, now: number, rules: HealthRules): number {
  return healthAt(health, now, rules) === health.state ? health.since : now;
}

/** When a check was last answered, be it that the target is full, epoch ms; null where it never was. */
export function answeredAt({ lastClass, lastAt, answeredAt, failingSince }: CheckHealth): number | null {
  if (lastClass === 'ok' || lastClass === 'saturated') return lastAt;
  // Items of older versions do not say: it was answered until it failed.
  return answeredAt === undefined ? failingSince : answeredAt;
}

/** It failed, and was not blamed since its server was starting: no failure yet, and no health either. */
export function isExcused({ lastClass, failures }: CheckHealth): boolean {
  return (lastClass === 'failed' || lastClass === 'starting') && failures === 0;
}

function isDead(check: CheckHealth, health: Health, now: number, rules: HealthRules): boolean {
  if (!check.bad || check.failures < rules.thresholds.replaceAfter) return false;
  // Pending work without tokens is only a hang once it has lasted (long prefills look the same at first).
  if (check.lastReason !== 'hung') return true;
  const stuckSince = health.progress ? health.progress.stuckSince : check.failingSince;
  return stuckSince !== null && now - stuckSince >= rules.timing.noProgressMs;
}

/** How long an outcome counts, ms. */
export function freshFor(kind: CheckKind, timing: HealthRules['timing']): number {
  return timing.freshMs + (kind === 'deep' ? timing.deepIntervalMs : 0);
}

/** It was answered, and not so long ago that the answer would be stale. */
function answersLately({ checks }: Health, now: number, rules: HealthRules): boolean {
  return checkKinds.some((kind) => {
    const check = checks[kind];
    const at = check ? answeredAt(check) : null;
    return at !== null && now - at <= freshFor(kind, rules.timing);
  });
}

/**
 * The checks that count now, and those that lapsed: stale, and either a generation or a check that failed when it was last
 * asked. One that failed takes with it what others said before: the generation of half a minute ago says nothing of a node
 * that has refused connections since.
 */
function sortChecks(
  health: Health,
  now: number,
  rules: HealthRules,
): { fresh: CheckHealth[]; lapsed: CheckKind[] } {
  const fresh: CheckHealth[] = [];
  const lapsed: CheckKind[] = [];
  let failedAt = 0;
  for (const kind of checkKinds) {
    const check = health.checks[kind];
    if (!check) continue;
    const fails = check.bad || check.failures > 0;
    if (now - check.lastAt <= freshFor(kind, rules.timing)) fresh.push(check);
    else {
      if (fails) failedAt = Math.max(failedAt, check.lastAt);
      if (fails || kind === 'deep') lapsed.push(kind);
    }
  }
  return { fresh: failedAt === 0 ? fresh : fresh.filter((check) => check.lastAt > failedAt), lapsed };
}

/** The fresh check that speaks worst of the target: what to quote when asked why. */
export function worstCheck(health: Health, now: number, rules: HealthRules): CheckHealth | null {
  // A failure that its start excuses says less than one that counts.
  const rank = (check: CheckHealth) =>
    (check.bad ? 3 : 0) + (check.lastClass === 'ok' ? 0 : isExcused(check) ? 1 : 2);
  const [first, second] = sortChecks(health, now, rules).fresh;
  if (!first || !second) return first ?? null;
  return rank(second) > rank(first) ? second : first;
}

/** Its last outcome failed, and nothing that was heard since says that this is over. */
export function failsNow({ failures, over }: CheckHealth): boolean {
  return failures > 0 && !over;
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
