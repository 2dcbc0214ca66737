import { lastEvent } from '../incident.ts';
import { subjectName, subjectPath } from '../move.ts';
import { formatDuration } from '../time.ts';
import type { Guard } from './guard.ts';

const day = 86_400_000;

/**
 * The same subject is not moved back and forth. Counted from the end of the last move on it, and longer each time it
 * is repeated within a day. A move that was refused at Admit did nothing and cools nothing, unless a person declined;
 * nor does one that ended with a restart: the next one replaces the node, and must not wait while it fails again.
 */
export const cooldown: Guard = {
  name: 'cooldown',
  yieldsToForce: true,
  object(candidate, { snapshot, settings, now }) {
    const path = subjectPath(candidate.subject);
    const ended = snapshot.incidents.flatMap((i) =>
      i.closedAt !== null && now - i.closedAt < day && subjectPath(i.subject) === path && cools(i)
        ? [{ incident: i, at: i.closedAt }]
        : [],
    );
    const last = ended.toSorted((a, b) => b.at - a.at)[0];
    if (!last) return null;
    const repeats = ended.filter((e) => e.incident.move === candidate.move).length;
    const wanted = settings.limits.cooldownMs * settings.limits.cooldownGrowth ** Math.max(0, repeats - 1);
    const left = last.at + wanted - now;
    if (left <= 0) return null;
    return {
      because: `${last.incident.move} of ${subjectName(candidate.subject)} ended ${formatDuration(now - last.at)} ago (${last.incident.outcome === 'refused' ? 'declined' : last.incident.outcome})`,
      unblock: `clear in ${formatDuration(left)}, or force`,
    };
  },
};

function cools(incident: Parameters<typeof lastEvent>[0]): boolean {
  if (incident.outcome === 'subsumed' || lastEvent(incident, 'restarted', 'done')) return false;
  return incident.outcome !== 'refused' || lastEvent(incident, 'approval') !== undefined;
}
