import { guards } from '@evac/core';
import { stillNeeded } from '@evac/workflow';
import type { Defect } from './defect.ts';
import { decidingBy, without } from './guards.ts';
import { asksAPerson, both, coolsForLong, has, isSet } from './scenes.ts';

/** Rules about what may be let through. */
const admissions = [
  'paused',
  'maintenance',
  'evidence',
  'nobodys-fault',
  'no-flapping',
  'breaker',
  'move-rate',
  'blast-radius',
  'capacity-left',
  'ready-target',
  'one-at-a-time',
];

export const decisionDefects: Defect[] = [
  {
    name: 'no re-check at Admit',
    what: 'what was decided is done, whatever has become true since',
    caughtBy: admissions,
    within: 2_000,
    shows: both(isSet('policy', asksAPerson), has('answer')),
    parts: () => ({ admitMove: async () => ({ ok: true }) }),
  },
  {
    name: 'cooldown from the start',
    what: 'the cooldown counts from when the last move began, not from when it ended',
    caughtBy: ['no-flapping'],
    within: 200,
    shows: coolsForLong,
    parts: () =>
      decidingBy(
        guards.map((guard) => {
          if (guard.name !== 'cooldown') return guard;
          return {
            ...guard,
            object(candidate, context) {
              const incidents = context.snapshot.incidents.map((i) =>
                i.closedAt === null ? i : { ...i, closedAt: i.openedAt },
              );
              return guard.object(candidate, { ...context, snapshot: { ...context.snapshot, incidents } });
            },
          };
        }),
      ),
  },
  {
    name: 'subsumption off',
    what: 'a node’s move begins and goes on beside its zone’s, a zone’s beside its region’s',
    caughtBy: ['subsumed'],
    within: 400,
    parts: () => ({
      ...decidingBy(without('subsumed')),
      stillNeeded: async (cell, input) => {
        const standing = await stillNeeded(cell, input);
        return standing === 'subsumed' ? 'waiting' : standing;
      },
    }),
  },
];
