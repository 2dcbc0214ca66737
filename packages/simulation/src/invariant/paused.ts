import type { Invariant } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { skewMs } from './bounds.ts';
import type { KeptPause } from './ledger.ts';
import { sayMove, sayMs } from './say.ts';

/** From reading the pauses to writing that a move is admitted: the slowest other read, and a write that is slow too. */
const decidingMs = 30_000;

/**
 * Paused means no new move, whoever asks: none is let through by a process that read the pauses after the store took
 * one, and none at all later than 30 s after that.
 */
export const paused = (): Invariant =>
  atAdmissions('paused', ({ incident, by, region, at }, { ledger }) => {
    const readAt = ledger.calledAt(by, 'pauses') ?? at;
    const knownBy = Math.max(readAt, at - decidingMs);
    const concerns = ({ pause: { service, move, until } }: KeptPause) =>
      (service === null || service === incident.service) &&
      (move === null || move === incident.move) &&
      (until === null || until > at + skewMs);
    const holding = ledger
      .pauses(region)
      .find((kept) => concerns(kept) && kept.from < knownBy && (kept.removedAt ?? at) >= knownBy);
    if (!holding) return null;
    const { pause, from } = holding;
    return `${sayMove(incident)} was admitted in ${region} ${sayMs(at - from)} after the pause "${pause.reason}" by ${pause.by} was in its store`;
  });
