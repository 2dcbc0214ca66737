import type { FaultName } from '@evac/sim';
import type { Invariant, Trouble, Truth } from '../contract.ts';
import type { Admission } from './admission.ts';
import { atAdmissions } from './at-ports.ts';
import { detectionMs } from './bounds.ts';
import { sayMove } from './say.ts';

/** Everybody who asks finds these, within the detection bound; a generation is needed for the second list. */
const plain: readonly FaultName[] = ['node-crash', 'network-isolation', 'zone-loss'];
const deepOnly: readonly FaultName[] = ['gpu-error', 'garbage-answers', 'stream-stall', 'bad-release'];

/** What may keep Evac from knowing. */
const blinding: readonly Trouble['kind'][] = ['probe', 'cut-off', 'port', 'kill', 'abort'];

/**
 * What fails together is no node's and no zone's fault: neither is left while `fleetShare` of the region's nodes, in
 * several of its zones, have failed for longer than the detection bound. Whoever asks.
 */
export const together = (): Invariant =>
  atAdmissions('together', (admission, { truth }) => {
    const { incident, region } = admission;
    if (incident.move === 'fail-back' || incident.subject.kind === 'region') return null;
    if (truth.scene.troubles.some((t) => blinding.includes(t.kind))) return null;
    const nodes = truth.view().regions.find((r) => r.name === region)?.nodes ?? [];
    const old = nodes.filter((n) => n.lifecycle === 'in-service' && n.launchedAt <= truth.startedAt);
    const failing = old.filter((n) => failsSurely(n, region, admission, truth));
    const zones = new Set(failing.map((n) => n.zone));
    if (failing.length < truth.service.thresholds.fleetShare * nodes.length || zones.size < 2) return null;
    return `${sayMove(incident)} was admitted in ${region} while ${failing.length} of ${nodes.length} nodes failed together, in ${zones.size} zones`;
  });

function failsSurely(
  node: { node: string; zone: string },
  region: string,
  { knewAt }: Admission,
  truth: Truth,
): boolean {
  const around = [node.node, node.zone, region, 'world'];
  const names = truth.service.deep ? [...plain, ...deepOnly] : plain;
  const before = knewAt - detectionMs(truth.service);
  return truth.faults().some((f) => names.includes(f.name) && around.includes(f.target) && f.since < before);
}
