import type { ServiceSettings } from '../settings.ts';
import { formatDuration } from '../time.ts';

/** How long it takes at worst, from the fault to a confirmed finding, and the sum that says so. */
export interface WorstCase {
  ms: number;
  /** "interval 5s + 1 × fastInterval 1s + 2 × timeout 3s" */
  sum: string;
}

export interface Detection {
  /** The connection is refused at once: a crashed process. */
  refused: WorstCase;
  /** Every shallow probe runs into its timeout: a host that is gone. */
  hang: WorstCase;
  /** /health is fine and the generation hangs; null without a deep probe. */
  deepHang: WorstCase | null;
  /** Work is pending and no token comes; null without progress counters. */
  noProgress: WorstCase | null;
  /** A zone lost as a whole: zoneM bad rounds, the last of which ends with its first confirmation. */
  zone: WorstCase;
  /** A region's endpoint hangs, and the last client's cached answer expires; null without DNS. */
  region: WorstCase | null;
}

/**
 * The worst case begins just after a good answer: a whole interval passes, then `drainAfter` probes fail, each up to its
 * timeout, `fastInterval` apart. A generation may hang for longer than a round and who asked it may know nothing of it in the next,
 * so that its own turns must suffice; the others ask sooner mostly, when they hear of the first that failed.
 */
export function worstCase(service: ServiceSettings): Detection {
  const { timing, thresholds, shallow, deep, progress, dns } = service;
  const again: Term = { name: 'fastInterval', times: thresholds.drainAfter - 1, ms: timing.fastIntervalMs };
  const interval: Term = { name: 'interval', times: 1, ms: timing.intervalMs };
  const timeouts: Term = { name: 'timeout', times: thresholds.drainAfter, ms: shallow.timeoutMs };
  return {
    refused: total([interval, again]),
    hang: total([interval, again, timeouts]),
    deepHang:
      deep &&
      total([
        { name: 'deepInterval', times: thresholds.drainAfter, ms: timing.deepIntervalMs },
        { name: 'deepTimeout', times: 1, ms: deep.timeoutMs },
      ]),
    noProgress: progress && total([{ name: 'noProgress', times: 1, ms: timing.noProgressMs }, interval]),
    zone: total([
      { ...interval, times: thresholds.zoneM },
      { ...again, times: 1 },
      { ...timeouts, times: 2 },
    ]),
    region: dns && total([interval, again, timeouts, { name: 'ttl', times: 1, ms: dns.ttlMs }]),
  };
}

interface Term {
  name: string;
  times: number;
  ms: number;
}

function total(terms: Term[]): WorstCase {
  const counted = terms.filter((term) => term.times > 0);
  return {
    ms: counted.reduce((sum, term) => sum + term.times * term.ms, 0),
    sum: counted
      .map((term) => `${term.times === 1 ? '' : `${term.times} × `}${term.name} ${formatDuration(term.ms)}`)
      .join(' + '),
  };
}
