import type { Invariant } from '../contract.ts';
import { atAdmissions } from './at-ports.ts';
import { sayMove, sayMs } from './say.ts';
import { storesAnswer } from './stores.ts';

const hourMs = 3_600_000;
/** What a peer's store took less than this before may have been read a moment too early: reads go out together. */
const togetherMs = 2_000;

/**
 * No more moves begin within an hour than `maxMovesPerHour`: when one is let through, fewer than that were opened in its
 * store (and in the others, where they can be read) within the hour before and not refused. Two at once are no excuse:
 * each is opened before it counts.
 */
export const moveRate = (): Invariant =>
  atAdmissions('move-rate', ({ incident, region, at, knewAt }, { truth, ledger }) => {
    const regions = storesAnswer(truth.scene) ? truth.scene.world.regions.map((r) => r.name) : [region];
    const begun = regions.flatMap((name) =>
      ledger.incidents(name).filter((i) => {
        const latest = name === region ? knewAt : knewAt - togetherMs;
        const recent = i.openedAt <= latest && at - i.openedAt < hourMs;
        return i.id !== incident.id && recent && i.outcome !== 'refused';
      }),
    );
    const most = truth.service.limits.maxMovesPerHour;
    if (begun.length < most) return null;
    const last = begun.toSorted((a, b) => b.openedAt - a.openedAt)[0];
    return `${sayMove(incident)} was admitted in ${region} beside ${begun.length} moves of the last hour, at most ${most} may be (the last: ${last?.id}, opened ${sayMs(at - (last?.openedAt ?? at))} before)`;
  });
