import type { RevisionVerdict } from '../decision.ts';
import type { Snapshot } from '../snapshot.ts';

/** Whether all regions that say what they serve (model id and revision) say the same. */
export function revisionVerdict(snapshot: Snapshot): RevisionVerdict {
  const told = snapshot.regions.filter((r) => r.revision !== null);
  const distinct = new Set(told.map((r) => r.revision));
  if (distinct.size > 1) {
    return { verdict: 'differs', because: told.map((r) => `${r.region} serves ${r.revision}`).join(', ') };
  }
  if (told.length < 2) return { verdict: 'unknown', because: 'fewer than two regions say what they serve' };
  return { verdict: 'same', because: `${told.length} regions serve ${told[0]?.revision}` };
}
