import { isDeepStrictEqual } from 'node:util';
import type { ServiceSettings } from '@evac/core';

/** What decided which questions were asked and how the answers were counted, by its name in the config. */
const shaping: [name: string, read: (settings: ServiceSettings) => unknown][] = [
  ['model', (s) => s.model],
  ['shallow', (s) => s.shallow],
  ['deep', (s) => s.deep],
  ['progress', (s) => s.progress],
  ['timing.interval', (s) => s.timing.intervalMs],
  ['timing.deepInterval', (s) => s.timing.deepIntervalMs],
  ['timing.fastInterval', (s) => s.timing.fastIntervalMs],
  ['timing.grace', (s) => s.timing.graceMs],
  ['thresholds.drainAfter', (s) => s.thresholds.drainAfter],
  ['thresholds.healthyAfter', (s) => s.thresholds.healthyAfter],
];

/** Settings that differ and that a replay cannot follow: the recorded evidence was made with the recorded ones. */
export function notReplayed(recorded: ServiceSettings, other: ServiceSettings): string[] {
  return shaping.flatMap(([name, read]) => (isDeepStrictEqual(read(recorded), read(other)) ? [] : [name]));
}
