import type { ZoneName } from '../ids.ts';
import { type Candidate, contains } from '../move.ts';
import type { Guard, GuardContext } from './guard.ts';

/** Never the last healthy node, zone or region, whoever asks. */
export const lastOneStanding: Guard = {
  name: 'last-one-standing',
  yieldsToForce: false,
  object(candidate, context) {
    if (candidate.move === 'fail-back') return null;
    const { subject } = candidate;
    if (subject.kind === 'region') {
      const own = context.verdicts.nodes.filter((n) => n.verdict === 'healthy').length;
      if (own > 0) return null;
      return {
        because: `${context.snapshot.cell} has no healthy node to take over with`,
        unblock: 'needs a healthy node here',
      };
    }
    if (anotherStands(candidate, context)) return null;
    const others = subject.kind === 'node' ? 'healthy node' : 'zone with a healthy node';
    return {
      because: `no other ${others} would be left in ${subject.region}`,
      unblock: `needs another healthy ${subject.kind}`,
    };
  },
};

/** A healthy node outside of the subject takes traffic now: its zone is not shifted away, no other move is on it. */
function anotherStands(
  { subject }: Candidate,
  { snapshot, verdicts, planned, settings }: GuardContext,
): boolean {
  const region = snapshot.cell;
  const ids = new Map(settings.regions.flatMap((r) => r.zones.map((z) => [z.id, z.name] as const)));
  const shifted = new Set<ZoneName | undefined>(snapshot.shifts?.map((s) => ids.get(s.awayFrom)));
  const open = snapshot.incidents.filter((i) => i.closedAt === null && i.move !== 'fail-back');
  const moving = [subject, ...open.map((i) => i.subject), ...planned.map((p) => p.subject)];
  return verdicts.nodes.some(({ verdict, zone, node }) => {
    if (verdict !== 'healthy' || shifted.has(zone)) return false;
    return !moving.some((m) => contains(m, { kind: 'node', region, zone, node }));
  });
}
