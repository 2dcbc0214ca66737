import type { NodeVerdict, ZoneVerdict } from '../decision.ts';
import type { NodeId, ZoneName } from '../ids.ts';
import type { ServiceSettings, Thresholds } from '../settings.ts';
import type { Snapshot, ZoneRound } from '../snapshot.ts';
import { emptyZone } from './empty-zone.ts';
import { isConfirmed } from './node.ts';
import { fisherGreater, holm, median, rankGreater } from './statistics.ts';

interface Evidence {
  zone: ZoneName;
  /** Uncorrected, the smaller of what probes and traffic say. */
  p: number;
  share: number | null;
  restShare: number | null;
  badRounds: number;
  firstBadAt: number | null;
  slow: { ratio: number; p: number } | null;
  affected: Set<NodeId>;
}

/**
 * Which zones are impaired: failing more than the other zones do, by more than chance and by enough to matter, over
 * several nodes and several rounds. One-sided Fisher on failures against the pooled rest and a rank test on latency,
 * Holm-corrected over the zones (docs/decisions/zone-verdict.md). Suspicion comes sooner than certainty, and holds node moves meanwhile.
 */
export function zoneVerdicts(
  snapshot: Snapshot,
  nodes: NodeVerdict[],
  settings: Pick<ServiceSettings, 'thresholds' | 'timing' | 'regions' | 'shallow'>,
  now: number,
): ZoneVerdict[] {
  const { thresholds, timing } = settings;
  // Three times a millisecond is nothing to a client: a twentieth of what a probe may take is.
  const noticeableMs = settings.shallow.timeoutMs / 20;
  const windowMs = thresholds.zoneN * timing.intervalMs;
  const recent = snapshot.rounds.filter((round) => now - round.at <= windowMs + timing.intervalMs);
  const names = settings.regions.find((r) => r.region === snapshot.cell)?.zones.map((z) => z.name) ?? [];
  const all = names.map((zone) => weigh(zone, recent, thresholds, noticeableMs));
  const corrected = holm(all.map((e) => e.p));
  return all.map((evidence, i) => {
    const elsewhere = nodes.filter((n) => n.zone !== evidence.zone);
    const alone = elsewhere.length > 0 && elsewhere.every((n) => !n.suspect && n.bad === 0);
    const own = nodes.filter((n) => n.zone === evidence.zone && n.verdict !== 'starting');
    if (!nodes.some((n) => n.zone === evidence.zone)) {
      const { zone, share, restShare, badRounds } = evidence;
      return { zone, share, restShare, p: null, badRounds, ...emptyZone(zone, snapshot, settings, now) };
    }
    return conclude(
      evidence,
      corrected[i] ?? 1,
      own,
      vantageSilent(snapshot, evidence.zone, timing.freshMs, now),
      alone,
      thresholds,
    );
  });
}

function weigh(zone: ZoneName, rounds: ZoneRound[], thresholds: Thresholds, noticeableMs: number): Evidence {
  const here = rounds.filter((r) => r.zone === zone);
  const rest = rounds.filter((r) => r.zone !== zone);
  const windows = suffixes(rounds, thresholds);
  const tests = (['probe', 'traffic'] as const).flatMap((source) =>
    windows.map((from) => test(here, rest, source, from, thresholds)),
  );
  // Every window of every source is another chance to be wrong by luck, so each is charged for all (Bonferroni).
  const told = tests.filter((t) => t !== null).toSorted((a, b) => a.p - b.p)[0];
  const bad = here.filter((r) => r.failed > 0 && r.failed / r.total >= thresholds.zoneMinEffect);
  const slow = slowness(here, rest, thresholds, noticeableMs);
  return {
    zone,
    p: Math.min(1, (told?.p ?? 1) * tests.length, slow?.p ?? 1),
    share: told?.share ?? null,
    restShare: told?.restShare ?? null,
    badRounds: new Set(bad.map((r) => r.at)).size,
    firstBadAt: bad.length > 0 ? Math.min(...bad.map((r) => r.at)) : null,
    slow,
    affected: new Set(here.flatMap((r) => r.affected)),
  };
}

/** Where to look back to: the last M rounds see a hard loss soonest, the last N a partial one at all. */
function suffixes(rounds: ZoneRound[], thresholds: Thresholds): number[] {
  const starts = [...new Set(rounds.map((r) => r.at))].toSorted((a, b) => b - a);
  const lengths: number[] = [];
  for (let length = thresholds.zoneM; length < thresholds.zoneN; length *= 2) lengths.push(length);
  lengths.push(thresholds.zoneN);
  const reachable = lengths
    .map((length) => starts[Math.min(length, starts.length) - 1])
    .filter((at) => at !== undefined);
  return [...new Set(reachable)];
}

function test(
  here: ZoneRound[],
  rest: ZoneRound[],
  source: ZoneRound['source'],
  from: number,
  thresholds: Thresholds,
) {
  const within = (r: ZoneRound) => r.source === source && r.at >= from;
  const mine = sum(here.filter(within));
  const others = sum(rest.filter(within));
  if (mine.total < thresholds.zoneMinVolume || others.total < thresholds.zoneMinVolume) return null;
  const share = mine.failed / mine.total;
  const restShare = others.failed / others.total;
  const matters = share - restShare >= thresholds.zoneMinEffect;
  return {
    share,
    restShare,
    p: matters ? fisherGreater(mine.failed, mine.total, others.failed, others.total) : 1,
  };
}

function slowness(
  here: ZoneRound[],
  rest: ZoneRound[],
  thresholds: Thresholds,
  noticeableMs: number,
): Evidence['slow'] {
  const mine = here.flatMap((r) => (r.source === 'probe' && r.latencyMs !== null ? [r.latencyMs] : []));
  const others = rest.flatMap((r) => (r.source === 'probe' && r.latencyMs !== null ? [r.latencyMs] : []));
  const [a, b] = [median(mine), median(others)];
  if (a === null || b === null || b <= 0 || a / b < thresholds.zoneSlowFactor || a - b < noticeableMs)
    return null;
  return { ratio: a / b, p: rankGreater(mine, others) };
}

function conclude(
  evidence: Evidence,
  p: number,
  nodes: NodeVerdict[],
  silent: boolean,
  alone: boolean,
  thresholds: Thresholds,
): ZoneVerdict {
  const affected = nodes.filter((n) => n.suspect || evidence.affected.has(n.node));
  // Half of the nodes, and more than one where there is more than one: a single bad node is not a zone.
  const spread = affected.length >= Math.min(nodes.length, Math.max(2, Math.ceil(nodes.length / 2)));
  const suspects = nodes.filter((n) => n.suspect || n.verdict === 'failing' || n.verdict === 'dead').length;
  const wide =
    nodes.length > 0 && suspects >= Math.min(nodes.length, Math.max(2, Math.ceil(nodes.length / 2)));
  const persistent = evidence.badRounds >= thresholds.zoneM || evidence.slow !== null;
  const base = {
    zone: evidence.zone,
    since: evidence.firstBadAt ?? 0,
    share: evidence.share,
    restShare: evidence.restShare,
    p: evidence.share === null && evidence.slow === null ? null : p,
    badRounds: evidence.badRounds,
  };
  const because = describe(evidence, p, affected.length, nodes.length, silent);
  if (nodes.length === 0) return { ...base, verdict: 'unknown', because: 'it has no node that has started' };
  const certain = p <= thresholds.zoneAlpha && persistent && (spread || evidence.slow !== null);
  // Nobody inside speaks and everybody outside fails to get an answer: two kinds of evidence need less of each.
  const lost = silent && wide && p <= Math.sqrt(thresholds.zoneAlpha);
  // Several nodes, each confirmed by several vantages over several rounds, and nobody else: no test adds to that.
  const all = nodes.length > 1 && nodes.every(isConfirmed);
  if (certain || lost) return { ...base, verdict: 'impaired', because };
  if (all && alone)
    return {
      ...base,
      verdict: 'impaired',
      because: `each of its ${nodes.length} nodes is confirmed failing, and none elsewhere fails; ${because}`,
    };
  if (wide || (spread && p <= Math.sqrt(thresholds.zoneAlpha)))
    return { ...base, verdict: 'suspected', because };
  if (nodes.every((n) => n.seeing === 0))
    return { ...base, verdict: 'unknown', because: 'nobody could ask its nodes lately' };
  return { ...base, verdict: 'healthy', because };
}

function describe(evidence: Evidence, p: number, affected: number, total: number, silent: boolean): string {
  const percent = (share: number | null) => `${Math.round((share ?? 0) * 100)}%`;
  const parts = [
    evidence.share === null
      ? 'too few answers to compare with the other zones'
      : `${percent(evidence.share)} failed against ${percent(evidence.restShare)} in the other zones`,
    `${affected} of ${total} nodes affected`,
    `p = ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)} over ${evidence.badRounds} bad rounds`,
  ];
  if (evidence.slow) parts.push(`${evidence.slow.ratio.toFixed(1)} times slower`);
  if (silent) parts.push('its own vantage is silent');
  return parts.join(', ');
}

function vantageSilent(snapshot: Snapshot, zone: ZoneName, freshMs: number, now: number): boolean {
  const own = snapshot.vantages.filter((v) => v.zone === zone && v.region === snapshot.cell);
  return own.length > 0 && own.every((v) => v.blind || v.lastAt === null || now - v.lastAt > freshMs);
}

function sum(rounds: ZoneRound[]): { total: number; failed: number } {
  return rounds.reduce((all, r) => ({ total: all.total + r.total, failed: all.failed + r.failed }), {
    total: 0,
    failed: 0,
  });
}
