import { contains } from '../move.ts';
import type { Guard } from './guard.ts';

/** Survivors must be able to carry the load: by count, and not if they say that they are full already. */
export const capacity: Guard = {
  name: 'capacity',
  yieldsToForce: false,
  object(candidate, { snapshot, settings, verdicts }) {
    if (candidate.move === 'fail-back') return null;
    const { subject } = candidate;
    const survivors = verdicts.nodes.filter(
      (n) =>
        (n.verdict === 'healthy' || n.verdict === 'saturated') &&
        !contains(subject, { kind: 'node', region: snapshot.cell, zone: n.zone, node: n.node }),
    );
    const full = survivors.filter((n) => n.verdict === 'saturated').length;
    if (survivors.length > 0 && full > survivors.length / 2) {
      return {
        because: `${full} of ${survivors.length} survivors are saturated`,
        unblock: 'scale out first',
      };
    }
    const wanted =
      subject.kind === 'region'
        ? verdicts.nodes.length
        : (snapshot.fleet?.groups.reduce((n, g) => n + g.desired, 0) ?? 0);
    const share = settings.limits.capacityShare;
    if (wanted > 0 && survivors.length >= share * wanted) return null;
    return {
      because: `${survivors.length} of ${wanted} nodes ${subject.kind === 'region' ? 'here can serve' : 'would be left'}, the service needs ${Math.round(share * 100)}%`,
      unblock: 'add nodes, or lower limits.capacityShare',
    };
  },
};
