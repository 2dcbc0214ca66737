import { type Incident, subjectName } from '@evac/core';
import type { RunEvent } from '../drill-result.ts';
import { duration, words } from '../format.ts';

/**
 * An incident as lines of a log: its opening, every step as it was written, its end. `startedAt` (epoch ms) is the
 * run's zero. As the incident grows the list only grows, so that who has printed n lines goes on with the next.
 */
export function incidentEvents(incident: Incident, startedAt: number): RunEvent[] {
  const name = `${incident.move} ${subjectName(incident.subject)}`;
  const line = (at: number, text: string): RunEvent => ({
    atMs: at - startedAt,
    kind: 'move',
    text: `${name}: ${text}`,
  });
  const lines = [line(incident.openedAt, `begun. ${incident.because}`)];
  let before = '';
  for (const event of incident.events.toSorted((a, b) => a.seq - b.seq)) {
    const text = `${words(event.step)}, ${event.phase}: ${event.text}`;
    // A step that waits writes the same at every poll.
    if (text !== before) lines.push(line(event.at, text));
    before = text;
  }
  if (incident.closedAt !== null) {
    const took = duration(incident.closedAt - incident.openedAt);
    lines.push(line(incident.closedAt, `${incident.outcome ?? 'closed'} in ${took}`));
  }
  return lines;
}
