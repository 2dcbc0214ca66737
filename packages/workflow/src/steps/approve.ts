import type { IncidentId, Store } from '@evac/core';
import { leaseMs } from './context.ts';
import { scopeOf } from './scope.ts';

/**
 * A person's answer to a move that waits for approval. Rejects with a sentence for that person when there is nothing
 * to answer.
 */
export async function approve(
  store: Store,
  answer: { incident: IncidentId; granted: boolean; by: string; reason: string },
): Promise<void> {
  const incident = await store.incident({ id: answer.incident });
  if (!incident) throw new Error(`there is no incident ${answer.incident} in this region`);
  const admitted = incident.events.some((e) => e.step === 'admit' && e.phase === 'done');
  const answered = incident.events.some((e) => e.step === 'approval' || e.step === 'await-approval');
  if (incident.closedAt !== null || !admitted || answered) {
    throw new Error(`incident ${answer.incident} does not wait for an approval`);
  }
  const scope = scopeOf(incident);
  const lease = await store.acquireLease({ scope, holder: incident.id, ttlMs: leaseMs });
  if (!lease) throw new Error(`another move has begun on ${scope}: see its incident`);
  const verb = answer.granted ? 'approved' : 'declined';
  await store.record({
    id: incident.id,
    scope,
    token: lease.token,
    ttlMs: leaseMs,
    event: {
      step: 'approval',
      phase: 'note',
      text: `${answer.by} ${verb}: ${answer.reason}`,
      data: { granted: answer.granted, by: answer.by },
    },
  });
}
