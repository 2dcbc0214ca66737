import type { Guard } from './guard.ts';

/** Traffic goes only to a region that has shown it serves, and serves the same thing. */
export const readiness: Guard = {
  name: 'readiness',
  yieldsToForce: false,
  object(candidate, { snapshot, settings, verdicts }) {
    if (candidate.subject.kind !== 'region') return null;
    const heir = candidate.move === 'fail-back' ? candidate.subject.region : snapshot.cell;
    if (settings.dns === null)
      return { because: 'the service has no DNS name to move', unblock: 'set dns in the config' };
    const endpoint = snapshot.regions
      .find((r) => r.region === heir)
      ?.outside.find((o) => o.from === snapshot.cell);
    if (endpoint?.state !== 'healthy' && endpoint?.state !== 'saturated') {
      return {
        because: `${heir}'s endpoint is ${endpoint?.state ?? 'unknown'}: ${endpoint?.reason ?? 'not asked'}`,
        unblock: `${heir} must answer first`,
      };
    }
    // A first failure may be the first of many, and the next one told already; if it was the only one, seconds are lost.
    if (endpoint.failing !== null) {
      return {
        because: `${heir}'s endpoint is ${endpoint.state}, but its last ${endpoint.failing} check failed: ${endpoint.reason}`,
        unblock: `${heir} must answer it first; it is asked again soon`,
      };
    }
    if (settings.revisionMustMatch && verdicts.revision.verdict === 'differs') {
      return {
        because: `revisions differ: ${verdicts.revision.because}`,
        unblock: 'deploy the same revision, or set revisionMustMatch to false',
      };
    }
    return null;
  },
};
