import { type Guard, guards, moveNames } from '@evac/core';
import type { Parts } from '@evac/simulation';
import { admitMove, judgeService } from '@evac/workflow';
import type { Defect } from './defect.ts';
import {
  both,
  coolsForLong,
  failsTogether,
  failsWithRegion,
  has,
  hasRegions,
  isAutomatic,
  isDeaf,
  isSet,
  isStruckBy,
  isUndisturbed,
  isWantedBack,
  leavesTheLast,
} from './scenes.ts';

/** Decides and admits by these guards and no others. */
export function decidingBy(asked: readonly Guard[]): Pick<Parts, 'judgeService' | 'admitMove'> {
  return {
    judgeService: (cell, service, occasion) => judgeService(cell, service, occasion, asked),
    admitMove: (cell, input) => admitMove(cell, input, asked),
  };
}

export const without = (...names: string[]) => guards.filter(({ name }) => !names.includes(name));

const observes = (policy: unknown) => moveNames.some((move) => Object(policy)[move] === 'observe');

/** By which rules it shows that a guard is not asked, and in which scenes it may. */
const kept: Record<string, Pick<Defect, 'caughtBy' | 'within' | 'shows'>> = {
  ownership: { caughtBy: ['ownership'], within: 500, shows: both(hasRegions(3), isStruckBy('region-loss')) },
  paused: { caughtBy: ['paused'], within: 200, shows: has('pause') },
  maintenance: { caughtBy: ['maintenance'], within: 500, shows: isSet('maintenance') },
  freshness: {
    caughtBy: ['informed', 'evidence'],
    within: 3_000,
    shows: isDeaf('fleet', 'balancer', 'zonalShift', '*'),
  },
  fleet: { caughtBy: ['together'], within: 2_000, shows: both(isUndisturbed, failsTogether) },
  quorum: { caughtBy: ['evidence'], within: 100 },
  subsumed: { caughtBy: ['subsumed'], within: 200 },
  lease: {
    caughtBy: ['one-at-a-time'],
    within: 4_000,
    shows: both(isUndisturbed, isWantedBack, isSet('policy', isAutomatic)),
  },
  cooldown: { caughtBy: ['no-flapping'], within: 200, shows: coolsForLong },
  breaker: {
    caughtBy: ['breaker'],
    within: 2_000,
    shows: isSet('limits.breakerAfter', (value) => value === 1),
  },
  'blast-radius': {
    caughtBy: ['blast-radius', 'move-rate'],
    within: 2_000,
    shows: isSet('limits.maxMovesPerHour', (value) => value === 3),
  },
  'last-one-standing': { caughtBy: ['another-stands'], within: 2_000, shows: leavesTheLast },
  capacity: { caughtBy: ['capacity-left'], within: 500 },
  readiness: { caughtBy: ['heir-answers', 'ready-target'], within: 2_000, shows: failsWithRegion },
  contrast: {
    caughtBy: ['nobodys-fault'],
    within: 2_000,
    shows: both(isUndisturbed, isStruckBy('bad-release')),
  },
  approval: { caughtBy: ['policy-kept'], within: 200, shows: isSet('policy', observes) },
};

/** Each guard left out, one after the other. One that is not in the list above could not be noticed. */
export const guardDefects: Defect[] = guards.map(({ name }) => ({
  name: `without ${name}`,
  what: `the guard ${name} is never asked`,
  caughtBy: [],
  within: 0,
  ...kept[name],
  parts: () => decidingBy(without(name)),
}));
