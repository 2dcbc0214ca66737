import { type Incident, isHeld } from '../incident.ts';
import { subjectPath } from '../move.ts';
import type { Guard } from './guard.ts';

/** One move at a time on one subject. A zone that is evacuated and held may be failed back: that ends the hold. */
export const lease: Guard = {
  name: 'lease',
  yieldsToForce: false,
  object(candidate, { snapshot }) {
    const path = subjectPath(candidate.subject);
    const isEnded = (i: Incident) => candidate.move === 'fail-back' && isHeld(i);
    const open = snapshot.incidents.find(
      (i) => i.closedAt === null && subjectPath(i.subject) === path && !isEnded(i),
    );
    if (!open) return null;
    return {
      because: `${open.id} holds the lease on ${path}`,
      unblock: 'clears when it closes or its lease expires',
    };
  },
};
