import type { Guard } from './guard.ts';

/**
 * A cell acts only on its own region, and pulls traffic to itself: a failover belongs to the first region, in the
 * config's order, that is not down itself.
 */
export const ownership: Guard = {
  name: 'ownership',
  yieldsToForce: false,
  object(candidate, { snapshot, settings, verdicts }) {
    const { subject } = candidate;
    const cell = snapshot.cell;
    if (subject.kind !== 'region') {
      if (subject.region === cell) return null;
      return {
        because: `${subject.region} belongs to its own cell, this one is ${cell}`,
        unblock: `start it in ${subject.region}`,
      };
    }
    if (subject.region === cell) {
      return {
        because: `a region cannot take over from itself`,
        unblock: 'start it in the region that takes over',
      };
    }
    const down = new Set(verdicts.regions.filter((r) => r.verdict === 'down').map((r) => r.region));
    const heir = settings.regions.find((r) => r.region !== subject.region && !down.has(r.region))?.region;
    if (heir === cell || candidate.verb !== 'automatic') return null;
    if (!heir) return { because: 'every other region is down too', unblock: 'a region must serve first' };
    return { because: `${heir} comes before ${cell} in the config's order`, unblock: `${heir} acts` };
  },
};
