import { formatDuration } from '../time.ts';
import type { Guard } from './guard.ts';

/**
 * A node whose generations fail is only broken if others, asked the same since then, answer. Deep checks are spread
 * over their interval, so the first bad node of a bad release looks like the only one for a while; shallow checks ask
 * all nodes in a round, and need no such proof.
 */
export const contrast: Guard = {
  name: 'contrast',
  yieldsToForce: false,
  object(candidate, { verdicts, now }) {
    if (candidate.move !== 'replace-node' || candidate.subject.kind !== 'node') return null;
    const id = candidate.subject.node;
    const failing = verdicts.nodes.find((n) => n.node === id)?.failing;
    if (failing?.check !== 'deep') return null;
    const others = verdicts.nodes.filter((n) => n.node !== id && n.verdict !== 'starting' && n.seeing > 0);
    const well = others.filter((n) => !n.suspect && (n.answeredAt.deep ?? 0) > failing.since);
    const wanted = Math.max(1, Math.min(2, others.length));
    if (well.length >= wanted) return null;
    return {
      because: `${well.length} of ${others.length} other nodes have generated an answer in the ${formatDuration(now - failing.since)} since ${id} began to fail`,
      unblock: `${wanted} are asked now: it may not be this node alone`,
    };
  },
};
