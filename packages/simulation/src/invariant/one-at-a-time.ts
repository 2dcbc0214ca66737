import { type Incident, subjectPath } from '@evac/core';
import { findFault } from '@evac/sim';
import type { Invariant, Trouble, Truth } from '../contract.ts';
import { admissionIn } from './admission.ts';
import { atCalls, type Seen } from './at-ports.ts';
import { isCall, succeeded } from './call.ts';
import { admission, isHolding } from './ledger.ts';
import { sayMove, sayMs } from './say.ts';

/** What may keep an execution that was begun in time from opening its incident. */
const delaying: readonly Trouble['kind'][] = ['port', 'kill', 'abort', 'straggler'];
const delayedMs = 10 * 60_000;
/** A judgement is ended after 30 s; then come the start of the execution and its first call. */
const judgedMs = 40_000;

/**
 * One move at a time on one subject: none is let through while another that was, on the same subject and in the same
 * store, is not closed; and none is even begun, once the other has been under way for longer than a judgement takes. A
 * zone that is held empty is no longer being moved, and may be failed back.
 */
export const oneAtATime = (): Invariant =>
  atCalls('one-at-a-time', (seen) => {
    const { call, ended, ledger, truth } = seen;
    const admitted = admissionIn(ledger, call, ended);
    if (admitted) {
      const { incident, region, knewAt } = admitted;
      const other = underWay(incident, knewAt, seen);
      return other && `${sayMove(incident)} was admitted in ${region} ${after(other, seen)}`;
    }
    if (!isCall(call, 'store', 'openIncident') || !succeeded(ended, call) || !ended.result) return null;
    const { incident } = call.ask;
    const other = underWay(incident, call.at - judgedMs, seen);
    if (!other || mayBeLate(truth)) return null;
    return `${sayMove(incident)} was begun in ${call.region} ${after(other, seen)}`;
  });

/** Another move on the same subject that was let through before that moment. */
function underWay(incident: Incident, before: number, { call, ledger }: Seen): Incident | null {
  const path = subjectPath(incident.subject);
  const other = ledger.incidents(call.region).find((i) => {
    const admittedAt = admission(i)?.at;
    const isOpen = i.id !== incident.id && i.closedAt === null && subjectPath(i.subject) === path;
    if (!isOpen || admittedAt === undefined || admittedAt >= before) return false;
    return !(isHolding(i) && incident.move === 'fail-back');
  });
  return other ?? null;
}

function mayBeLate({ now, startedAt, scene }: Truth): boolean {
  const from = now - startedAt - delayedMs;
  return scene.troubles.some((t) => {
    const isDark = t.kind === 'fault' && findFault(t.name)?.dark?.includes('api');
    return (isDark || delaying.includes(t.kind)) && t.at + ('forMs' in t ? t.forMs : delayedMs) >= from;
  });
}

function after(other: Incident, { call }: Seen): string {
  const since = call.at - (admission(other)?.at ?? call.at);
  return `${sayMs(since)} after ${sayMove(other)}, which is not closed`;
}
