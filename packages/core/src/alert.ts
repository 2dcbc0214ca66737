import { type Alert, type Refusal, refusalSentence, type Verdicts } from './decision.ts';
import { subjectName } from './move.ts';
import type { Snapshot } from './snapshot.ts';

/** What no move can mend, or may not: for a person, and for whoever scales. */
export function alerts(snapshot: Snapshot, verdicts: Verdicts, refusals: readonly Refusal[]): Alert[] {
  const found: Alert[] = [];
  const { fleet } = verdicts;
  if (fleet.verdict === 'overloaded')
    found.push({ kind: 'scale-out', severity: 'warning', text: fleet.because });
  if (fleet.verdict === 'bad-release')
    found.push({ kind: 'bad-release', severity: 'critical', text: `roll back: ${fleet.because}` });
  if (fleet.verdict === 'failing-everywhere')
    found.push({ kind: 'refused', severity: 'critical', text: fleet.because });
  if (fleet.verdict === 'suspect-vantage')
    found.push({ kind: 'suspect-vantage', severity: 'critical', text: fleet.because });
  for (const node of verdicts.nodes) {
    if (node.class === 'misconfigured')
      found.push({
        kind: 'wrong-probe',
        severity: 'warning',
        text: `${node.node} rejects the probe: ${node.detail}`,
      });
    if (node.class === 'saturated' && fleet.verdict !== 'overloaded')
      found.push({ kind: 'scale-out', severity: 'info', text: `${node.node} is full: ${node.detail}` });
  }
  for (const vantage of snapshot.vantages) {
    if (vantage.region === snapshot.cell && vantage.blind)
      found.push({
        kind: 'vantage-silent',
        severity: 'warning',
        text: `${vantage.id} sees none of its control addresses`,
      });
  }
  for (const refusal of refusals) {
    const { move, subject } = refusal.candidate;
    found.push({
      kind: 'refused',
      severity: 'warning',
      text: `${move} of ${subjectName(subject)} ${refusalSentence(refusal)}`,
    });
  }
  return found;
}
