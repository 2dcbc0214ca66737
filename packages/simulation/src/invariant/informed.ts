import type { Invariant, Process } from '../contract.ts';
import { admissionIn } from './admission.ts';
import { sayMove } from './say.ts';
import { hear } from './told.ts';

/** What must be known of its own region before a node or a zone is moved. */
const needed = {
  node: ['fleet.describe', 'balancer.health', 'store.pauses'],
  zone: ['fleet.describe', 'balancer.health', 'zonalShift.list', 'store.pauses'],
  region: ['store.pauses'],
} as const;

/**
 * No move on unknown: the run that lets a move through has had an answer of its group, of its load balancer, of the
 * shifts in force and of the pauses. What did not answer may be anything.
 */
export const informed = (): Invariant => {
  const answers = new WeakMap<Process, Set<string>>();
  return {
    name: 'informed',
    after(call, ended, truth) {
      const { ledger } = hear(call, ended, truth);
      const { by } = call;
      if (by.kind !== 'step' || 'error' in ended) return null;
      const heard = answers.get(by) ?? new Set();
      answers.set(by, heard);
      if (call.region === by.region) heard.add(`${call.port}.${call.method}`);
      const admission = admissionIn(ledger, call, ended);
      if (!admission) return null;
      const { incident, region } = admission;
      const missing = needed[incident.subject.kind].filter((method) => !heard.has(method));
      if (missing.length === 0) return null;
      return `${sayMove(incident)} was admitted in ${region} by a run that had no answer of ${missing.join(', ')}`;
    },
  };
};
