import { subjectPath } from '@evac/core';
import type { Invariant } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { admission, isHolding } from './ledger.ts';
import { sayMove, sayMs } from './say.ts';

/**
 * One move at a time on one subject: none is let through while another that was, on the same subject and in the same
 * store, is not closed. A zone that is held empty is no longer being moved, and may be failed back.
 */
export const oneAtATime = (): Invariant =>
  atAdmissions('one-at-a-time', ({ incident, region, at, knewAt }, { ledger }) => {
    const path = subjectPath(incident.subject);
    const other = ledger.incidents(region).find((i) => {
      const admittedAt = admission(i)?.at;
      const isOpen = i.id !== incident.id && i.closedAt === null && subjectPath(i.subject) === path;
      if (!isOpen || admittedAt === undefined || admittedAt >= knewAt) return false;
      return !(isHolding(i) && incident.move === 'fail-back');
    });
    if (!other) return null;
    const since = at - (admission(other)?.at ?? at);
    return `${sayMove(incident)} was admitted in ${region} ${sayMs(since)} after ${sayMove(other)}, which is not closed`;
  });
