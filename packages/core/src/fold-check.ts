import type { CheckHealth, Health, HealthRules } from './health.ts';
import { answeredAt } from './health-at.ts';
import type { Outcome, OutcomeClass, Reason } from './outcome.ts';

const isFailure = (found: OutcomeClass) => found === 'failed' || found === 'starting';
const isAnswer = (found: OutcomeClass) => found === 'ok' || found === 'saturated';

/** What one check has found of late, after one more outcome; `inGrace` is whether a startup excuses a failure. */
export function foldCheck(
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

/**
 * Marks what a check found last and what the other one shows to be over. Nothing is cleared by it.
 *
 * A generation that was refused because the model was loading, or for which there was no connection, was refused by the same
 * server that `/health` found failing: once that is answered again, this is over, as long as it does not fail anew. A generation
 * waits longer for its connection, and may tell of it when `/health` is back already. Whether it generates is not known yet; and
 * one whose `/health` was well all along fails until it has generated (docs/facts.md: `/health` says nothing of the engine).
 *
 * The other way round, a server that has generated since works, whatever its `/health` said before. Where generations are asked
 * for nearly as often as rounds are made, `/health` is not asked again for a while.
 */
export function markOver(checks: Health['checks']): Health['checks'] {
  const { shallow, deep } = checks;
  if (!shallow || !deep) return checks;
  const hasGenerated = deep.lastClass === 'ok' && deep.lastAt > shallow.lastAt;
  // The word of "loading" comes at once, and is news of a server that answers by then.
  const from = deep.lastClass === 'starting' ? deep.lastAt : deep.lastAt - deep.latencyMs;
  const isBack = isAnswer(shallow.lastClass) && shallow.backAt !== undefined && shallow.backAt > from;
  const marked = {
    shallow: withOver(shallow, isFailure(shallow.lastClass) && hasGenerated),
    deep: withOver(deep, neverBegan(deep) && isBack),
  };
  return marked.shallow === shallow && marked.deep === deep ? checks : { ...checks, ...marked };
}

function withOver(check: CheckHealth, isOver: boolean): CheckHealth {
  if ((check.over === true) === isOver) return check;
  const { over: _, ...last } = check;
  return isOver ? { ...last, over: true } : last;
}

const neverBegan = ({ lastClass, lastReason }: CheckHealth) =>
  lastClass === 'starting' || (lastClass === 'failed' && noConnection.has(lastReason));
const noConnection: ReadonlySet<Reason> = new Set<Reason>(['connect-refused', 'connect-timeout']);
