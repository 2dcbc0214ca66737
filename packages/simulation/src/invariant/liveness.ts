import type { Invariant, Truth } from '../contract.ts';
import { promise } from './promise.ts';
import { sayMs } from './say.ts';
import { hear, toldSoFar } from './told.ts';

const windowSeconds = 30;
const wantedShare = 0.95;

/**
 * With a healthy, ready place for traffic and policy automatic, traffic is answered again within the bound for the
 * faults that hold: 95% of the requests of every 30 s from then on, while nothing new goes wrong. promise.ts says which
 * bound that is, why, and where nothing is promised.
 */
export const liveness = (): Invariant => {
  let toldOf = Number.NEGATIVE_INFINITY;
  return {
    name: 'liveness',
    after(call, ended, truth) {
      hear(call, ended, truth);
      return null;
    },
    second(truth) {
      const troubledAt = truth.troubledAt();
      if (toldOf === troubledAt) return null;
      const share = shareOf(truth);
      if (share === null || share >= wantedShare) return null;
      const promised = promise(truth, toldSoFar(truth).ledger);
      const calmMs = truth.now - troubledAt;
      if (!promised || calmMs <= promised.ms + windowSeconds * 1_000) return null;
      toldOf = troubledAt;
      const faults = truth
        .faults()
        .map((f) => `${f.name} of ${f.target}`)
        .join(', ');
      return `${Math.round(share * 100)}% of the requests of the last ${windowSeconds}s were answered, ${sayMs(calmMs)} after the last trouble, with ${faults || 'nothing'} wrong; promised is ${Math.round(wantedShare * 100)}% after ${sayMs(promised.ms)}: ${promised.because}`;
    },
  };
};

function shareOf({ answered }: Truth): number | null {
  const seconds = answered.slice(-windowSeconds).filter((share) => share !== null);
  if (seconds.length < windowSeconds / 2) return null;
  return seconds.reduce((sum, share) => sum + share, 0) / seconds.length;
}
