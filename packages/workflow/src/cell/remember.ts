import type { Clock } from '@evac/core';

/**
 * The same reads, each answered from memory for a while after it was asked, whether it succeeded or failed: an API that
 * is asked by every judgement is limited for the whole account. Asks under way are shared. For what only looks.
 */
export function remember<Ask, Answer>(
  read: (ask: Ask) => Promise<Answer>,
  clock: Pick<Clock, 'now'>,
  forMs: number,
): (ask: Ask) => Promise<Answer> {
  const kept = new Map<string, { at: number; answer: Promise<Answer> }>();
  return (ask) => {
    const key = JSON.stringify(ask);
    const last = kept.get(key);
    if (last && clock.now() - last.at < forMs) return last.answer;
    const answer = read(ask);
    kept.set(key, { at: clock.now(), answer });
    return answer;
  };
}
