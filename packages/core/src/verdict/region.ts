import type { RegionVerdict } from '../decision.ts';
import { freshFor } from '../health-at.ts';
import type { ServiceSettings } from '../settings.ts';
import type { RegionFact, Snapshot } from '../snapshot.ts';

/**
 * Whether each region serves, as far as can be known from here. `down` needs a majority of the outside vantages that
 * answer, or whose last generation was answered and still counts; where the only one is our own, the region itself must agree:
 * its inside vantages silent, or failing to reach their own endpoint too. Silence counts while this cell's own inside vantages
 * are heard: where they were silent as well, it is our probes that stopped. A region that is being evacuated of one zone is not
 * down yet, and one that has begun to answer again is not down any more.
 */
export function regionVerdicts(
  snapshot: Snapshot,
  settings: Pick<ServiceSettings, 'timing'>,
  now: number,
): RegionVerdict[] {
  return snapshot.regions.map((fact) => judgeRegion(fact, snapshot, settings.timing, now));
}

/** Since when this cell's inside vantages have been heard without a pause; null where it has none that ever reported. */
function heardSince({ cell, regions, rounds }: Snapshot, freshMs: number, now: number): number | null {
  if (regions.every(({ region, insideAt }) => region !== cell || insideAt === null)) return null;
  const heard = rounds.filter((r) => r.source === 'probe').map((r) => r.at);
  return heard
    .toSorted((a, b) => b - a)
    .reduce((since, at) => (since - at <= freshMs ? Math.min(since, at) : since), now);
}

function judgeRegion(
  fact: RegionFact,
  snapshot: Snapshot,
  timing: ServiceSettings['timing'],
  now: number,
): RegionVerdict {
  const known = fact.outside.filter((o) => o.state !== 'unknown' && o.state !== 'starting');
  const fresh = known.filter((o) => now - o.at <= timing.freshMs);
  const outside = fresh.filter((o) => o.from !== fact.region);
  const bad = outside.filter(isBad);
  // Who waits for a generation tells nothing meanwhile: the last one that it had goes on speaking against a move.
  const generatedMs = freshFor('deep', timing);
  const voices = known.filter(
    (o) => o.from !== fact.region && (fresh.includes(o) || (!isBad(o) && now - o.at <= generatedMs)),
  ).length;
  const since =
    bad.length > 0 ? Math.min(...bad.map((o) => o.since)) : Math.max(0, ...outside.map((o) => o.since));
  const say = (verdict: RegionVerdict['verdict'], because: string): RegionVerdict => ({
    region: fact.region,
    verdict,
    because,
    since,
  });

  if (outside.length === 0) {
    const self = fresh.find((o) => o.from === fact.region);
    return self?.state === 'healthy'
      ? say('serving', 'its own outside vantage reaches it')
      : say('unknown', 'no outside vantage reports on it');
  }
  const tally = `${bad.length} of ${voices} outside vantages fail to get an answer`;
  if (bad.length <= voices / 2) {
    return say(bad.length === 0 && !outside.some((o) => o.clearing) ? 'serving' : 'suspected', tally);
  }

  const evacuating = snapshot.incidents.find(
    (i) =>
      i.move === 'evacuate-zone' &&
      i.subject.region === fact.region &&
      i.closedAt === null &&
      now - i.openedAt < timing.recoveryMs,
  );
  if (evacuating) return say('suspected', `${tally}, but ${evacuating.id} is moving a zone there right now`);
  if (outside.length > 1) return say('down', `${tally}: ${bad[0]?.reason}`);

  const stale = fact.insideAt === null || now - fact.insideAt > timing.freshMs;
  const listening = now - (heardSince(snapshot, timing.freshMs, now) ?? 0) > timing.freshMs;
  const silent = !fact.reachable || (stale && listening);
  const itself = fresh.find((o) => o.from === fact.region);
  if (silent)
    return say('down', `its endpoint fails from here (${bad[0]?.reason}) and its inside vantages are silent`);
  if (itself && (itself.state === 'failing' || itself.state === 'dead')) {
    return say('down', `its endpoint fails from here and from inside (${bad[0]?.reason})`);
  }
  const inside = stale ? 'were as silent as our own' : 'report and do not agree';
  return say('suspected', `${tally}, but its inside vantages ${inside}`);
}

function isBad({ state, clearing }: RegionFact['outside'][number]): boolean {
  return (state === 'failing' || state === 'dead') && !clearing;
}
