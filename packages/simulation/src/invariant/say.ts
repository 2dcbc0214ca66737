import { formatDuration, type Incident, subjectPath } from '@evac/core';
import type { Call, Process } from '../contract.ts';

/** "step drain of replace-node.chat.i-1.abc in us-west-2" */
export function sayWho(by: Process): string {
  if (by.kind !== 'step') return `a ${by.kind} in ${by.region}`;
  return `step ${by.step ?? '?'} of ${by.execution ?? by.incident ?? '?'} in ${by.region}`;
}

/** "fleet.terminate {"node":"i-1","decrement":true} in us-west-2" */
export function sayWhat({ port, method, ask, region }: Call): string {
  return `${port}.${method} ${JSON.stringify(ask)} in ${region}`;
}

/** "replace-node of us-west-2/us-west-2a/i-1 (automatic, replace-node.chat.i-1.abc)" */
export function sayMove({ move, subject, verb, id }: Incident): string {
  return `${move} of ${subjectPath(subject)} (${verb}, ${id})`;
}

/** "12s", also for what is not whole milliseconds or not finite. */
export function sayMs(ms: number): string {
  return Number.isFinite(ms) ? formatDuration(Math.max(0, Math.round(ms))) : 'ever';
}
