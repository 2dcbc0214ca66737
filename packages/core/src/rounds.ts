import type { NodeId, VantageId, ZoneName } from './ids.ts';
import type { Thresholds, Timing } from './settings.ts';
import type { SeenPart, ZoneRound } from './snapshot.ts';
import type { Observation, Target } from './target.ts';
import { median } from './verdict/statistics.ts';

/**
 * Adds an observation to the counts per zone and round, the zone test's evidence, and forgets rounds that have left
 * the window. Only answers and failures count: a full, starting or wrongly asked node says nothing about its zone.
 */
export function countRounds(
  rounds: readonly ZoneRound[],
  observation: Observation,
  targets: readonly Target[],
  rules: { timing: Pick<Timing, 'intervalMs'>; thresholds: Pick<Thresholds, 'zoneN'> },
): ZoneRound[] {
  const { intervalMs } = rules.timing;
  const at = Math.floor(observation.at / intervalMs) * intervalMs;
  const oldest = at - (rules.thresholds.zoneN + 1) * intervalMs;
  const kept = rounds.filter((r) => r.at >= oldest);
  if (observation.blind) return kept;
  const nodes = new Map(targets.flatMap((t) => (t.kind === 'node' ? [[t.id, t] as const] : [])));
  const asked = observation.outcomes.flatMap((outcome) => {
    const target = nodes.get(outcome.target);
    const counts = outcome.class === 'ok' || outcome.class === 'failed';
    return target && counts ? [{ outcome, target }] : [];
  });
  const zones = Map.groupBy(asked, ({ target }) => target.zone);
  return [...zones].reduce(
    (all, [zone, here]) => merge(all, tally(zone, at, observation.vantage, here)),
    kept,
  );
}

interface Asked {
  outcome: Observation['outcomes'][number];
  target: Extract<Target, { kind: 'node' }>;
}

function tally(zone: ZoneName, at: number, vantage: VantageId, here: Asked[]): ZoneRound {
  const failed = here.filter(({ outcome }) => outcome.class === 'failed');
  const affected = [...new Set(failed.map(({ target }) => target.node))];
  const answered = here.filter(({ outcome }) => outcome.class === 'ok' && outcome.check === 'shallow');
  return {
    zone,
    source: 'probe',
    at,
    total: here.length,
    failed: failed.length,
    nodes: new Set(here.map(({ target }) => target.node)).size,
    affected,
    latencyMs: fastestNode(answered),
    seen: [partOf(vantage, here.length, failed.length, affected)],
  };
}

/** The typical latency of the zone's fastest node: one slow node does not make a slow zone. */
function fastestNode(answered: Asked[]): number | null {
  const byNode = Map.groupBy(answered, ({ target }) => target.node);
  const typical = [...byNode.values()].map((of) => median(of.map(({ outcome }) => outcome.latencyMs)));
  const known = typical.filter((ms) => ms !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

function merge(rounds: ZoneRound[], more: ZoneRound): ZoneRound[] {
  const same = (r: ZoneRound) => r.zone === more.zone && r.at === more.at && r.source === more.source;
  const place = rounds.findIndex(same);
  const before = rounds[place];
  if (!before) return [...rounds, more];
  const latencies = [before.latencyMs, more.latencyMs].filter((ms) => ms !== null);
  const both: ZoneRound = {
    ...before,
    total: before.total + more.total,
    failed: before.failed + more.failed,
    nodes: Math.max(before.nodes, more.nodes),
    affected: [...new Set([...before.affected, ...more.affected])],
    // A batch that confirms may hold the slow node only, and one vantage's way there may be the slow one.
    latencyMs: latencies.length > 0 ? Math.min(...latencies) : null,
    seen: addSeen([...(before.seen ?? []), ...(more.seen ?? [])]),
  };
  return rounds.with(place, both);
}

function addSeen(parts: SeenPart[]): SeenPart[] {
  return [...Map.groupBy(parts, (p) => p.vantage)].map(([vantage, of]) =>
    partOf(
      vantage,
      of.reduce((sum, { total }) => sum + total, 0),
      of.reduce((sum, { failed }) => sum + failed, 0),
      [...new Set(of.flatMap(({ affected }) => affected ?? []))],
    ),
  );
}

function partOf(vantage: VantageId, total: number, failed: number, affected: NodeId[]): SeenPart {
  return { vantage, total, failed, ...(affected.length > 0 && { affected }) };
}
