import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the functions have called on moto, as test/aws/workflow writes it and fails when it is not so any more. */
export interface Recording {
  /** What each move does to the world, in order: the function, the step, the call. Asked again, it is one. */
  moves: Record<string, string[]>;
  /** Every call of each function, as IAM is asked. */
  functions: Record<string, string[]>;
}

export const recordingNames = ['story', 'detours', 'regions'] as const;

/** Of another region than the function's own. */
export const elsewhere = ', in other regions';

export function readRecording(name: (typeof recordingNames)[number]): Recording {
  return JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8'));
}

/** Every call of each function, in all recordings. */
export function recordedCalls(): Record<string, string[]> {
  const all: Record<string, Set<string>> = {};
  for (const name of recordingNames) {
    for (const [fn, calls] of Object.entries(readRecording(name).functions)) {
      all[fn] = new Set([...(all[fn] ?? []), ...calls]);
    }
  }
  const sorted = Object.keys(all).toSorted();
  return Object.fromEntries(sorted.map((fn) => [fn, [...(all[fn] ?? [])].toSorted()]));
}
