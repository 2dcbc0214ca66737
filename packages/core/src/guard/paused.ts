import { formatDuration } from '../time.ts';
import type { Guard } from './guard.ts';

/** A person's "do nothing now". Several may hold at once; an unreadable store counts as paused. */
export const paused: Guard = {
  name: 'paused',
  yieldsToForce: false,
  object(candidate, { snapshot, now }) {
    if (snapshot.pauses === null) {
      return {
        because: 'the store did not answer, so a pause may be in force',
        unblock: 'clears when the store answers',
      };
    }
    const holding = snapshot.pauses.filter(
      (p) =>
        (p.service === null || p.service === candidate.service) &&
        (p.move === null || p.move === candidate.move) &&
        (p.until === null || p.until > now),
    );
    if (holding.length === 0) return null;
    const reasons = holding.map(
      (p) =>
        `${p.by}: ${p.reason} (${p.until === null ? 'until ended' : `for ${formatDuration(p.until - now)} more`})`,
    );
    return {
      because: `held by ${reasons.join('; ')}`,
      unblock: `end ${holding.length === 1 ? 'the pause' : 'every pause'}`,
    };
  },
};
