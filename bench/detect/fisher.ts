import { thresholdDefaults } from '../../packages/core/src/config/defaults.ts';
import { fisherGreater, holm } from '../../packages/core/src/verdict/statistics.ts';
import type { Detector, ZoneCount } from './detector.ts';

const { zoneAlpha, zoneM, zoneN, zoneMinEffect, zoneMinVolume } = thresholdDefaults;

interface Counted {
  failed: number;
  total: number;
}

/**
 * The arithmetic of Evac's verdict and nothing else: one-sided Fisher on the last N rounds' failures against the pooled rest,
 * Holm over the zones, with its own level, minimum effect and volume, and M of N rounds bad.
 */
export function plainFisher(): Detector {
  let window: { index: number; zones: readonly ZoneCount[] }[] = [];
  return (index, zones) => {
    window = [...window.filter((round) => round.index > index - zoneN), { index, zones }];
    const rounds = window.map((round) => round.zones.map(counted));
    const all = sum(rounds.flat());
    const p = zones.map((_, z) => {
      const mine = rounds.flatMap((round) => round[z] ?? []);
      const here = sum(mine);
      const rest = { failed: all.failed - here.failed, total: all.total - here.total };
      const bad = mine.filter((c) => c.failed > 0 && c.failed >= zoneMinEffect * c.total);
      const enough = here.total >= zoneMinVolume && rest.total >= zoneMinVolume && bad.length >= zoneM;
      if (!enough || here.failed / here.total - rest.failed / rest.total < zoneMinEffect) return 1;
      return fisherGreater(here.failed, here.total, rest.failed, rest.total);
    });
    return holm(p).flatMap((corrected, zone) => (corrected <= zoneAlpha ? [zone] : []));
  };
}

const counted = (zone: ZoneCount): Counted => ({
  failed: zone.failedRequests + zone.failedProbes,
  total: zone.requests + zone.probes,
});

function sum(counts: readonly Counted[]): Counted {
  return counts.reduce((a, b) => ({ failed: a.failed + b.failed, total: a.total + b.total }), {
    failed: 0,
    total: 0,
  });
}
