import { isFailedOver } from '../incident.ts';
import type { Candidate } from '../move.ts';
import type { Guard, GuardContext } from './guard.ts';

const hour = 3_600_000;

/** How much may be out because of us, and how often we may act. */
export const blastRadius: Guard = {
  name: 'blast-radius',
  yieldsToForce: false,
  object(candidate, context) {
    const { snapshot, settings, planned, now } = context;
    const { limits } = settings;
    const begun =
      snapshot.incidents.filter((i) => now - i.openedAt < hour && i.outcome !== 'refused').length +
      planned.length;
    if (begun >= limits.maxMovesPerHour) {
      return {
        because: `${begun} moves began within the last hour, at most ${limits.maxMovesPerHour} may`,
        unblock: 'wait, or raise limits.maxMovesPerHour',
      };
    }
    if (candidate.move === 'fail-back') return null;
    const { kind, region } = candidate.subject;
    const open: Pick<Candidate, 'move' | 'subject'>[] = [
      ...snapshot.incidents.filter((i) => i.closedAt === null),
      ...planned,
    ];
    const alike = open.filter((o) => o.move === candidate.move);
    // What another region's cell has moved there takes nothing from what serves here.
    const beside = kind === 'region' ? alike : alike.filter((o) => o.subject.region === region);
    if (kind === 'node') {
      const nodes = snapshot.fleet?.nodes.filter((n) => n.lifecycle === 'in-service').length ?? 0;
      const allowed = Math.max(1, Math.floor(limits.maxShare * nodes));
      if (beside.length < allowed) return null;
      return {
        because: `${beside.length} of ${nodes} nodes are already being replaced, at most ${allowed} may`,
        unblock: 'clears when one of them closes',
      };
    }
    const out = kind === 'zone' ? (snapshot.shifts?.length ?? 0) : regionsOut(region, context).length;
    const others = Math.max(beside.length, out);
    if (others === 0) return null;
    return {
      because: `${others} ${kind} is already out, at most one may be`,
      unblock: 'clears when it is back',
    };
  },
};

/**
 * Regions other than this one that a failover has taken out and no fail-back has returned. The deciding region too: of
 * two that each turn the other's switch, Route 53 answers with both. By weights it comes back in with the same change.
 * Whoever has taken a region out may be dark itself, and its record with it: no weight in DNS says as much.
 */
function regionsOut(subject: string, { snapshot, settings }: GuardContext): string[] {
  const { cell, incidents } = snapshot;
  const own = new Map<string, number>(settings.regions.map((r) => [r.region, r.weight]));
  return snapshot.regions
    .filter(({ region }) => region !== subject && (region !== cell || settings.dns?.control === 'switch'))
    .filter(({ region, switchedOff, weight }) => {
      const hasLostItsWeight = region !== cell && weight === 0 && (own.get(region) ?? 0) > 0;
      return switchedOff || hasLostItsWeight || isFailedOver(region, incidents);
    })
    .map(({ region }) => region);
}
