import type { ZoneRound } from '@evac/core';
import type { Truth } from '../contract.ts';
import { foldMs } from './ballot.ts';
import { skewMs } from './bounds.ts';
import type { Testimonies, Testimony } from './testimony.ts';

/** One of those that told failures of a zone was answered by it afterwards, and then not again, or the other way round. */
export function failsInPart(testimonies: Testimony[], by: string[], from: number): boolean {
  return testimonies.some(({ vantage, told }) => {
    const since = told.filter((o) => o.at > from).map((o) => o.class === 'failed');
    return (
      by.includes(vantage) && since.indexOf(true) >= 0 && since.slice(since.indexOf(true)).includes(false)
    );
  });
}

/** In `zoneM` rounds, more of the zone's requests failed than of the others', by at least such a share. */
export function requestsFail(rounds: ZoneRound[], zone: string, by: number, { service }: Truth): boolean {
  const { zoneM } = service.thresholds;
  const share = (of: ZoneRound[]) =>
    of.reduce((sum, r) => sum + r.failed, 0) /
    Math.max(
      1,
      of.reduce((sum, r) => sum + r.total, 0),
    );
  const bad = [...Map.groupBy(rounds, (r) => r.at).values()].filter((round) => {
    const here = round.filter((r) => r.zone === zone);
    const rest = round.filter((r) => r.zone !== zone);
    return share(here) - share(rest) >= by;
  });
  return bad.length >= zoneM;
}

/**
 * A zone may also be impaired by being slow: within the rounds that its test looks at, a majority of the vantages that see
 * it measured a quarter of its answers well above the other zones' typical one at about the same time, since these may have
 * been slow before. The rounds reach back to before it became slow, hence the quarter and the root.
 */
export function findingItSlow(
  region: string,
  zone: string,
  now: number,
  testimonies: Testimonies,
  { service }: Truth,
): { slow: string[]; all: string[] } {
  const { timing, thresholds } = service;
  const from = now - (thresholds.zoneN + 1) * timing.intervalMs - skewMs;
  const zones = service.regions.find((r) => r.region === region)?.zones.map((z) => z.name) ?? [];
  const within = (chosen: string[]) =>
    chosen
      .flatMap((name) => testimonies.nodesOf(region, name))
      .flatMap((node) => testimonies.of(region, node.id));
  const here = within([zone]);
  const rest = within(zones.filter((z) => z !== zone));
  const answers = (of: Testimony[], vantage: string) =>
    of
      .filter((t) => t.vantage === vantage)
      .flatMap((t) => t.told.filter((o) => o.at > from && o.class === 'ok' && o.check === 'shallow'));
  // Where generations take the place of every other round, a vantage hears of a zone and of the others by turns.
  const nearMs = 2 * timing.intervalMs;
  const seeingWithin = (ms: number) => {
    const seeing = here.filter(
      (t) => !testimonies.isBlind(t.vantage, now) && t.told.some((o) => o.at > now - ms && o.at <= now),
    );
    return [...new Set(seeing.map((t) => t.vantage))];
  };
  // A decision may have looked at its clock a moment before it read what they had told.
  const slow = seeingWithin(timing.freshMs + foldMs).filter((vantage) => {
    const others = answers(rest, vantage);
    const ratios = answers(here, vantage).flatMap(({ at, latencyMs }) => {
      const near = others.filter((o) => Math.abs(o.at - at) <= nearMs).map((o) => o.latencyMs);
      const typical = quantile(near, 0.5);
      return typical === null ? [] : [latencyMs / typical];
    });
    return (quantile(ratios, 0.75) ?? 0) >= Math.sqrt(thresholds.zoneSlowFactor);
  });
  return { slow, all: [...new Set([...slow, ...seeingWithin(timing.freshMs)])] };
}

function quantile(values: number[], share: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? null;
}
