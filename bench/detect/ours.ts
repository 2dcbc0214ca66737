import { judge, type ZoneRound, type ZoneVerdict } from '@evac/core';
import type { Place } from './place.ts';
import type { Probing } from './probing.ts';
import type { Counted } from './requests.ts';
import { intervalMs } from './world.ts';

/** The product's own verdict, when the product would ask for it. */
export interface Ours {
  /** After every observation, and when the clock ticks; null if there is nothing to judge. By zone's index. */
  look(now: number, tick: boolean): { impaired: number[]; suspected: number[] } | null;
  /** At the end of a round, with what the balancer counted in it. */
  count(index: number, requests: readonly Counted[]): void;
}

/** `whole` judges also where the verdict can only be that all is well. */
export function createOurs(place: Place, probing: Probing, whole: boolean): Ours {
  const { service, vantages } = place;
  const { zoneN, zoneMinEffect, zoneSlowFactor } = service.thresholds;
  const traffic: ZoneRound[] = [];

  /** Without one of these no zone can be impaired (course.test.ts). */
  function mayBeImpaired(): boolean {
    if (traffic.some((r) => r.failed >= zoneMinEffect * r.total)) return true;
    const starting = probing.starting;
    const troubled = probing.troubled();
    const lately = new Map<string, Set<string>>();
    let [low, high] = [Number.POSITIVE_INFINITY, 0];
    for (const { zone, affected, latencyMs } of probing.rounds) {
      if (affected.length > 0) lately.set(zone, (lately.get(zone) ?? new Set()).union(new Set(affected)));
      low = Math.min(low, latencyMs ?? low);
      high = Math.max(high, latencyMs ?? high);
    }
    if (high >= zoneSlowFactor * low) return true;
    return place.nodes.some((nodes, z) => {
      const most = Math.max(troubled[z] ?? 0, lately.get(place.zones[z] ?? '')?.size ?? 0);
      return most >= (starting ? 1 : Math.min(nodes.length, Math.max(2, Math.ceil(nodes.length / 2))));
    });
  }

  return {
    look(now, tick) {
      if (!tick && !probing.amiss(now)) return null;
      if (!whole && !mayBeImpaired()) return null;
      const since = now - zoneN * intervalMs;
      const snapshot = {
        ...place.snapshot,
        health: probing.health(),
        rounds: [...probing.allRounds(now), ...traffic.filter((r) => r.at > since && r.at <= now)],
        vantages: vantages.map((v, i) => ({ ...v, lastAt: probing.heardAt[i] ?? null, blind: false })),
      };
      const { zones } = judge(snapshot, service, now);
      const are = (...verdicts: ZoneVerdict['verdict'][]) =>
        zones.flatMap(({ verdict }, zone) => (verdicts.includes(verdict) ? [zone] : []));
      return { impaired: are('impaired'), suspected: are('impaired', 'suspected') };
    },
    count(index, requests) {
      const end = (index + 1) * intervalMs;
      const oldest = end - zoneN * intervalMs;
      let old = 0;
      while ((traffic[old]?.at ?? end) <= oldest) old++;
      if (old > 0) traffic.splice(0, old);
      requests.forEach(({ total, failed }, z) => {
        const zone = place.zones[z];
        if (!zone || total === 0) return;
        traffic.push({
          zone,
          source: 'traffic',
          at: end,
          total,
          failed,
          nodes: 0,
          affected: [],
          latencyMs: null,
        });
      });
    },
  };
}
