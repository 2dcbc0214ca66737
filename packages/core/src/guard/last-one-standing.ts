import type { ZoneName } from '../ids.ts';
import { contains } from '../move.ts';
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
    const left = standing(context).filter(
      (n) => !contains(subject, { kind: 'node', region: context.snapshot.cell, zone: n.zone, node: n.node }),
    );
    if (left.length > 0) return null;
    const others = subject.kind === 'node' ? 'node' : 'zone with a healthy node';
    return {
      because: `no other ${others} would be left in ${subject.region}`,
      unblock: `needs another healthy ${subject.kind}`,
    };
  },
};

/** Healthy nodes that take traffic now: not in a zone that is shifted away, not in the middle of another move. */
function standing({ snapshot, verdicts, planned, settings }: GuardContext) {
  const ids = new Map(settings.regions.flatMap((r) => r.zones.map((z) => [z.id, z.name] as const)));
  const shifted = new Set<ZoneName | undefined>(snapshot.shifts?.map((s) => ids.get(s.awayFrom)));
  const moving = [
    ...snapshot.incidents.filter((i) => i.closedAt === null && i.move !== 'fail-back'),
    ...planned,
  ];
  return verdicts.nodes.filter(
    (n) =>
      n.verdict === 'healthy' &&
      !shifted.has(n.zone) &&
      !moving.some((m) =>
        contains(m.subject, { kind: 'node', region: snapshot.cell, zone: n.zone, node: n.node }),
      ),
  );
}
