import type { Guard } from './guard.ts';

const hour = 3_600_000;

/** Too many of our own moves went wrong: the fault may be ours. Everything stops until a person resets it. */
export const breaker: Guard = {
  name: 'breaker',
  yieldsToForce: false,
  object(_candidate, { snapshot, settings, now }) {
    const from = Math.max(now - hour, snapshot.breakerResetAt ?? 0);
    // Once tripped it stays so: the hour is counted from each failure to the next, not from now.
    const failures = snapshot.incidents
      .filter(
        (i) =>
          i.closedAt !== null &&
          i.closedAt > (snapshot.breakerResetAt ?? 0) &&
          (i.outcome === 'reverted' || i.outcome === 'failed'),
      )
      .map((i) => i.closedAt ?? 0)
      .toSorted((a, b) => a - b);
    const needed = settings.limits.breakerAfter;
    const tripped = failures.some(
      (at, i) => (failures[i + needed - 1] ?? Number.POSITIVE_INFINITY) - at <= hour,
    );
    if (!tripped) return null;
    const recent = failures.filter((at) => at > from).length;
    return {
      because: `${failures.length} moves failed or were reverted (${recent} in the last hour)`,
      unblock: 'a person looks and resets the breaker',
    };
  },
};
