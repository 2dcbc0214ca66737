import { type Guard, guards, moveNames } from '@evac/core';
import type { Parts, Scene } from '@evac/simulation';
import { admitMove, judgeService } from '@evac/workflow';
import type { Defect } from './defect.ts';

/** Decides and admits by these guards and no others. */
export function decidingBy(asked: readonly Guard[]): Pick<Parts, 'judgeService' | 'admitMove'> {
  return {
    judgeService: (cell, service, occasion) => judgeService(cell, service, occasion, asked),
    admitMove: (cell, input) => admitMove(cell, input, asked),
  };
}

export const without = (...names: string[]) => guards.filter(({ name }) => !names.includes(name));

/** What each guard keeps from happening, and by which rules that shows. */
const kept: Record<string, Pick<Defect, 'caughtBy' | 'within' | 'shows'>> = {
  ownership: { caughtBy: ['ownership'], within: 400, shows: hasRegions(3) },
  paused: { caughtBy: ['paused'], within: 400, shows: has('pause') },
  maintenance: {
    caughtBy: ['maintenance'],
    within: 1_000,
    shows: ({ world }) => world.service.maintenance !== undefined,
  },
  freshness: { caughtBy: ['evidence'], within: 3_000, shows: has('request') },
  fleet: { caughtBy: ['nobodys-fault'], within: 1_000, shows: isStruck('world') },
  quorum: { caughtBy: ['evidence'], within: 100 },
  subsumed: { caughtBy: ['subsumed'], within: 400 },
  lease: { caughtBy: ['one-at-a-time'], within: 1_000 },
  cooldown: { caughtBy: ['no-flapping'], within: 400 },
  breaker: { caughtBy: ['breaker'], within: 1_000 },
  'blast-radius': { caughtBy: ['blast-radius', 'move-rate'], within: 400 },
  'last-one-standing': { caughtBy: ['never-drained'], within: 3_000 },
  capacity: { caughtBy: ['capacity-left'], within: 400 },
  readiness: { caughtBy: ['ready-target'], within: 1_000, shows: hasRegions(2) },
  contrast: { caughtBy: ['nobodys-fault'], within: 3_000, shows: isStruck('world') },
  approval: {
    caughtBy: ['policy-kept'],
    within: 400,
    shows: ({ world }) => moveNames.some((move) => Object(world.service.policy)[move] === 'observe'),
  },
};

function has(kind: Scene['troubles'][number]['kind']) {
  return ({ troubles }: Scene) => troubles.some((t) => t.kind === kind);
}

function isStruck(target: string) {
  return ({ troubles }: Scene) => troubles.some((t) => t.kind === 'fault' && t.target === target);
}

function hasRegions(least: number) {
  return ({ world }: Scene) => world.regions.length >= least;
}

/** Each guard left out, one after the other. One that is not in the list above could not be caught. */
export const guardDefects: Defect[] = guards.map(({ name }) => ({
  name: `without ${name}`,
  what: `the guard ${name} is never asked`,
  caughtBy: [],
  within: 0,
  ...kept[name],
  parts: () => decidingBy(without(name)),
}));
