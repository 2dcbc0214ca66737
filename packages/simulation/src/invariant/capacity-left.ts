import { contains } from '@evac/core';
import type { Invariant, Process } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { detectionMs } from './bounds.ts';
import { isCall, succeeded } from './call.ts';
import { sayMove } from './say.ts';
import { seemsToServe } from './serving.ts';

/**
 * Survivors can carry the load: when a node, zone or region is to be left, at least `capacityShare` of the nodes that the
 * acting region is asked for serve, and lie outside of what is left. One that went bad less than the detection bound
 * before counts, and so does one that serves some requests or says that it is full. Nodes that somebody has asked for since
 * the process last read its group are not wanted yet, nor are those that Auto Scaling, whose answers may be seconds old, did
 * not tell it of; nor, for a failover, those that had no address yet and that nobody could ask. One that read nothing is
 * held to what is so.
 */
export const capacityLeft = (): Invariant => {
  const told = new WeakMap<Process, { desired: number; addressed: number }>();
  const rule = atAdmissions('capacity-left', ({ incident, by, region, knewAt }, { truth }) => {
    if (incident.move === 'fail-back') return null;
    const view = truth.view().regions.find((r) => r.name === region);
    if (!view || view.desired === 0) return null;
    const from = knewAt - detectionMs(truth.service);
    const able = view.nodes.filter(
      ({ node, zone, lifecycle }) =>
        lifecycle === 'in-service' &&
        !contains(incident.subject, { kind: 'node', region: view.name, zone, node }) &&
        seemsToServe(truth, { node, zone, region: view.name }, from),
    );
    const share = truth.service.limits.capacityShare;
    // A failover counts the nodes there are, the others those that are asked for; while some start, these differ.
    const there = view.nodes.filter((n) => n.lifecycle !== 'terminating').length;
    const { desired, addressed } = told.get(by) ?? { desired: there, addressed: there };
    const known = incident.move === 'fail-over-region' ? Math.max(1, addressed) : desired;
    const wanted = Math.min(view.desired, desired, there, known);
    if (able.length >= share * wanted) return null;
    return `${sayMove(incident)} was admitted in ${region} with ${able.length} of ${wanted} nodes left that serve, it takes ${Math.round(share * 100)}%`;
  });
  return {
    ...rule,
    after(call, ended, truth, kept) {
      if (isCall(call, 'fleet', 'describe') && succeeded(ended, call) && call.region === call.by.region) {
        const { groups, nodes } = ended.result;
        told.set(call.by, {
          desired: groups.reduce((sum, group) => sum + group.desired, 0),
          addressed: nodes.filter((n) => n.host !== '' && n.lifecycle !== 'terminating').length,
        });
      }
      return rule.after?.(call, ended, truth, kept) ?? null;
    },
  };
};
