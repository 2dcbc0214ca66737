import { PortError, type RegionName } from '@evac/core';
import { LostAnswer } from '../errors.ts';
import type { Action } from './actions.ts';
import type { Gap } from './picture.ts';

/** Null: it was not told, and a gap says why. With `absent`, what is not there is that. */
export type Ask = <Answer, Absent = never>(
  action: Action,
  send: () => Promise<Answer>,
  absent?: { absent: Absent },
) => Promise<Answer | Absent | null>;

/** Asks one region; whatever it does not tell becomes a gap. */
export function createAsk(region: RegionName, gaps: Gap[]): Ask {
  return async (action, send, absent) => {
    try {
      return await send();
    } catch (error) {
      if (absent && error instanceof PortError && error.code === 'not-found') return absent.absent;
      if (!(error instanceof PortError) && !(error instanceof LostAnswer)) throw error;
      const gap: Gap = { region, action, why: whyOf(error), text: error.message };
      // A permission is missing once, however often it was needed.
      const known = gap.why === 'denied' && gaps.some((g) => same(g, gap));
      if (!known) gaps.push(gap);
      return null;
    }
  };
}

/** Each service has words of its own for the same. */
const denial = /was refused: (AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized|Forbidden)/;

function whyOf(error: PortError | LostAnswer): Gap['why'] {
  if (error instanceof LostAnswer) return 'unanswered';
  if (denial.test(error.message)) return 'denied';
  return error.code === 'unavailable' || error.code === 'throttled' ? 'unanswered' : 'refused';
}

function same(a: Gap, b: Gap): boolean {
  return a.region === b.region && a.action === b.action && a.why === b.why;
}
