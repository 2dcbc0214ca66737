import type { Invariant } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { sayMove, sayMs } from './say.ts';

const hourMs = 3_600_000;

/**
 * Once `breakerAfter` moves of one store were reverted or failed within an hour, no move is let through there until a
 * person resets the breaker.
 */
export const breaker = (): Invariant =>
  atAdmissions('breaker', ({ incident, region, at, knewAt }, { truth, ledger }) => {
    const resetAt = ledger.breakerResetAt(region);
    const wrong = ledger.incidents(region).flatMap((i) => {
      const ended = i.outcome === 'reverted' || i.outcome === 'failed' ? i.closedAt : null;
      return ended !== null && ended > resetAt && ended < knewAt ? [ended] : [];
    });
    wrong.sort((a, b) => a - b);
    const most = truth.service.limits.breakerAfter;
    const tripped = wrong.findIndex(
      (from, n) => (wrong[n + most - 1] ?? Number.POSITIVE_INFINITY) - from <= hourMs,
    );
    if (tripped < 0) return null;
    const since = at - (wrong[tripped + most - 1] ?? at);
    return `${sayMove(incident)} was admitted in ${region} though ${wrong.length} moves were reverted or failed there: the breaker stops everything after ${most} in an hour, ${sayMs(since)} ago, and nobody has reset it`;
  });
