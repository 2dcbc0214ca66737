import { contains } from '@evac/core';
import type { Invariant, Truth } from '../contract.ts';
import type { Admission } from './admission.ts';
import { atAdmissions } from './at-ports.ts';
import { detectionMs } from './bounds.ts';
import { sayMove } from './say.ts';
import { seemsToServe } from './serving.ts';

/**
 * Survivors can carry the load: when a node, zone or region is to be left, at least `capacityShare` of the nodes that the
 * acting region is asked for serve, and lie outside of what is left. One that went bad less than the detection bound
 * before counts, and so does one that only says that it is full.
 */
export const capacityLeft = (): Invariant =>
  atAdmissions('capacity-left', (admission, { truth }) => {
    const { incident, region } = admission;
    if (incident.move === 'fail-back') return null;
    const view = truth.view().regions.find((r) => r.name === region);
    if (!view || view.desired === 0) return null;
    const able = view.nodes.filter(
      ({ node, zone, lifecycle }) =>
        lifecycle === 'in-service' &&
        !contains(incident.subject, { kind: 'node', region: view.name, zone, node }) &&
        isAble(node, admission, truth),
    );
    const share = truth.service.limits.capacityShare;
    // A failover counts the nodes there are, the others those that are asked for; while some start, these differ.
    const wanted = Math.min(view.desired, view.nodes.filter((n) => n.lifecycle !== 'terminating').length);
    if (able.length >= share * wanted) return null;
    return `${sayMove(incident)} was admitted in ${region} with ${able.length} of ${wanted} nodes left that serve, it takes ${Math.round(share * 100)}%`;
  });

function isAble(node: Parameters<Truth['badSince']>[0], { knewAt }: Admission, truth: Truth): boolean {
  const overloaded = truth.faults().some((f) => f.name === 'overload');
  return overloaded || seemsToServe(truth, node, knewAt - detectionMs(truth.service));
}
