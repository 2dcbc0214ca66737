import { type Detector, nobody, type ZoneCount } from './detector.ts';
import type { Draw } from './draw.ts';
import { intervalMs, secondMs } from './world.ts';

/**
 * Envoy's outlier detection with its defaults (envoyproxy.io, config.cluster.v3.OutlierDetection), each zone in the place of a host. Its minimum of five hosts is waived:
 * with it, neither rate would be looked at in a region of fewer than five zones.
 */
const sweepMs = 10 * secondMs;

interface Counted {
  zone: number;
  total: number;
  success: number;
}

/** success_rate_stdev_factor 1900, success_rate_request_volume 100 */
export function successRate(): Detector {
  return sweep(100, (counted) => {
    const mean = counted.reduce((sum, { success }) => sum + success, 0) / counted.length;
    const variance = counted.reduce((sum, { success }) => sum + (success - mean) ** 2, 0) / counted.length;
    return counted.filter(({ success }) => success < mean - 1.9 * Math.sqrt(variance));
  });
}

/** failure_percentage_threshold 85, failure_percentage_request_volume 50 */
export function failurePercentage(): Detector {
  return sweep(50, (counted) => counted.filter(({ success }) => 1 - success >= 0.85));
}

function sweep(volume: number, eject: (counted: Counted[]) => Counted[]): Detector {
  let since: (readonly ZoneCount[])[] = [];
  let said = nobody;
  return (index, zones) => {
    since = [...since, zones].slice(-sweepMs / intervalMs);
    if (((index + 1) * intervalMs) % sweepMs !== 0) return said;
    const counted = zones.map((_, zone): Counted => {
      const of = (value: (count: ZoneCount) => number) =>
        since.reduce((sum, round) => sum + (round[zone] ? value(round[zone]) : 0), 0);
      const total = of((count) => count.requests + count.probes);
      const failed = of((count) => count.failedRequests + count.failedProbes);
      return { zone, total, success: total > 0 ? 1 - failed / total : 1 };
    });
    said = eject(counted.filter(({ total }) => total >= volume)).map(({ zone }) => zone);
    return said;
  };
}

/** consecutive_5xx 5: in the order of arrival, which within a round is drawn. */
export function consecutive(draw: Draw): Detector {
  const limit = 5;
  const runs: number[] = [];
  return (_, zones) =>
    zones.flatMap((count, zone) => {
      let left = count.requests + count.probes;
      let failing = count.failedRequests + count.failedProbes;
      let run = runs[zone] ?? 0;
      if (failing === 0) {
        if (left > 0) runs[zone] = 0;
        return [];
      }
      let longest = run;
      for (; left > 0; left--) {
        if (draw.share() * left < failing) {
          failing--;
          longest = Math.max(longest, ++run);
        } else run = 0;
        if (failing === 0 && run === 0) break;
      }
      runs[zone] = run;
      return longest >= limit ? [zone] : [];
    });
}
