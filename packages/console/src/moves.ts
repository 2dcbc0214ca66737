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
    const state = stateOf(events, incident);
    const ending = events.findLast((event) => isEnd(event.phase)) ?? last;
    const endedAt = state === 'running' ? null : ending.at;
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

function isEnd(phase: IncidentEvent['phase']): boolean {
  return phase === 'done' || phase === 'failed' || phase === 'undone';
}

/** The last word counts, notes apart. What was under way when the incident was closed ended as the incident did. */
function stateOf(events: IncidentEvent[], incident: Incident): StepState {
  const phase = events.findLast((event) => event.phase !== 'note')?.phase ?? 'done';
  if (phase === 'done' || phase === 'failed' || phase === 'undone') return phase;
  if (incident.closedAt === null) return 'running';
  return incident.outcome === 'recovered' ? 'done' : 'failed';
}
