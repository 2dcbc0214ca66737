import type { Invariant } from '../contract.ts';
import { atActs } from './at-ports.ts';
import { isCall } from './call.ts';
import { createDnsPicture, type DnsPicture } from './dns-picture.ts';
import { sayWhat, sayWho } from './say.ts';

/** DNS weights are never all zero: Route 53 would answer with every region, those that were taken out among them. */
export const weights = (): Invariant => {
  let dns: DnsPicture | null = null;
  return atActs('weights', ({ call, truth }) => {
    if (!isCall(call, 'dns', 'setWeights')) return null;
    dns ??= createDnsPicture(truth.scene);
    dns.note(call);
    if ([...dns.weights().values()].some((weight) => weight > 0)) return null;
    return `${sayWho(call.by)} made ${sayWhat(call)}, which leaves every weight at 0`;
  });
};
