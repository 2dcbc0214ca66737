import { type Incident, subjectPath } from '@evac/core';
import type { Invariant } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { sayMove, sayMs } from './say.ts';

const dayMs = 86_400_000;

/**
 * The same subject is not moved again before its cooldown, which counts from the end of the last move on it and grows by
 * `cooldownGrowth` with each of the same move within a day. A move that was refused (unless a person declined it),
 * handed over to a larger one, or ended with a restart cools nothing; `force` does not wait.
 */
export const noFlapping = (): Invariant =>
  atAdmissions('no-flapping', ({ incident, region, at }, { truth, ledger }) => {
    if (incident.verb === 'force') return null;
    const path = subjectPath(incident.subject);
    const before = ledger
      .incidents(region)
      .filter((i) => i.id !== incident.id && subjectPath(i.subject) === path && cools(i, at));
    const last = before.toSorted((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0))[0];
    if (last?.closedAt == null) return null;
    const { cooldownMs, cooldownGrowth } = truth.service.limits;
    const repeats = before.filter((i) => i.move === incident.move).length;
    const wantedMs = cooldownMs * cooldownGrowth ** Math.max(0, repeats - 1);
    const passedMs = at - last.closedAt;
    // Its cell's clock may be ahead of the one that this goes by.
    const aheadMs = Math.max(0, truth.scene.world.skewMs[region] ?? 0);
    if (passedMs + aheadMs >= wantedMs) return null;
    return `${sayMove(incident)} was admitted ${sayMs(passedMs)} after ${sayMove(last)} ended (${last.outcome}), within its cooldown of ${sayMs(wantedMs)} (${repeats} ${incident.move} of it ended within a day)`;
  });

function cools({ closedAt, outcome, events }: Incident, at: number): boolean {
  if (closedAt === null || at - closedAt >= dayMs || outcome === 'subsumed') return false;
  if (events.some((e) => e.step === 'restarted' && e.phase === 'done')) return false;
  return outcome !== 'refused' || events.some((e) => e.step === 'approval');
}
