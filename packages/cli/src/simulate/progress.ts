import { formatDuration } from '@evac/core';
import type { Output } from '../output.ts';

const width = 20;

/** How far it is, over itself on a terminal; elsewhere a line for every tenth, so that a log shows it lives. */
export function createProgress(total: number, output: Output, isTerminal = process.stderr.isTTY) {
  const start = performance.now();
  let told = 0;
  return {
    at(done: number, failovers: number, violations: number): void {
      const ms = performance.now() - start;
      const words = [
        `${done} of ${total} seeds`,
        `${perMinute(failovers, ms)} failovers a minute`,
        violations === 1 ? '1 violation' : `${violations} violations`,
        `${formatDuration((ms / done) * (total - done))} left`,
      ].join(', ');
      if (isTerminal) {
        const full = Math.round((done / total) * width);
        output.progress(`${'█'.repeat(full)}${'░'.repeat(width - full)} ${words}`);
      } else if (done < total && Math.floor((10 * done) / total) > told) {
        told = Math.floor((10 * done) / total);
        output.line(words);
      }
    },
    end: () => output.progress(null),
  };
}

export function perMinute(count: number, ms: number): number {
  return Math.round((count / Math.max(1, ms)) * 60_000);
}
