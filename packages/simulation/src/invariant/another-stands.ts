import { contains, failBacksOf, type Incident, lastEvent } from '@evac/core';
import type { Invariant, Truth } from '../contract.ts';
import type { Admission } from './admission.ts';
import { atAdmissions, type Seen } from './at-ports.ts';
import { detectionMs } from './bounds.ts';
import { sayMove } from './say.ts';
import { seemsToServe } from './serving.ts';

/**
 * Never the last one: when a node or a zone is to be left, another node of the region serves that gets traffic and that no
 * other open move is about; when a region is to be left, one of the region that takes over does. One that went bad less
 * than the detection bound before counts.
 */
export const anotherStands = (): Invariant =>
  atAdmissions('another-stands', (admission, seen) => {
    const { incident, region } = admission;
    if (incident.move === 'fail-back' || standing(admission, seen).length > 0) return null;
    return `${sayMove(incident)} was admitted in ${region}, though no other node there serves, gets traffic and is left alone`;
  });

function standing({ incident, region, knewAt }: Admission, { truth, ledger }: Seen) {
  const view = truth.view().regions.find((r) => r.name === region);
  if (!view) return [];
  const from = knewAt - detectionMs(truth.service);
  const moving =
    incident.subject.kind === 'region' ? [] : [incident, ...others(incident, ledger.incidents(region))];
  const shifted = incident.subject.kind === 'region' ? [] : shiftedIn(view);
  return view.nodes.filter(
    ({ node, zone, lifecycle }) =>
      lifecycle === 'in-service' &&
      !shifted.includes(zone) &&
      !moving.some((m) => contains(m.subject, { kind: 'node', region: view.name, zone, node })) &&
      seemsToServe(truth, { node, zone, region: view.name }, from),
  );
}

type RegionView = ReturnType<Truth['view']>['regions'][number];

const shiftedIn = ({ zones }: RegionView) => zones.filter((z) => z.shifted).map((z) => z.name);

/** Open for longer than a read takes: what opens at the same moment cannot be known. */
function others(incident: Incident, all: Incident[]): Incident[] {
  return all.filter(
    (i) =>
      i.id !== incident.id &&
      i.closedAt === null &&
      i.move !== 'fail-back' &&
      !isBack(i, all) &&
      i.events.some((e) => e.step === 'admit' && e.phase === 'done' && e.at < incident.openedAt),
  );
}

/**
 * A fail-back has proven that the zone serves, and is at work: the room that it takes back at this moment stood for the zone,
 * and nobody can know yet which node that costs.
 */
function isBack(incident: Incident, all: Incident[]): boolean {
  return failBacksOf(incident, all).some(
    (back) => back.closedAt === null && lastEvent(back, 'prove', 'done') !== undefined,
  );
}
