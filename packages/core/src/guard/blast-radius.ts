import type { Candidate } from '../move.ts';
import type { Guard } from './guard.ts';

const hour = 3_600_000;

/** How much may be out because of us, and how often we may act. */
export const blastRadius: Guard = {
  name: 'blast-radius',
  yieldsToForce: false,
  object(candidate, { snapshot, settings, planned, now }) {
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
    const beside = open.filter((o) => o.move === candidate.move);
    if (kind === 'node') {
      const nodes = snapshot.fleet?.nodes.filter((n) => n.lifecycle === 'in-service').length ?? 0;
      const allowed = Math.max(1, Math.floor(limits.maxShare * nodes));
      const out = beside.filter((o) => o.subject.region === region).length;
      if (out < allowed) return null;
      return {
        because: `${out} of ${nodes} nodes are already being replaced, at most ${allowed} may`,
        unblock: 'clears when one of them closes',
      };
    }
    const shifted = kind === 'zone' ? (snapshot.shifts?.length ?? 0) : 0;
    const switched =
      kind === 'region' ? snapshot.regions.filter((r) => r.switchedOff && r.region !== region).length : 0;
    const others = Math.max(beside.length, shifted, switched);
    if (others === 0) return null;
    return {
      because: `${others} ${kind} is already out, at most one may be`,
      unblock: 'clears when it is back',
    };
  },
};
