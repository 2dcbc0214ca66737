import type { NodeId, ZoneName } from '../ids.ts';
import type { Thresholds } from '../settings.ts';
import type { ZoneRound } from '../snapshot.ts';
import { affectedToOthers, type Count, corroborated, exceeds, sum } from './corroboration.ts';
import { fisherGreater, median } from './statistics.ts';

/** What a zone's rounds say of it beside the other zones'. */
export interface ZoneEvidence {
  zone: ZoneName;
  /** The smallest p-value of the tests that could be made, times their number; null if none could. */
  p: number | null;
  /** Of that test. */
  share: number | null;
  restShare: number | null;
  /** The whole window's requests: by how much more of them fail here, and their p-value. */
  traffic: { excess: number; p: number; badRounds: number; rounds: number } | null;
  /** Rounds in which as many failed as matter, and the first of them. */
  badRounds: number;
  firstBadAt: number | null;
  /** One of its last M rounds was such a one, by its probes or by requests, and not long ago. */
  badLately: boolean;
  /** Hardly anything fails in the other zones, by the last rounds' probes and requests. */
  restWell: boolean;
  /** How many times slower than the others, where it is so in enough rounds and up to now. */
  slow: { ratio: number; rounds: number } | null;
  affected: Set<NodeId>;
  /** Those that failed others than the vantage that complains most; null where only one has asked, or nobody says. */
  affectedToOthers: Set<NodeId> | null;
  /** Those with a failed probe, for each round that has any. */
  affectedByRound: NodeId[][];
}

interface Limits {
  /** Less than this is nothing to a client. */
  noticeableMs: number;
  /** Unix ms. What is older says nothing of now: a zone that is sent no requests any more has no later round of them. */
  latelySince: number;
}

/** What the rounds say of each of these zones, in their order. */
export function weigh(
  zones: readonly ZoneName[],
  rounds: ZoneRound[],
  thresholds: Thresholds,
  limits: Limits,
): ZoneEvidence[] {
  const windows = suffixes(rounds, thresholds);
  return zones.map((zone) => weighOne(zone, rounds, windows, thresholds, limits));
}

function weighOne(
  zone: ZoneName,
  rounds: ZoneRound[],
  windows: number[],
  thresholds: Thresholds,
  { noticeableMs, latelySince }: Limits,
): ZoneEvidence {
  const [probes, traffic] = [sample('probe', zone, rounds), sample('traffic', zone, rounds)];
  const samples = [probes, traffic];
  const tests = samples.flatMap((of) => windows.flatMap((from) => test(of, from, thresholds) ?? []));
  // Every test that is made is another chance to be wrong by luck, so each is charged for all (Bonferroni).
  const told = tests.toSorted((a, b) => a.p - b.p)[0];
  const here = rounds.filter((r) => r.zone === zone);
  const bad = here.filter((r) => isBad(r, thresholds));
  const requests = test(traffic, Math.min(...windows), thresholds);
  const lastly = Math.max(...windows);
  return {
    zone,
    p: told ? Math.min(1, told.p * tests.length) : null,
    share: told?.share ?? null,
    restShare: told?.restShare ?? null,
    traffic: requests && {
      excess: requests.share - requests.restShare,
      p: requests.p,
      badRounds: bad.filter((r) => r.source === 'traffic').length,
      rounds: traffic.rounds,
    },
    badRounds: new Set(bad.map((r) => r.at)).size,
    firstBadAt: bad.length > 0 ? Math.min(...bad.map((r) => r.at)) : null,
    badLately: samples.some((of) =>
      of.here
        .toSorted((a, b) => a.at - b.at)
        .slice(-thresholds.zoneM)
        .some((r) => r.at >= latelySince && isBad(r, thresholds)),
    ),
    restWell: samples.every(({ rest }) => {
      const last = sum(rest.filter((r) => r.at >= lastly));
      return last.failed <= (last.total * thresholds.zoneMinEffect) / 2;
    }),
    slow: slowness(probes, thresholds, noticeableMs),
    affected: new Set(here.flatMap((r) => r.affected)),
    affectedToOthers: affectedToOthers(probes.here),
    affectedByRound: here.flatMap((r) => (r.affected.length > 0 ? [r.affected] : [])),
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

/** What one kind of evidence says, here and in the other zones. */
interface Sample {
  here: ZoneRound[];
  rest: ZoneRound[];
  /** How many of its rounds there are, wherever. */
  rounds: number;
}

function sample(source: ZoneRound['source'], zone: ZoneName, rounds: ZoneRound[]): Sample {
  const here: ZoneRound[] = [];
  const rest: ZoneRound[] = [];
  const times = new Set<number>();
  for (const round of rounds) {
    if (round.source !== source) continue;
    (round.zone === zone ? here : rest).push(round);
    times.add(round.at);
  }
  return { here, rest, rounds: times.size };
}

function test(
  { here, rest, rounds }: Sample,
  from: number,
  thresholds: Thresholds,
): { share: number; restShare: number; p: number } | null {
  const others = rest.filter((r) => r.at >= from);
  const times = new Set(others.map((r) => r.at));
  // What fails when nobody is asked elsewhere may fail everywhere.
  const mine = here.filter((r) => times.has(r.at));
  const [a, b] = [sum(mine), sum(others)];
  if (a.total < thresholds.zoneMinVolume || b.total < thresholds.zoneMinVolume) return null;
  // One client that tries again and again is many failures, in one round. CloudWatch counts requests by the minute: there
  // is but one round of them.
  const matters =
    exceeds(a, b, thresholds.zoneMinEffect) &&
    countBad(mine, thresholds) >= Math.min(thresholds.zoneM, rounds) &&
    corroborated(mine, others, thresholds.zoneMinEffect);
  return {
    share: a.failed / a.total,
    restShare: b.failed / b.total,
    p: matters ? fisherGreater(a.failed, a.total, b.failed, b.total) : 1,
  };
}

const countBad = (rounds: ZoneRound[], thresholds: Thresholds) =>
  new Set(rounds.filter((r) => isBad(r, thresholds)).map((r) => r.at)).size;

const isBad = ({ failed, total }: Count, { zoneMinEffect }: Thresholds) =>
  failed > 0 && failed >= zoneMinEffect * total;

/**
 * Round by round against the other zones in the same round, so that what slows them all does not count. In half of the
 * window's rounds, and in the last of them.
 */
function slowness(
  { here, rest }: Sample,
  thresholds: Thresholds,
  noticeableMs: number,
): ZoneEvidence['slow'] {
  if (here.every((r) => (r.latencyMs ?? 0) < noticeableMs)) return null;
  const elsewhere = Map.groupBy(
    rest.filter((r) => r.latencyMs !== null),
    (r) => r.at,
  );
  const compared = here
    .toSorted((a, b) => a.at - b.at)
    .flatMap((r) => {
      const others = median((elsewhere.get(r.at) ?? []).flatMap((o) => o.latencyMs ?? []));
      if (r.latencyMs === null || others === null || others <= 0) return [];
      const ratio = r.latencyMs / others;
      return [{ ratio, slow: ratio >= thresholds.zoneSlowFactor && r.latencyMs - others >= noticeableMs }];
    });
  const slow = compared.filter((c) => c.slow);
  const stillSo = compared.slice(-thresholds.zoneM).every((c) => c.slow);
  const ratio = median(slow.map((c) => c.ratio));
  return ratio !== null && stillSo ? { ratio, rounds: slow.length } : null;
}
