import { describe, expect, it } from 'vitest';
import { foldHealth, type Health, newHealth } from './health.ts';
import { checksToConfirm, failsNow, healthAt, stateSince, worstCheck } from './health-at.ts';
import { targetId, vantageId } from './ids.ts';
import type { Finding, Outcome, Progress } from './outcome.ts';
import { outcome, settings } from './testing/snapshot.ts';

const rules = { ...settings(), deep: settings().shallow };
const launched = 1_000_000;
const old = launched + rules.timing.graceMs + 1;
const fresh = () => newHealth(targetId('node/i-a1'), vantageId('in/a'), launched);
const ok = (at: number) => outcome({ at });
const bad = (at: number) => outcome({ at, class: 'failed' });
const is = (at: number, finding: Finding, progress?: Progress): Outcome => ({
  ...ok(at),
  ...finding,
  ...(progress ? { progress } : {}),
});
const saturated: Finding = { class: 'saturated', reason: 'busy' };
const loading: Finding = { class: 'starting', reason: 'loading' };
const notFound: Finding = { class: 'misconfigured', reason: 'not-found' };
const blind: Finding = { class: 'unknown', reason: 'vantage-blind' };
const hung: Finding = { class: 'failed', reason: 'hung' };

/** Folds outcomes made by `steps`, one second apart from `from`. */
function fold(steps: ((at: number) => Outcome)[], from = old, start: Health = fresh()): Health {
  return steps.reduce((health, step, i) => foldHealth(health, step(from + i * 1_000), rules), start);
}
const wellKnown = () => fold([ok, ok, ok]);
/** The same, a minute after what was known. */
const after = (health: Health, ...steps: ((at: number) => Outcome)[]) =>
  fold(steps, Math.max(...Object.values(health.checks).map((c) => c.lastAt)) + 58_000, health);

describe('health with hysteresis', () => {
  it('is unknown until healthyAfter successes, then healthy', () => {
    expect([fold([]).state, fold([ok, ok]).state, fold([ok, ok, ok]).state]).toEqual([
      'unknown',
      'unknown',
      'healthy',
    ]);
  });
  it('remembers how long the answer took, or the first token where it streamed', () => {
    const latencies = [{}, { firstTokenMs: 120 }].map((more) => {
      const health = fold([(at) => ({ ...ok(at), latencyMs: 900, ...more })]);
      return health.checks.shallow?.latencyMs;
    });
    expect(latencies).toEqual([900, 120]);
  });
  it('one failure changes nothing, drainAfter fail it, replaceAfter kill it', () => {
    const states = [1, 2, 3, 4].map((n) => fold([ok, ok, ok, ...Array<typeof bad>(n).fill(bad)]).state);
    expect(states).toEqual(['healthy', 'failing', 'failing', 'dead']);
  });
  it('a success between failures ends the run', () => {
    expect(after(wellKnown(), bad, ok, bad, ok, bad).state).toBe('healthy');
  });
  it('is cleared only by healthyAfter successes in a row', () => {
    const failing = after(wellKnown(), bad, bad);
    expect(after(failing, ok, ok).state).toBe('failing');
    expect(after(failing, ok, ok, bad, ok, ok).state).toBe('failing');
    expect(after(failing, ok, ok, ok).state).toBe('healthy');
  });
  it('counts to dead anew after a success in a failing target', () => {
    expect(after(wellKnown(), bad, bad, bad, ok, bad).state).toBe('failing');
  });
  it('remembers since when it is in its state', () => {
    expect(after(wellKnown(), bad, bad, bad).since).toBe(old + 61_000);
  });
  it('keeps the start of a run of failures until it is cleared', () => {
    expect(after(wellKnown(), bad, bad, ok).checks.shallow?.failingSince).toBe(old + 60_000);
    expect(after(wellKnown(), bad, ok).checks.shallow?.failingSince).toBeNull();
  });
  it('a deep check fails the target although the shallow one is fine', () => {
    const deep = (at: number) => outcome({ at, check: 'deep', class: 'failed' });
    const health = after(wellKnown(), ok, deep, ok, deep);
    expect(health.state).toBe('failing');
    expect(worstCheck(health, old + 63_000, rules)?.lastClass).toBe('failed');
  });
  it('a failure that counts says more than one that the start has excused', () => {
    const deep = (at: number) => outcome({ at, check: 'deep', class: 'failed' });
    const over = launched + rules.timing.graceMs;
    const grown = fold([(at) => bad(at - 2_000), deep], over);
    expect(worstCheck(grown, over + 1_000, rules)?.failures).toBe(1);
  });
});

describe('what is not a failure', () => {
  it('unknown, late and repeated outcomes change nothing at all', () => {
    const health = wellKnown();
    expect(foldHealth(health, is(old + 9_000, blind), rules)).toBe(health);
    expect(foldHealth(health, bad(old + 2_000), rules)).toBe(health);
    expect(foldHealth(health, bad(old), rules)).toBe(health);
  });
  it('saturation ends a run of failures, and is no success', () => {
    const health = after(wellKnown(), bad, (at) => is(at, saturated), bad);
    expect(health.state).toBe('healthy');
    expect(after(wellKnown(), (at) => is(at, saturated)).state).toBe('saturated');
  });
  it('saturation does not clear a target that was judged bad', () => {
    const health = after(wellKnown(), bad, bad, (at) => is(at, saturated));
    expect(health.state).toBe('failing');
    expect(health.checks.shallow?.failingSince).toBe(old + 60_000);
  });
  it('a wrong probe is unknown, however often', () => {
    const wrong = (at: number) => is(at, notFound);
    expect(after(wellKnown(), wrong, wrong, wrong, wrong, wrong).state).toBe('unknown');
  });
});

describe('starting', () => {
  it('forgives everything within the grace of the launch', () => {
    const health = fold([bad, bad, bad, bad, (at) => is(at, loading)], launched + 1_000);
    expect(health.state).toBe('starting');
  });
  it('forgives nothing once it was healthy, although the grace is not over', () => {
    const young = fold([ok, ok, ok], launched + 1_000);
    expect(fold([bad, bad], launched + 10_000, young).state).toBe('failing');
  });
  it('a restart that says it is loading starts a new grace', () => {
    const restarted = after(
      wellKnown(),
      (at) => is(at, loading),
      (at) => is(at, loading),
      (at) => is(at, loading),
    );
    expect(restarted.state).toBe('starting');
    expect(restarted.startingSince).toBe(old + 60_000);
  });
  it('loading for longer than the grace is a failure', () => {
    const step = (at: number) => is(at, loading);
    expect(fold([step, step], old).state).toBe('failing');
  });
  it('one that was up when it was first asked may restart before it was healthy, once', () => {
    const step = (at: number) => is(at, loading);
    const restarted = fold([ok, ok, bad, step, step]);
    expect(restarted).toMatchObject({ state: 'starting', startingSince: old + 3_000 });
    const tooLong = old + 3_000 + rules.timing.graceMs;
    expect(fold([step, step], tooLong, restarted).state).toBe('failing');
    expect(fold([ok, ok, step, step], tooLong, restarted).state).toBe('failing');
    expect(fold([bad, step], old).state).toBe('failing');
  });
  it('one that had loaded may restart before it was asked to generate again', () => {
    const step = (at: number) => is(at, loading);
    const generation = (at: number) => ({ ...is(at, loading), check: 'deep' as const });
    const loaded = fold([step, generation, ok, ok, ok], launched + 1_000);
    expect(loaded.state).toBe('starting');
    const restarted = fold([step, step], old, loaded);
    expect(restarted).toMatchObject({ startingSince: old, checks: { shallow: { failures: 0, bad: false } } });
    expect(fold([step, step], old + rules.timing.graceMs, restarted).state).toBe('failing');
    // Back only for a moment: that is no second start.
    const briefly = fold([step, generation, ok], launched + 1_000);
    expect(fold([step, step], old, briefly).state).toBe('failing');
  });
  it('generations that are told for ever that it loads are excused for the grace, however well its /health is', () => {
    const generation = (at: number) => ({ ...is(at, loading), check: 'deep' as const });
    const stateAt = (ms: number) => {
      let health = wellKnown();
      for (let at = old + 10_000; at <= old + 10_000 + ms; at += rules.timing.deepIntervalMs) {
        health = fold([generation, ok, ok, ok, ok], at, health);
      }
      return health.state;
    };
    const { graceMs, deepIntervalMs } = rules.timing;
    expect([0, graceMs / 2, graceMs - deepIntervalMs].map(stateAt)).toEqual(Array(3).fill('starting'));
    expect([graceMs + 2 * deepIntervalMs, 3 * graceMs].map(stateAt)).toEqual(['failing', 'dead']);
  });
  it('is over when the grace is, if nothing was heard', () => {
    const young = fold([bad], launched + 1_000);
    expect(healthAt(young, launched + 2_000, rules)).toBe('starting');
  });
});

describe('loading for too long, and then answering', () => {
  const refuses = (at: number) => is(at, loading);
  const generation = (at: number) => ({ ...is(at, loading), check: 'deep' as const });
  const deep = (at: number) => outcome({ at, check: 'deep' });
  const tooLong = fold([refuses, generation, refuses, generation]);
  const isFailing = (health: Health) => {
    const worst = worstCheck(health, Math.max(...Object.values(health.checks).map((c) => c.lastAt)), rules);
    return worst !== null && failsNow(worst);
  };
  const then = (...steps: Parameters<typeof fold>[0]) => fold(steps, old + 10_000, tooLong);

  it('fails no more for what its generations were told meanwhile, and is not cleared', () => {
    expect(isFailing(tooLong)).toBe(true);
    expect(isFailing(then(ok))).toBe(false);
    expect(then(ok, ok, ok, ok).state).toBe('failing');
    expect(isFailing(then((at) => is(at, saturated)))).toBe(false);
    expect(then(ok, ok, ok, deep, deep, deep).state).toBe('healthy');
  });
  it('fails no more for what its /health said before it generated, until that is asked again', () => {
    const full = (at: number) => ({ ...is(at, saturated), check: 'deep' as const });
    expect([then(deep), then(full), then(deep, refuses), then(deep, generation)].map(isFailing)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(then(deep, deep, deep).state).toBe('failing');
  });
  it('fails again with the next generation that is refused, and whenever /health is', () => {
    expect(isFailing(then(ok, generation, ok))).toBe(true);
    expect([then(ok, refuses), then(ok, ok, ok, refuses), then(ok, ok, ok, bad)].map(isFailing)).toEqual([
      true,
      true,
      true,
    ]);
  });
  it('fails on though /health is well, where that always was or the generation was not told that it loads', () => {
    const excused = fold([ok, generation, ok]);
    const wellAllAlong = fold([ok, generation, ok, generation, ok], old + rules.timing.graceMs * 2, excused);
    expect(wellAllAlong.state).toBe('failing');
    expect(isFailing(wellAllAlong)).toBe(true);
    const silent = (at: number) => outcome({ at, check: 'deep', class: 'failed', reason: 'no-tokens' });
    expect(isFailing(fold([ok, ok, ok, bad, silent, bad, silent, ok, ok, ok, ok]))).toBe(true);
  });
  it('fails no more for a generation that waited for its connection while /health came back', () => {
    const waited = (at: number) =>
      outcome({ at, check: 'deep', class: 'failed', reason: 'connect-timeout', latencyMs: 2_500 });
    const down = [ok, ok, ok, bad, waited, bad, waited];
    expect(isFailing(fold(down))).toBe(true);
    expect(isFailing(fold([...down, ok]))).toBe(false);
    expect(isFailing(fold([...down, ok, ok, waited]))).toBe(false);
    // Asked after that, or while /health was well all along, it is another failure.
    expect(isFailing(fold([...down, ok, ok, ok, waited]))).toBe(true);
    expect(isFailing(fold([...down, ok, bad]))).toBe(true);
    expect(isFailing(fold([ok, ok, ok, waited, waited, ok]))).toBe(true);
    expect(fold([...down, ok, ok, ok]).state).toBe('failing');
  });
});

describe('freshness', () => {
  it('is unknown when every check is stale', () => {
    expect(healthAt(wellKnown(), old + 2_000 + rules.timing.freshMs, rules)).toBe('healthy');
    expect(healthAt(wellKnown(), old + 2_001 + rules.timing.freshMs, rules)).toBe('unknown');
    expect(worstCheck(wellKnown(), old + 99_000, rules)).toBeNull();
  });
  it('a check that went stale while it was bad takes with it what others said before', () => {
    const deep = (at: number) => outcome({ at, check: 'deep' });
    const failing = fold([ok, ok, ok, deep, bad, bad]);
    const silent = old + 5_001 + rules.timing.freshMs;
    expect(healthAt(failing, silent - 1, rules)).toBe('failing');
    expect(healthAt(failing, silent, rules)).toBe('unknown');
    expect(worstCheck(failing, silent, rules)).toBeNull();
    expect(healthAt(fold([deep], silent, failing), silent, rules)).toBe('healthy');
  });
  it('a generation that failed is not healthy by /health alone, however long ago it was', () => {
    const failed = (at: number) => ({ ...bad(at), check: 'deep' as const });
    const failing = fold([ok, ok, ok, failed, failed]);
    const stale = old + 5_001 + rules.timing.freshMs + rules.timing.deepIntervalMs;
    expect(healthAt(failing, old + 5_000, rules)).toBe('failing');
    expect(healthAt(fold([ok, ok, ok, ok], stale, failing), stale + 3_000, rules)).toBe('unknown');
    const once = fold([ok, ok, ok, failed]);
    expect(healthAt(once, old + 5_000, rules)).toBe('healthy');
    expect(healthAt(fold([ok, ok, ok, ok], stale, once), stale + 3_000, rules)).toBe('unknown');
    const deep = (at: number) => outcome({ at, check: 'deep' });
    expect(healthAt(fold([deep, deep, deep], stale, failing), stale + 3_000, rules)).toBe('healthy');
  });
  it('one that nobody has asked to generate lately is not healthy by /health alone, though it never failed', () => {
    const deep = (at: number) => outcome({ at, check: 'deep' });
    const well = fold([deep, ok, ok, ok]);
    const stale = old + 1 + rules.timing.freshMs + rules.timing.deepIntervalMs;
    const answers = (from: number) => fold([ok, ok, ok], from, well);
    expect(healthAt(answers(stale - 3_001), stale - 1, rules)).toBe('healthy');
    expect(healthAt(answers(stale - 2_000), stale, rules)).toBe('unknown');
    expect(healthAt(fold([bad, bad], stale, answers(stale - 3_000)), stale + 1_000, rules)).toBe('failing');
    expect(healthAt(fold([deep], stale, answers(stale - 3_000)), stale, rules)).toBe('healthy');
    // Nobody asks for generations: there is none to wait for.
    expect(healthAt(fold([ok, ok, ok, ok]), old + 3_000, rules)).toBe('healthy');
  });
  it('a generation that is not asked for any more is forgotten with the next answer', () => {
    const failed = (at: number) => ({ ...bad(at), check: 'deep' as const });
    const failing = fold([ok, ok, ok, failed, failed]);
    const without = { ...rules, deep: null };
    expect(foldHealth(failing, ok(old + 5_000), without).state).toBe('healthy');
  });
  it('a target that refused connections is not healthy because its generation has failed only once since', () => {
    const failed = (at: number) => ({ ...bad(at), check: 'deep' as const });
    const down = fold([ok, ok, ok, bad, bad]);
    const stale = old + 4_001 + rules.timing.freshMs;
    expect(healthAt(fold([failed], stale, down), stale + 1_000, rules)).toBe('unknown');
  });
  it('after a silence, one that has only failed is not healthy until it answers', () => {
    expect(after(wellKnown(), bad).state).toBe('unknown');
    expect(after(wellKnown(), bad, ok).state).toBe('healthy');
    expect(after(wellKnown(), (at) => is(at, saturated), bad).state).toBe('healthy');
    const failed = (at: number) => ({ ...bad(at), check: 'deep' as const });
    expect(after(wellKnown(), failed).state).toBe('unknown');
    expect(after(wellKnown(), ok, failed).state).toBe('healthy');
  });
  it('a run of failures that is not confirmed outlasts health with the last answer', () => {
    const slowly = { ...rules, thresholds: { ...rules.thresholds, drainAfter: 9 } };
    const last = old + 2_000;
    const failing = [5_000, 10_000, 15_000, 20_000].map((ms) => bad(last + ms));
    const states = failing.map(
      (_, i) =>
        failing.slice(0, i + 1).reduce((health, step) => foldHealth(health, step, slowly), wellKnown()).state,
    );
    expect(states).toEqual(['healthy', 'healthy', 'healthy', 'unknown']);
  });
  it('what an older version wrote had answered until it failed', () => {
    const health = fold([bad], old + 3_000, wellKnown());
    const { answeredAt: _, ...check } = health.checks.shallow!;
    const written = { ...health, checks: { shallow: check } };
    expect(healthAt(written, old + 3_000 + rules.timing.freshMs, rules)).toBe('healthy');
    expect(fold([bad], old + 4_000, written).state).toBe('failing');
    expect(fold([ok], old + 4_000, written).state).toBe('healthy');
  });
  it('a server that started, and whose generations were wrong all along, is not healthy by /health', () => {
    const failed = (at: number) => ({ ...bad(at), check: 'deep' as const });
    const restarted = fold([(at) => is(at, loading), failed, ok, ok, ok], old + 60_000, wellKnown());
    expect(restarted.state).toBe('starting');
    expect(healthAt(restarted, old + 60_000 + rules.timing.graceMs, rules)).not.toBe('healthy');
    const deep = (at: number) => outcome({ at, check: 'deep' });
    expect(fold([deep], old + 66_000, restarted).state).toBe('healthy');
  });
  it('a state that came of staleness alone is dated by the next outcome', () => {
    const stale = old + 2_001 + rules.timing.freshMs;
    expect(stateSince(wellKnown(), stale - 1, rules)).toBe(wellKnown().since);
    expect(stateSince(wellKnown(), stale, rules)).toBe(stale);
  });
  it('a silence ends what was before it: health is dated by the answer that ends the silence', () => {
    expect(fold([ok], old + 5_000, wellKnown()).since).toBe(wellKnown().since);
    const back = after(wellKnown(), ok, ok);
    expect([back.state, back.since]).toEqual(['healthy', old + 60_000]);
  });
  it('a deep check keeps for its interval longer', () => {
    const health = fold([(at) => outcome({ at, check: 'deep' })]);
    expect(
      worstCheck(health, old + rules.timing.freshMs + rules.timing.deepIntervalMs, rules),
    ).not.toBeNull();
  });
});

describe('a hang', () => {
  const stuck = { tokens: 7, running: 1, waiting: 0 };
  const hang = (at: number) => is(at, hung, stuck);
  it('is failing at once, dead only when no token came for noProgress', () => {
    const health = after(wellKnown(), hang, hang, hang, hang);
    expect(health.state).toBe('failing');
    const later = fold([hang], old + 62_000 + rules.timing.noProgressMs, health);
    expect(later.state).toBe('dead');
  });
  it('a new token starts the wait anew', () => {
    const health = after(wellKnown(), hang, hang, hang, hang);
    const moved = foldHealth(health, is(old + 90_000, hung, { ...stuck, tokens: 8 }), rules);
    expect(moved.progress?.stuckSince).toBeNull();
    expect(fold([hang], old + 300_000, moved).state).toBe('failing');
  });
  it('an idle server is not stuck', () => {
    expect(
      after(wellKnown(), hang, (at) => is(at, hung, { tokens: 7, running: 0, waiting: 0 })).progress
        ?.stuckSince,
    ).toBeNull();
  });
  it('without counters counts from the first failure', () => {
    const plain = (at: number) => is(at, hung);
    const health = after(wellKnown(), plain, plain, plain, plain);
    expect(fold([plain], old + 60_000 + rules.timing.noProgressMs, health).state).toBe('dead');
  });
});

describe('what is asked again at once', () => {
  it('a first failure until it is dead, and a first success of a bad one', () => {
    const kinds = (health: Health) => checksToConfirm(health, rules);
    expect(kinds(wellKnown())).toEqual([]);
    expect(kinds(after(wellKnown(), bad))).toEqual(['shallow']);
    expect(kinds(after(wellKnown(), bad, bad, bad, bad))).toEqual([]);
    expect(kinds(after(wellKnown(), bad, bad, ok))).toEqual(['shallow']);
    expect(kinds(after(wellKnown(), bad, bad, ok, ok, ok))).toEqual([]);
    expect(kinds(after(wellKnown(), (at) => is(at, saturated)))).toEqual([]);
  });
});

it('keeps the last model and revision that a target named', () => {
  const named = foldHealth(fresh(), { ...ok(old), model: 'm', revision: 'r1' }, rules);
  expect(foldHealth(named, ok(old + 1), rules)).toMatchObject({ model: 'm', revision: 'r1' });
});
