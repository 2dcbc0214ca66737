import type { Incident } from '@evac/core';
import type { Invariant } from '../contract.ts';
import { admissionIn } from './admission.ts';
import { atCalls } from './at-ports.ts';
import { isAct } from './call.ts';
import { sayMove, sayWhat } from './say.ts';

/** Evac by itself begins nothing under `observe`, and does nothing under `approve` before a person has said yes. */
export const policyKept = (): Invariant =>
  atCalls('policy-kept', ({ call, ended, truth, ledger }) => {
    const admitted = admissionIn(ledger, call, ended);
    if (admitted) {
      const { incident } = admitted;
      const mode = truth.service.policy[incident.move];
      if (incident.verb !== 'automatic' || mode !== 'observe') return null;
      return `${sayMove(incident)} was admitted in ${admitted.region}, though the policy of ${incident.move} is observe`;
    }
    if (!isAct(call) || call.by.kind !== 'step') return null;
    const incident = ledger.incident(call.by.region, call.by.incident);
    if (incident?.verb !== 'automatic' || truth.service.policy[incident.move] !== 'approve') return null;
    if (isApproved(incident)) return null;
    return `${sayMove(incident)} made ${sayWhat(call)}, though the policy of ${incident.move} is approve and nobody has approved it`;
  });

function isApproved({ events }: Incident): boolean {
  return events.some((e) => e.step === 'approval' && e.data?.granted === true);
}
