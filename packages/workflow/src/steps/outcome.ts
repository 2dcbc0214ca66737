import { type Incident, type IncidentOutcome, lastEvent } from '@evac/core';
import { begun, retired, reverting } from './effects.ts';

/** How a move ended, as its record shows it. */
export function outcomeOf(incident: Incident): { outcome: IncidentOutcome; text: string } {
  const reverted = reverting(incident);
  if (reverted) return outcomeOfRevert(incident, reverted);
  const refused = lastEvent(incident, 'admit', 'failed') ?? lastEvent(incident, 'await-approval', 'failed');
  if (refused) return { outcome: 'refused', text: refused.text };
  const proven = lastEvent(incident, 'prove', 'done');
  const ended = lastEvent(incident, 'hold', 'done') ?? lastEvent(incident, 'restarted', 'done');
  if (proven) return { outcome: 'recovered', text: ended?.text ?? proven.text };
  return { outcome: 'failed', text: 'it ended without proof that clients are served' };
}

function outcomeOfRevert(
  incident: Incident,
  { error, cause }: { error: string; cause: string },
): { outcome: IncidentOutcome; text: string } {
  const left = begun(incident).filter((effect) => effect.step !== 'retire');
  const stands = left.some((effect) => effect.step === 'flip') && lastEvent(incident, 'flip', 'note');
  if (stands) return { outcome: 'failed', text: `${cause}. ${stands.text}` };
  if (left.length > 0) {
    const what = left.map((effect) => `${effect.step}${effect.key && ` (${effect.key})`}: ${effect.text}`);
    return { outcome: 'failed', text: `${cause}. Could not be undone: ${what.join('; ')}` };
  }
  const gone = lastEvent(incident, 'retire', 'done') !== undefined;
  if (error === 'Subsumed' && (gone || !retired(incident))) return { outcome: 'subsumed', text: cause };
  if (retired(incident)) {
    const node = gone ? 'is gone' : 'may be gone';
    return { outcome: 'failed', text: `${cause}. The old node ${node}, so there is no way back` };
  }
  const undone = incident.events.filter((e) => e.phase === 'undone').map((e) => e.text);
  if (error === 'Refused' && undone.length === 0) return { outcome: 'refused', text: cause };
  return { outcome: 'reverted', text: [cause, ...undone].join('. ') };
}
