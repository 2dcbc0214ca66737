import { isHeld } from '../incident.ts';
import { subjectPath } from '../move.ts';
import type { Guard } from './guard.ts';

/** One move at a time on one subject. A zone that is evacuated and held may be failed back: that ends the hold. */
export const lease: Guard = {
  name: 'lease',
  yieldsToForce: false,
  object(candidate, { snapshot }) {
    const path = subjectPath(candidate.subject);
    const open = snapshot.incidents.find((i) => i.closedAt === null && subjectPath(i.subject) === path);
    if (!open) return null;
    if (isHeld(open) && candidate.move === 'fail-back') return null;
    return {
      because: `${open.id} holds the lease on ${path}`,
      unblock: 'clears when it closes or its lease expires',
    };
  },
};
