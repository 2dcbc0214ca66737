import type { Guard } from './guard.ts';

/**
 * The owner's policy for this move. `observe` decides and tells, and acts on nothing; `approve` lets the move begin
 * and wait for a person; a person who starts a move has approved it.
 */
export const approval: Guard = {
  name: 'approval',
  yieldsToForce: true,
  object(candidate, { settings }) {
    if (candidate.verb !== 'automatic' || settings.policy[candidate.move] !== 'observe') return null;
    return {
      because: `the policy of ${candidate.move} is observe`,
      unblock: `a person starts it, or policy.${candidate.move} becomes approve or automatic`,
    };
  },
};
