import { alarmsBeside, besideMs } from './alarm.ts';
import { type Alert, type Refusal, refusalSentence, type Verdicts } from './decision.ts';
import { subjectName, subjectPath } from './move.ts';
import type { Timing } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { formatDuration } from './time.ts';

/** What no move can mend, or may not: for a person, and for whoever scales. */
export function alerts(
  snapshot: Snapshot,
  { freshMs }: Pick<Timing, 'freshMs'>,
  verdicts: Verdicts,
  refusals: readonly Refusal[],
  now: number,
): Alert[] {
  const found: Alert[] = [];
  const { fleet } = verdicts;
  const ofFleet = (kind: Alert['kind'], severity: Alert['severity'], text: string) =>
    found.push({ kind, severity, subject: 'fleet', text });
  if (fleet.verdict === 'overloaded') ofFleet('scale-out', 'warning', fleet.because);
  if (fleet.verdict === 'wrong-probe') ofFleet('wrong-probe', 'warning', fleet.because);
  if (fleet.verdict === 'bad-release') ofFleet('bad-release', 'critical', `roll back: ${fleet.because}`);
  if (fleet.verdict === 'failing-everywhere') ofFleet('refused', 'critical', fleet.because);
  if (fleet.verdict === 'suspect-vantage') ofFleet('suspect-vantage', 'critical', fleet.because);
  for (const node of verdicts.nodes) {
    if (node.class === 'misconfigured' && fleet.verdict !== 'wrong-probe')
      found.push({
        kind: 'wrong-probe',
        severity: 'warning',
        subject: node.node,
        text: `${node.node} rejects the probe: ${node.detail}`,
      });
    if (node.class === 'saturated' && fleet.verdict !== 'overloaded')
      found.push({
        kind: 'scale-out',
        severity: 'info',
        subject: node.node,
        text: `${node.node} is full: ${node.detail}`,
      });
  }
  for (const vantage of snapshot.vantages) {
    // One that has never told anything may only just have been started.
    const ago = now - (vantage.lastAt ?? now);
    if (vantage.region === snapshot.cell && (vantage.blind || ago > freshMs))
      found.push({
        kind: 'vantage-silent',
        severity: 'warning',
        subject: vantage.id,
        text:
          ago > freshMs
            ? `${vantage.id} has told nothing for ${formatDuration(ago)}`
            : `${vantage.id} sees none of its control addresses`,
      });
  }
  for (const refusal of refusals) {
    const { move, subject } = refusal.candidate;
    found.push({
      kind: 'refused',
      severity: 'warning',
      subject: subjectPath(subject),
      text: `${move} of ${subjectName(subject)} ${refusalSentence(refusal)}${alarmsBeside(subject, snapshot, now - besideMs)}`,
    });
  }
  return found;
}
