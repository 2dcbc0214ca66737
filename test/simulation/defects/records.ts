import type { IncidentEvent } from '@evac/core';
import { inSteps, nothing, over } from './at-ports.ts';
import type { Defect } from './defect.ts';
import { asksAPerson, has, isSet } from './scenes.ts';

export const recordDefects: Defect[] = [
  {
    name: 'record after act',
    what: 'what is about to be done is written only once it is done',
    caughtBy: ['record-first'],
    within: 50,
    parts: () =>
      inSteps((ports) => {
        const { store } = ports;
        let held: Parameters<typeof store.record>[0] | null = null;
        return over(ports, 'store', {
          async record(ask) {
            if (ask.event.phase !== 'intent') {
              if (held) await store.record(held);
              held = null;
              return store.record(ask);
            }
            held = ask;
            const written: IncidentEvent = { ...ask.event, seq: 0, at: Date.now() };
            return written;
          },
        });
      }),
  },
  {
    name: 'close forgotten',
    what: 'a move that has ended is never written as closed',
    caughtBy: ['closes'],
    within: 50,
    parts: () => inSteps((ports) => over(ports, 'store', { closeIncident: nothing })),
  },
  {
    name: 'resume forgotten',
    what: 'an open incident whose execution was killed gets no other one',
    caughtBy: ['closes'],
    within: 400,
    shows: has('abort'),
    parts: () => ({ resumeOpen: async () => [] }),
  },
  {
    name: 'approval not awaited',
    what: 'a move that waits for a person goes on as if one had said yes',
    caughtBy: ['policy-kept'],
    within: 400,
    shows: isSet('policy', asksAPerson),
    parts: () =>
      inSteps((ports, by) => {
        if (by.step !== 'await-approval') return ports;
        return over(ports, 'store', {
          async incident(ask) {
            const incident = await ports.store.incident(ask);
            const event = { seq: 0, at: Date.now(), step: 'approval', phase: 'note' as const, text: 'yes' };
            return (
              incident && { ...incident, events: [...incident.events, { ...event, data: { granted: true } }] }
            );
          },
        });
      }),
  },
];
