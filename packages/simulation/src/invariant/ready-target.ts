import type { RegionName } from '@evac/core';
import type { Invariant, Truth } from '../contract.ts';
import type { Admission } from './admission.ts';
import { atAdmissions, type Seen } from './at-ports.ts';
import { detectionMs } from './bounds.ts';
import { sayMove, sayMs } from './say.ts';
import { seemsToServe } from './serving.ts';

/**
 * Traffic goes only where it is served: when a failover or a region's fail-back is let through, whoever asks, the region
 * that is to get the traffic has a node that clients are sent to and that serves, or did within the detection bound.
 * Without a DNS name there is no traffic to move.
 */
export const readyTarget = (): Invariant =>
  atAdmissions('ready-target', (admission, seen) => {
    const { incident, region } = admission;
    if (incident.subject.kind !== 'region') return null;
    if (seen.truth.service.dns === null)
      return `${sayMove(incident)} was admitted in ${region}, and the service has no DNS name`;
    const heir = seen.truth.scene.world.regions.find(
      (r) => r.name === (incident.move === 'fail-back' ? incident.subject.region : region),
    );
    if (!heir || servesLately(heir.name, admission, seen)) return null;
    return `${sayMove(incident)} was admitted in ${region}, though no node of ${heir.name} that clients are sent to has served within ${sayMs(detectionMs(seen.truth.service))} (${describe(heir.name, seen.truth)})`;
  });

function servesLately(heir: RegionName, { knewAt }: Admission, { truth }: Seen): boolean {
  const from = knewAt - detectionMs(truth.service);
  return truth.routable(heir).some((route) => seemsToServe(truth, { ...route, region: heir }, from));
}

function describe(heir: RegionName, truth: Truth): string {
  const darkSince = truth.darkSince(heir);
  const nodes = truth.routable(heir).length;
  return `${nodes} node(s)${darkSince === null ? '' : `, dark for ${sayMs(truth.now - darkSince)}`}`;
}
