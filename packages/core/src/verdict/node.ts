import type { NodeVerdict } from '../decision.ts';
import type { Health, HealthRules, HealthState } from '../health.ts';
import { failingSince, failsNow, healthAt, stateSince, worstCheck } from '../health-at.ts';
import { checkKinds } from '../outcome.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Target } from '../target.ts';

/**
 * What the vantages of this cell together say of each node. `failing` and `dead` need a strict majority of the
 * vantages that can see it, and at least two where there are two: one vantage may be the one that is broken.
 */
export function nodeVerdicts(snapshot: Snapshot, rules: HealthRules, now: number): NodeVerdict[] {
  const blind = new Set(snapshot.vantages.filter((v) => v.blind).map((v) => v.id));
  const needed = voicesNeeded(snapshot);
  const byTarget = Map.groupBy(
    snapshot.health.filter((h) => !blind.has(h.vantage)),
    (h) => h.target,
  );
  return snapshot.targets
    .filter((t): t is Extract<Target, { kind: 'node' }> => t.kind === 'node' && t.region === snapshot.cell)
    .map((target) => judgeNode(target, byTarget.get(target.id) ?? [], needed, rules, now));
}

/** How many of this cell's vantages have to say the same of a node: two where there are two. */
export function voicesNeeded({ vantages, cell }: Pick<Snapshot, 'vantages' | 'cell'>): number {
  return Math.min(2, vantages.filter((v) => v.region === cell && v.zone !== null).length);
}

function judgeNode(
  target: Extract<Target, { kind: 'node' }>,
  healths: Health[],
  needed: number,
  rules: HealthRules,
  now: number,
): NodeVerdict {
  const votes = healths
    .map((health) => ({ health, state: healthAt(health, now, rules), worst: worstCheck(health, now, rules) }))
    .filter((vote) => vote.worst !== null);
  const count = (...states: HealthState[]) => votes.filter((vote) => states.includes(vote.state)).length;
  const wins = (n: number) => n > votes.length / 2 && n >= needed;
  const bad = count('failing', 'dead');
  const verdict = wins(count('dead')) ? 'dead' : wins(bad) ? 'failing' : (majority(votes, bad) ?? 'unknown');
  const speaking =
    votes.find((v) => v.state === 'dead') ??
    votes.find((v) => v.state === 'failing') ??
    votes.find((v) => v.worst?.lastClass !== 'ok') ??
    votes[0];
  const failing = longestFailing(healths);
  return {
    node: target.node,
    zone: target.zone,
    verdict,
    bad,
    // One failed outcome is no verdict, but several nodes with one each are the first sign of a zone.
    suspect:
      votes.filter((v) => v.state !== 'starting' && v.worst && failsNow(v.worst)).length > votes.length / 2,
    seeing: votes.length,
    class: speaking?.worst?.lastClass ?? 'unknown',
    reason: speaking?.worst?.lastReason ?? 'skipped',
    detail: speaking?.worst?.lastDetail ?? 'nobody could ask it lately',
    failing,
    answeredAt: answeredAt(healths),
    // The incident is named by it: it must not move when failing becomes dead, or one more vantage agrees.
    since:
      bad > 0 && failing ? failing.since : Math.max(0, ...votes.map((v) => stateSince(v.health, now, rules))),
  };
}

function longestFailing(healths: Health[]): NodeVerdict['failing'] {
  const first = healths.flatMap((h) => failingSince(h) ?? []).toSorted((x, y) => x.since - y.since)[0];
  if (!first) return null;
  const failures = healths.flatMap(({ checks }) => {
    const check = checks[first.check];
    return check && check.failures > 0 ? [check.lastAt] : [];
  });
  return { ...first, lastAt: Math.max(first.since, ...failures) };
}

/** Confirmed by several outcomes and failing now; one that has begun to answer again is not moved for what it was. */
export function isConfirmed({ verdict, suspect }: NodeVerdict): boolean {
  return suspect && (verdict === 'failing' || verdict === 'dead');
}

function answeredAt(healths: Health[]): NodeVerdict['answeredAt'] {
  const latest: NodeVerdict['answeredAt'] = {};
  for (const { checks } of healths) {
    for (const kind of checkKinds) {
      const check = checks[kind];
      if (check?.lastClass === 'ok') latest[kind] = Math.max(latest[kind] ?? 0, check.lastAt);
    }
  }
  return latest;
}

/** The state that more than half of those who see it agree on; bad votes without a quorum leave it unknown. */
function majority(votes: { state: HealthState }[], bad: number): HealthState | null {
  for (const state of ['healthy', 'saturated', 'starting'] as const) {
    const agreeing = votes.filter(
      (v) => v.state === state || (state === 'saturated' && v.state === 'healthy'),
    ).length;
    if (agreeing > votes.length / 2 && agreeing > bad) return state;
  }
  return null;
}
