import { createHash } from 'node:crypto';
import { startsAt } from './time.ts';

/** What happened, a line each, in order: the same seed gives the same lines, byte for byte. */
export interface Trace {
  line(at: number, where: string, text: string): void;
  /** SHA-256 over all lines. */
  digest(): string;
}

export function createTrace(onLine?: (line: string) => void): Trace {
  const hash = createHash('sha256');
  return {
    line(at, where, text) {
      const line = `${sinceStart(at)}  ${where.padEnd(14)}  ${text}`;
      hash.update(`${line}\n`);
      onLine?.(line);
    },
    digest: () => hash.copy().digest('hex'),
  };
}

/** "+012:34.567": minutes, seconds and milliseconds since the scene began. */
function sinceStart(at: number): string {
  const ms = at - startsAt;
  const minutes = Math.floor(ms / 60_000);
  const seconds = ((ms - minutes * 60_000) / 1_000).toFixed(3).padStart(6, '0');
  return `+${String(minutes).padStart(3, '0')}:${seconds}`;
}
