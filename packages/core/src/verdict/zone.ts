import type { NodeVerdict, ZoneVerdict } from '../decision.ts';
import type { NodeId, ZoneName } from '../ids.ts';
import type { ServiceSettings, Thresholds } from '../settings.ts';
import type { Snapshot } from '../snapshot.ts';
import { emptyZone } from './empty-zone.ts';
import { isConfirmed } from './node.ts';
import { holm } from './statistics.ts';
import { weigh, type ZoneEvidence } from './zone-evidence.ts';

/** CloudWatch has requests by the minute: the newest figures there are stand until the next. */
const countedMs = 60_000;

/**
 * Which zones are impaired: failing more than the other zones do, by more than chance and by enough to matter, over
 * several nodes, several rounds and several vantages. One-sided Fisher on failures against the pooled rest, Holm-corrected
 * over the zones (docs/decisions/zone-verdict.md); latency round by round. Suspicion comes sooner than certainty, and
 * holds node moves meanwhile.
 */
export function zoneVerdicts(
  snapshot: Snapshot,
  nodes: NodeVerdict[],
  settings: Pick<ServiceSettings, 'thresholds' | 'timing' | 'regions' | 'shallow' | 'deep'>,
  now: number,
): ZoneVerdict[] {
  const { thresholds, timing } = settings;
  // Three times a millisecond is nothing to a client: a twentieth of what a probe may take is.
  const noticeableMs = settings.shallow.timeoutMs / 20;
  const windowMs = thresholds.zoneN * timing.intervalMs;
  const recent = snapshot.rounds.filter((round) => now - round.at <= windowMs + timing.intervalMs);
  const names = settings.regions.find((r) => r.region === snapshot.cell)?.zones.map((z) => z.name) ?? [];
  const restarted = startedSince(snapshot, now - windowMs - timing.intervalMs);
  const latelyMs = Math.max(thresholds.zoneM * timing.intervalMs, countedMs) + timing.intervalMs;
  const all = weigh(names, recent, thresholds, { noticeableMs, latelySince: now - latelyMs });
  const corrected = correct(all.map((e) => e.p));
  return all.map((evidence, i) => {
    const own = nodes.filter((n) => n.zone === evidence.zone);
    if (own.length === 0) {
      const { zone, share, restShare, badRounds } = evidence;
      return { zone, share, restShare, p: null, badRounds, ...emptyZone(zone, snapshot, settings, now) };
    }
    const elsewhere = nodes.filter((n) => n.zone !== evidence.zone);
    return conclude({
      evidence,
      p: corrected[i] ?? null,
      nodes: own,
      restarted,
      silent: vantageSilent(snapshot, evidence.zone, timing.freshMs, now),
      alone: elsewhere.length > 0 && elsewhere.every((n) => !n.suspect && n.bad === 0),
      thresholds,
    });
  });
}

/** Holm over the zones that could be tested: a test that was not made cannot be wrong. */
function correct(pValues: (number | null)[]): (number | null)[] {
  const made = holm(pValues.filter((p) => p !== null));
  let next = 0;
  return pValues.map((p) => (p === null ? null : (made[next++] ?? 1)));
}

/** Nodes whose server has been starting within the window: that it refused connections before is no sign of their zone. */
function startedSince(snapshot: Snapshot, since: number): Set<NodeId> {
  const started = new Set(snapshot.health.filter((h) => h.startingSince > since).map((h) => h.target));
  return new Set(snapshot.targets.flatMap((t) => (t.kind === 'node' && started.has(t.id) ? [t.node] : [])));
}

interface Case {
  evidence: ZoneEvidence;
  /** Corrected for the other zones' tests; null if nothing could be tested. */
  p: number | null;
  /** The zone's own. */
  nodes: NodeVerdict[];
  restarted: Set<NodeId>;
  /** Its own vantage tells nothing. */
  silent: boolean;
  /** Nobody else is in trouble. */
  alone: boolean;
  thresholds: Thresholds;
}

function conclude({ evidence, p, nodes, restarted, silent, alone, thresholds }: Case): ZoneVerdict {
  const { traffic, slow } = evidence;
  const { zoneAlpha, zoneM, zoneN, zoneMinEffect } = thresholds;
  const weak = Math.sqrt(zoneAlpha);
  const started = nodes.filter((n) => n.verdict !== 'starting');
  // Half of the nodes, and more than one where there is more than one: a single bad node is not a zone.
  const many = Math.min(nodes.length, Math.max(2, Math.ceil(nodes.length / 2)));
  const suspects = started.filter((n) => n.suspect || n.verdict === 'failing' || n.verdict === 'dead');
  const wide = nodes.length > 0 && suspects.length >= many;
  const telling = new Set(started.flatMap((n) => (restarted.has(n.node) ? [] : [n.node])));
  const affected = started.filter((n) => telling.has(n.node) && (n.suspect || evidence.affected.has(n.node)));
  const spread = affected.length >= many;
  // That one vantage's path is broken, while the others see a single bad node, is no zone either.
  const others = evidence.affectedToOthers;
  const isCorroborated =
    others === null || affected.filter((n) => others.has(n.node)).length >= Math.min(2, nodes.length);
  const wideRounds = evidence.affectedByRound.filter(
    (of) => of.filter((id) => telling.has(id)).length >= many,
  ).length;
  const base = {
    zone: evidence.zone,
    since: evidence.firstBadAt ?? 0,
    share: evidence.share,
    restShare: evidence.restShare,
    p,
    badRounds: evidence.badRounds,
  };
  const because = describe(evidence, p, affected.length, nodes.length, silent);
  const is = (verdict: ZoneVerdict['verdict'], why = because): ZoneVerdict => ({
    ...base,
    verdict,
    because: why,
  });
  if (started.length === 0) return is('unknown', 'it has no node that has started');

  // A node that fails may be sent twice its share, since it is free again so soon.
  const unexplainedBy = (guilty: number) =>
    traffic !== null && traffic.excess - Math.min(1, (2 * guilty) / nodes.length) >= zoneMinEffect;
  const restarting = nodes.length - telling.size;
  const known = nodes.filter(
    (n) => n.bad > 0 || n.suspect || !telling.has(n.node) || evidence.affected.has(n.node),
  ).length;
  const requestsFail = (level: number, rounds: number) =>
    traffic !== null && traffic.p <= level && traffic.badRounds >= Math.min(rounds, traffic.rounds);

  const probesAgree = spread && isCorroborated && p !== null && p <= zoneAlpha && wideRounds >= zoneM;
  const bothAgree = spread && restarting === 0 && requestsFail(zoneAlpha, zoneM);
  // Nobody inside speaks and everybody outside fails to get an answer: two kinds of evidence need less of each.
  const lost = silent && wide && p !== null && p <= weak;
  const slowRounds = slow?.rounds ?? 0;
  // Half of the window; where that is short, as many rounds as failed probes need, and never one alone.
  const lasting = Math.max(2, zoneM, zoneN / 2);
  // One bad node may hide from the probes, and a minute's only count may be one client's.
  const requestsAlone =
    requestsFail(zoneAlpha, lasting) &&
    (traffic?.rounds ?? 0) >= lasting &&
    unexplainedBy(Math.max(1, known));
  // The window remembers for its whole length: what was wrong is no reason any more once everything is answered again.
  const stillFails = evidence.badLately || started.some((n) => n.suspect);
  const failed = (probesAgree || bothAgree || requestsAlone) && stillFails;
  if (failed || lost || slowRounds >= lasting) return is('impaired');
  if (alone && evidence.restWell && started.length >= many && everyOneConfirmed(started, silent))
    return is('impaired', `${confirmed(started.length)}, and none elsewhere fails; ${because}`);
  const doubtful = spread && p !== null && p <= weak;
  if (wide || doubtful || slowRounds >= zoneN / 4 || (requestsFail(weak, zoneM + 1) && unexplainedBy(known)))
    return is('suspected');
  if (started.every((n) => n.seeing === 0)) return is('unknown', 'nobody could ask its nodes lately');
  return is('healthy');
}

/**
 * Each node confirmed by several vantages over several rounds: no test adds to that. A zone's only node must have failed as
 * often as replaces it. Where the zone's own vantage is gone, all who are left to ask are enough, be it one.
 */
function everyOneConfirmed(nodes: NodeVerdict[], silent: boolean): boolean {
  if (nodes.length > 1 && nodes.every(isConfirmed)) return true;
  const byAllWhoAreLeft = (n: NodeVerdict) => silent && n.suspect && n.bad === n.seeing;
  return nodes.every((n) => (isConfirmed(n) && n.verdict === 'dead') || byAllWhoAreLeft(n));
}

const confirmed = (nodes: number) =>
  nodes === 1 ? 'its only node is confirmed failing' : `each of its ${nodes} nodes is confirmed failing`;

function describe(
  evidence: ZoneEvidence,
  p: number | null,
  affected: number,
  total: number,
  silent: boolean,
): string {
  const percent = (share: number | null) => `${Math.round((share ?? 0) * 100)}%`;
  const parts = [
    evidence.share === null
      ? 'too few answers to compare with the other zones'
      : `${percent(evidence.share)} failed against ${percent(evidence.restShare)} in the other zones`,
    `${affected} of ${total} nodes affected`,
    `${probability(p)}${evidence.badRounds} bad rounds`,
  ];
  if (evidence.slow) parts.push(`${evidence.slow.ratio.toFixed(1)} times slower`);
  if (silent) parts.push('its own vantage is silent');
  return parts.join(', ');
}

function probability(p: number | null): string {
  // No test could be made, or none had anything to say.
  if (p === null || p === 1) return '';
  // As far as the logarithms of factorials are exact.
  if (p < 1e-99) return 'p < 1e-99 over ';
  return `p = ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)} over `;
}

function vantageSilent(snapshot: Snapshot, zone: ZoneName, freshMs: number, now: number): boolean {
  const own = snapshot.vantages.filter((v) => v.zone === zone && v.region === snapshot.cell);
  return own.length > 0 && own.every((v) => v.blind || v.lastAt === null || now - v.lastAt > freshMs);
}
