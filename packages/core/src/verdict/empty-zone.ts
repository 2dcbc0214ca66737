import type { HealthRules } from '../health.ts';
import { healthAt, stateSince } from '../health-at.ts';
import type { ZoneName } from '../ids.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * A zone without a node has no answers to compare. Held empty it loses its nodes to scaling in, and it could never have
 * its traffic back: what its own vantage says of the nodes elsewhere is evidence that the zone itself is well.
 */
export function emptyZone(
  zone: ZoneName,
  snapshot: Snapshot,
  rules: HealthRules,
  now: number,
): { verdict: 'healthy' | 'unknown'; because: string; since: number } {
  const own = snapshot.vantages.find(
    (v) =>
      v.zone === zone &&
      !v.blind &&
      v.region === snapshot.cell &&
      now - (v.lastAt ?? 0) <= rules.timing.freshMs,
  );
  const nodes = new Set(snapshot.targets.filter((t) => t.kind === 'node').map((t) => t.id));
  const views = snapshot.health.filter((h) => h.vantage === own?.id && nodes.has(h.target));
  const well = views
    .filter((h) => healthAt(h, now, rules) === 'healthy')
    .map((h) => stateSince(h, now, rules));
  const majority = Math.floor(views.length / 2) + 1;
  const since = well.toSorted((a, b) => a - b)[majority - 1];
  if (since === undefined) return { verdict: 'unknown', because: 'it has no node', since: 0 };
  return {
    verdict: 'healthy',
    because: `it has no node; its own vantage finds ${well.length} of ${views.length} nodes elsewhere healthy`,
    since,
  };
}
