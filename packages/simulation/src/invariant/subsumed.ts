import { contains } from '@evac/core';
import type { Invariant } from '../contract.ts';
import { atActs } from './at-ports.ts';
import { admission, isHolding } from './ledger.ts';
import { sayMove, sayMs, sayWhat, sayWho } from './say.ts';

/** These undo what a move has begun when a larger one takes over. */
const endings = ['undo-traffic', 'undo-fleet', 'close'];

/**
 * A move subsumed by a larger one does not run beside it: once the move of a zone or region is admitted, a run of a step
 * of a smaller move inside it, that has read its store since, undoes what it did and does nothing else. A run that did
 * not look has no excuse. A zone that is held empty is no longer being moved.
 */
export const subsumed = (): Invariant =>
  atActs('subsumed', ({ call, ledger }) => {
    const { by, at } = call;
    const smaller = ledger.incident(by.region, by.incident);
    if (!smaller || by.step === undefined || endings.includes(by.step)) return null;
    const lookedAt = ledger.calledAt(by, 'incidents') ?? at;
    const larger = ledger.incidents(by.region).find((other) => {
      const admittedAt = admission(other)?.at;
      return (
        other.closedAt === null &&
        other.subject.kind !== smaller.subject.kind &&
        contains(other.subject, smaller.subject) &&
        admittedAt !== undefined &&
        admittedAt < lookedAt &&
        !isHolding(other)
      );
    });
    if (!larger) return null;
    const since = at - (admission(larger)?.at ?? at);
    return `${sayWho(by)} made ${sayWhat(call)} for ${sayMove(smaller)}, ${sayMs(since)} after ${sayMove(larger)} was admitted`;
  });
