import type { Incident, IncidentEvent } from '@evac/core';
import type { Data } from './data.ts';

/** The acts that leave something behind, and which group of steps may undo them. */
const undoable: Record<string, 'traffic' | 'fleet'> = {
  drain: 'traffic',
  shift: 'traffic',
  'deregister-zone': 'traffic',
  flip: 'traffic',
  share: 'traffic',
  'switch-off': 'traffic',
  'return-traffic': 'traffic',
  'suspend-rebalance': 'fleet',
  launch: 'fleet',
  'keep-launches-out': 'fleet',
  'make-room': 'fleet',
  'pre-scale': 'fleet',
  'restore-zones': 'fleet',
  // The way back is forward: see retired.
  retire: 'fleet',
};

/** An act that was begun, and perhaps finished: whoever ends the move has to know of it. */
export interface Effect {
  step: string;
  key: string;
  privilege: 'traffic' | 'fleet';
  /** False between the intent and the act's end: it may or may not have happened. */
  done: boolean;
  data: Data;
  text: string;
}

/** What an incident has begun and not undone, newest first. */
export function begun(incident: Pick<Incident, 'events'>): Effect[] {
  const acts = new Map<string, IncidentEvent>();
  for (const event of eventsThatCount(incident)) {
    if (!(event.step in undoable) || event.phase === 'waiting' || event.phase === 'note') continue;
    const id = `${event.step} ${keyOf(event)}`;
    // A second intent keeps the first one's place in the order.
    acts.set(id, event);
  }
  const gone = retired(incident);
  return [...acts.values()].toReversed().flatMap((event) => {
    const privilege = undoable[event.step];
    if (!privilege || event.phase === 'undone' || event.phase === 'failed') return [];
    if (event.step === 'retire' && event.phase === 'done') return [];
    // Once the old node is given up, the replacement is what serves.
    if (gone && (event.step === 'launch' || event.step === 'drain')) return [];
    const { step, text, data = {} } = event;
    return [{ step, key: keyOf(event), privilege, done: event.phase === 'done', data, text }];
  });
}

/** True from the moment that ending the old node was begun: there is no way back, and what is left is to end it. */
export function retired(incident: Pick<Incident, 'events'>): boolean {
  return eventsThatCount(incident).some((e) => e.step === 'retire' && e.phase === 'intent');
}

/** True for the write before an act, but for those of the ending. */
export function beginsAct({ step, phase }: Pick<IncidentEvent, 'step' | 'phase'>): boolean {
  return phase === 'intent' && step !== 'revert' && step !== 'close';
}

/** Without the acts that were to begin when the move had turned round: record.ts lets none of them happen. */
function eventsThatCount({ events }: Pick<Incident, 'events'>): IncidentEvent[] {
  const turned = events.findIndex((e) => e.step === 'revert' && e.phase === 'intent');
  return turned < 0 ? events : events.filter((e, at) => at < turned || !beginsAct(e));
}

/** The error that made the move turn round; null while it has not. */
export function reverting(incident: Pick<Incident, 'events'>): { error: string; cause: string } | null {
  const event = incident.events.find((e) => e.step === 'revert' && e.phase === 'intent');
  return event ? { error: String(event.data?.error), cause: String(event.data?.cause) } : null;
}

function keyOf(event: IncidentEvent): string {
  return String(event.data?.key ?? '');
}
