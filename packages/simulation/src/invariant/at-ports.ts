import type { Call, Invariant, Truth } from '../contract.ts';
import { type Admission, admissionIn } from './admission.ts';
import { type Ended, isAct } from './call.ts';
import type { Ledger } from './ledger.ts';
import type { Testimonies } from './testimony.ts';
import { hear, toldSoFar } from './told.ts';

/** One call that took effect, and everything that the calls before it and it tell. */
export interface Seen {
  call: Call;
  ended: Ended;
  truth: Truth;
  ledger: Ledger;
}

/** A rule about single calls that took effect. */
export function atCalls(name: string, look: (seen: Seen) => string | null): Invariant {
  return {
    name,
    after(call, ended, truth) {
      const { ledger } = hear(call, ended, truth);
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

/** A rule about moves that are let through, by what vantages had told. */
export function atAdmissionsTold(
  name: string,
  look: (admission: Admission, testimonies: Testimonies, truth: Truth) => string | null,
): Invariant {
  const rule = atAdmissions(name, (admission, { truth }) =>
    look(admission, toldSoFar(truth).testimonies, truth),
  );
  return { ...rule, hearsWords: true };
}
