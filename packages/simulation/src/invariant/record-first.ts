import type { Invariant, Process } from '../contract.ts';
import { atCalls } from './at-ports.ts';
import { isAct, isCall } from './call.ts';
import { sayWhat, sayWho } from './say.ts';

/**
 * Every act has a record written before it, by the run that acts: the store took a write of its token. One write covers
 * one kind of act (all targets of a zone are one), and the next kind needs a new one.
 */
export const recordFirst = (): Invariant => {
  const written = new WeakMap<Process, { covers: string | null }>();
  return atCalls('record-first', ({ call, ended }) => {
    const { by } = call;
    if (isCall(call, 'store', 'record') && call.region === by.region && call.ask.id === by.incident) {
      written.set(by, { covers: null });
      return null;
    }
    if (!isAct(call) || by.kind === 'person' || 'error' in ended) return null;
    const record = written.get(by);
    if (!record) {
      return `${sayWho(by)} made ${sayWhat(call)} before it had written anything to its incident`;
    }
    const kind = `${call.port}.${call.method}`;
    if (record.covers !== null && record.covers !== kind) {
      return `${sayWho(by)} made ${sayWhat(call)} after ${record.covers}, and wrote nothing to its incident between the two`;
    }
    record.covers = kind;
    return null;
  });
};
