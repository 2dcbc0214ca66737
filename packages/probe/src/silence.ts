import type { StreamAsk } from '@evac/core';
import type { StreamFacts } from './stream-reader.ts';
import type { Running } from './wire/exchange.ts';
import { fault, faultOfDeadline } from './wire/fault.ts';

/** Ends a stream whose first token, or next one, is too long in coming. */
export function watchSilence(
  ask: StreamAsk,
  running: Running,
): { token(facts: StreamFacts): void; end(): void } {
  const first = setTimeout(() => {
    const { firstTokenMs } = ask;
    const phase = running.phase();
    const late = fault('first-token-timeout', `response headers, but no token within ${firstTokenMs}ms`);
    running.stop(phase === 'body' ? late : faultOfDeadline(phase, firstTokenMs));
  }, ask.firstTokenMs);
  let gap: NodeJS.Timeout | null = null;
  function end(): void {
    clearTimeout(first);
    if (gap !== null) clearTimeout(gap);
  }
  return {
    end,
    token(facts) {
      clearTimeout(first);
      if (facts.finishReason !== null || facts.done) return end();
      if (gap !== null) gap.refresh();
      else {
        gap = setTimeout(() => {
          running.stop(fault('stream-stalled', `no token for ${ask.longestGapMs}ms`));
        }, ask.longestGapMs);
      }
    },
  };
}
