/** One way to ask the same question. */
export interface Case {
  name: string;
  connection: 'fresh' | 'reuse';
  assertion: 'none' | 'json-path';
  /**
   * `loop`: the next question as soon as one is answered. `rounds`: every target every 10 ms, as fast as a round goes.
   * `spread`: every target every 10 ms, evenly spread, as HAProxy does it.
   */
  shape: 'loop' | 'rounds' | 'spread';
}

export interface Measure {
  /** User and system CPU of the prober's process, microseconds per check. */
  cpuMicros: number;
  checksPerSecond: number;
}

/** As many targets and the same pace for everybody who can be paced; a loop has fewer, but always. */
export const pacedTargets = 40;
export const pacedMs = 10;
export const loopConcurrency = 8;

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
