import { elsewhere, type Recording, readRecording, type recordingNames } from '../../recorded/recording.ts';
import type { Made } from './calls.ts';

/** What a move does to the world, in order: the function, the step, the call. Asked again, it is one. */
export function actsOf(made: readonly Made[]): string[] {
  const acts = made.filter((m) => m.act && m.function !== 'decide');
  return [...new Set(acts.map((m) => `${m.function} (${m.step}): ${m.call}`))];
}

/**
 * The file of a recording, of what was seen now and what it held before. Which of the functions that all look at the same
 * is the first to see a change is a matter of time: what one was seen to call stays, while any of them calls it.
 */
export function recordingOf(
  name: (typeof recordingNames)[number],
  moves: Record<string, readonly Made[]>,
  others: readonly Made[] = [],
): string {
  const seen = new Map<string, Set<string>>();
  for (const m of [...Object.values(moves).flat(), ...others]) {
    const calls = seen.get(m.function) ?? new Set();
    seen.set(m.function, calls.add(m.elsewhere ? `${m.call}${elsewhere}` : m.call));
  }
  const anybody = new Set([...seen.values()].flatMap((calls) => [...calls]));
  const before = readRecording(name).functions;
  const recording: Recording = {
    moves: Object.fromEntries(Object.entries(moves).map(([move, made]) => [move, actsOf(made)])),
    functions: Object.fromEntries(
      [...seen]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([fn, calls]) => {
          const known = (before[fn] ?? []).filter((call) => anybody.has(call));
          return [fn, [...new Set([...calls, ...known])].toSorted()];
        }),
    ),
  };
  return `${JSON.stringify(recording, null, 2)}\n`;
}
