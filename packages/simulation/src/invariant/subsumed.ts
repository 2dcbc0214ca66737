import { contains, type Incident } from '@evac/core';
import type { Invariant } from '../contract.ts';
import { admissionIn } from './admission.ts';
import { atCalls, type Seen } from './at-ports.ts';
import { isAct } from './call.ts';
import { admission, isHolding } from './ledger.ts';
import { sayMove, sayMs, sayWhat, sayWho } from './say.ts';

/** These undo what a move has begun when a larger one takes over. */
const endings = ['undo-traffic', 'undo-fleet', 'close'];

/**
 * A move subsumed by a larger one does not run beside it: once the move of a zone or region is admitted, no smaller move
 * inside it is let through, and a run of a step of one that was, that has read its store since, undoes what it did and
 * does nothing else. A run that did not look has no excuse. A zone that is held empty is no longer being moved.
 */
export const subsumed = (): Invariant =>
  atCalls('subsumed', (seen) => {
    const { call, ended, ledger } = seen;
    const begun = admissionIn(ledger, call, ended);
    if (begun) {
      const larger = largerThan(begun.incident, begun.knewAt, seen);
      return larger && `${sayMove(begun.incident)} was admitted in ${begun.region} ${after(larger, seen)}`;
    }
    const { by, at } = call;
    if (!isAct(call) || by.kind === 'person' || by.step === undefined || endings.includes(by.step))
      return null;
    const smaller = ledger.incident(by.region, by.incident);
    const larger = smaller && largerThan(smaller, ledger.calledAt(by, 'incidents') ?? at, seen);
    if (!larger) return null;
    return `${sayWho(by)} made ${sayWhat(call)} for ${sayMove(smaller)}, ${after(larger, seen)}`;
  });

/** A larger move that was admitted before the smaller one's process last looked. */
function largerThan(smaller: Incident, lookedAt: number, { call, ledger }: Seen): Incident | null {
  const larger = ledger.incidents(call.by.region).find((other) => {
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
  return larger ?? null;
}

function after(larger: Incident, { call }: Seen): string {
  return `${sayMs(call.at - (admission(larger)?.at ?? call.at))} after ${sayMove(larger)} was admitted`;
}
