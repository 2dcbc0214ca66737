import type { RegionName } from '@evac/core';
import type { Invariant, Scene, Truth } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { sayMove } from './say.ts';
import { serving } from './serving.ts';

/**
 * A failover belongs to the first region, in the config's order, that can take over: Evac by itself lets none through in
 * a later one while an earlier one has had nothing wrong with it in the whole scene.
 */
export const ownership = (): Invariant =>
  atAdmissions('ownership', ({ incident, region }, { truth }) => {
    const { subject, verb, move } = incident;
    if (move !== 'fail-over-region' || verb !== 'automatic') return null;
    const names = truth.service.regions.map((r) => r.region);
    const earlier = names.slice(0, names.indexOf(region));
    const heir = earlier.find((name) => name !== subject.region && isUntouched(name, truth));
    if (!heir) return null;
    return `${sayMove(incident)} was admitted in ${region}, though ${heir} comes before it, has ${serving(truth, heir).length} serving nodes and nothing was ever wrong there`;
  });

function isUntouched(region: RegionName, truth: Truth): boolean {
  const { scene } = truth;
  const here = placesOf(region, scene);
  const touched = scene.troubles.some((t) => {
    if (t.kind === 'fault') return t.target === 'world' || here.some((place) => t.target.startsWith(place));
    if (t.kind === 'capacity') return false;
    if (t.kind === 'probe' || t.kind === 'cut-off' || t.kind === 'blind')
      return here.some((place) => t.vantage.endsWith(place));
    return t.region === region;
  });
  return !touched && serving(truth, region).length > 0;
}

function placesOf(region: RegionName, { world }: Scene): string[] {
  return [region, ...(world.regions.find((r) => r.name === region)?.zones ?? []).map((z) => z.name)];
}
