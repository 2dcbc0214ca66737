import { type Incident, type IncidentEvent, subjectPath } from '@evac/core';
import type { MoveResult, StepResult, StepState } from './drill-result.ts';

/** An incident as one move with its steps; times are counted from `from` (epoch ms), the fault. */
export function moveResult(incident: Incident, from: number): MoveResult {
  return {
    move: incident.move,
    subject: subjectPath(incident.subject),
    outcome: incident.outcome,
    steps: stepsOf(incident, from),
  };
}

/**
 * The steps in the order they began. A step's events may be written twice, by a run that was resumed: it has begun
 * with the first of them and ended with the last. Undoing a step is a span of its own, since it comes later.
 */
export function stepsOf(incident: Incident, from: number): StepResult[] {
  const spans = new Map<string, IncidentEvent[]>();
  for (const event of incident.events.toSorted((a, b) => a.seq - b.seq)) {
    const key = event.phase === 'undone' ? `${event.step} (undone)` : event.step;
    const span = spans.get(key);
    if (span) span.push(event);
    else spans.set(key, [event]);
  }
  return [...spans.values()].flatMap((events) => {
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) return [];
    const state = stateOf(events, incident.closedAt !== null);
    // A step that only ever left a note ended with it; one that was cut off ended with the incident.
    const endedAt = state === 'running' ? null : (ending(events)?.at ?? last.at);
    return [
      {
        step: first.step,
        startedMs: first.at - from,
        endedMs: endedAt === null ? null : endedAt - from,
        state,
        text: last.text,
      },
    ];
  });
}

function ending(events: IncidentEvent[]): IncidentEvent | undefined {
  return events.findLast((event) => event.phase !== 'intent' && event.phase !== 'waiting');
}

function stateOf(events: IncidentEvent[], closed: boolean): StepState {
  const end = ending(events);
  if (end?.phase === 'undone') return 'undone';
  if (end?.phase === 'failed') return 'failed';
  const acted = events.some((event) => event.phase === 'intent' || event.phase === 'waiting');
  const done = events.some((event) => event.phase === 'done');
  if (done || !acted) return 'done';
  return closed ? 'failed' : 'running';
}
