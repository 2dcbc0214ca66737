import { type Refusal, subjectPath } from '@evac/core';
import type { RefusalResult } from './drill-result.ts';

/**
 * A guard says no at every round for as long as it holds: the same refusal, told once, with how often it was
 * repeated. The words are those of the first time. Times are counted from `from` (epoch ms), the fault.
 */
export function foldRefusals(
  refusals: readonly { at: number; refusal: Refusal }[],
  from: number,
): RefusalResult[] {
  const folded = new Map<string, RefusalResult>();
  for (const { at, refusal } of refusals.toSorted((a, b) => a.at - b.at)) {
    const { candidate, guard, because, unblock } = refusal;
    const subject = subjectPath(candidate.subject);
    const key = [candidate.move, subject, guard].join(' ');
    const known = folded.get(key);
    if (known) {
      known.count += 1;
      known.lastMs = at - from;
      continue;
    }
    const when = at - from;
    folded.set(key, {
      move: candidate.move,
      subject,
      guard,
      because,
      unblock,
      firstMs: when,
      lastMs: when,
      count: 1,
    });
  }
  return [...folded.values()];
}
