import type { NodeVerdict } from '../decision.ts';
import { contains } from '../move.ts';
import { formatDuration } from '../time.ts';
import type { Guard } from './guard.ts';

/**
 * A node (or zone) whose generations fail is only broken if others, asked the same since then, answer. Deep checks are
 * spread over their interval, so the first bad nodes of a bad release look like the only ones for a while; shallow
 * checks ask all nodes in a round, and need no such proof.
 */
export const contrast: Guard = {
  name: 'contrast',
  yieldsToForce: false,
  object({ move, subject }, { snapshot, verdicts, now }) {
    if (move === 'fail-back' || subject.kind === 'region') return null;
    const inside = (n: NodeVerdict) =>
      contains(subject, { kind: 'node', region: snapshot.cell, zone: n.zone, node: n.node });
    const failing = verdicts.nodes.filter(inside).flatMap((n) => n.failing ?? []);
    if (failing.length === 0 || failing.some((f) => f.check === 'shallow')) return null;
    const since = Math.min(...failing.map((f) => f.since));
    const others = verdicts.nodes.filter((n) => !inside(n) && n.verdict !== 'starting' && n.seeing > 0);
    const well = others.filter((n) => !n.suspect && (n.answeredAt.deep ?? 0) > since);
    const wanted = Math.max(1, Math.min(2, others.length));
    if (well.length >= wanted) return null;
    const ago = formatDuration(now - since);
    return {
      because: `${well.length} of ${others.length} other nodes have generated an answer in the ${ago} since generations began to fail here`,
      unblock: `${wanted} are asked now: the fault may be everywhere`,
    };
  },
};
