import type { ServiceSettings } from '@evac/core';
import type { Call, Invariant, Truth } from '../contract.ts';
import { type Admission, admissionIn } from './admission.ts';
import { type Ended, isAct } from './call.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createTestimonies, type Testimonies } from './testimony.ts';

/** One call that took effect, and everything that the calls before it and it tell. */
export interface Seen {
  call: Call;
  ended: Ended;
  truth: Truth;
  ledger: Ledger;
}

/** A rule about single calls that took effect. */
export function atCalls(name: string, look: (seen: Seen) => string | null): Invariant {
  const ledger = createLedger();
  return {
    name,
    after(call, ended, truth) {
      ledger.note(call, ended);
      return 'result' in ended ? look({ call, ended, truth, ledger }) : null;
    },
  };
}

/** A rule about what a run of a step does to the world. */
export function atActs(name: string, look: (seen: Seen) => string | null): Invariant {
  return atCalls(name, (seen) => (isAct(seen.call) && seen.call.by.kind !== 'person' ? look(seen) : null));
}

/** A rule about moves that are let through. */
export function atAdmissions(
  name: string,
  look: (admission: Admission, seen: Seen) => string | null,
): Invariant {
  return atCalls(name, (seen) => {
    const admission = admissionIn(seen.ledger, seen.call, seen.ended);
    return admission && look(admission, seen);
  });
}

/** A rule about moves that are let through, by what vantages had told; `keptMs`: how far back it asks. */
export function atAdmissionsTold(
  name: string,
  keptMs: (service: ServiceSettings) => number,
  look: (admission: Admission, testimonies: Testimonies, truth: Truth) => string | null,
): Invariant {
  let testimonies: Testimonies | null = null;
  return atCalls(name, ({ call, ended, truth, ledger }) => {
    testimonies ??= createTestimonies(keptMs(truth.service));
    testimonies.note(call, ended, truth);
    const admission = admissionIn(ledger, call, ended);
    return admission && look(admission, testimonies, truth);
  });
}
