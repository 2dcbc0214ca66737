import type { DrillResult } from './drill-result.ts';
import { count, duration, percent, plural, setting } from './format.ts';

/** What came of it, in plain words, for a person who reads nothing else. */
export function verdictSentence(drills: readonly DrillResult[]): string {
  if (drills.length === 0) return 'Nothing was run.';
  const failed = drills.filter((drill) => !drill.passed);
  const promises = drills.flatMap((drill) => drill.promises);
  const missed = promises.filter((promise) => !promise.held);
  const head =
    failed.length === 0
      ? drills.length === 1
        ? 'Passed.'
        : `Passed: all ${drills.length} drills.`
      : drills.length === 1
        ? 'Not passed.'
        : `Not passed: ${failed.map((drill) => drill.scenario).join(', ')}.`;
  const kept =
    promises.length === 0
      ? 'Nothing had been promised.'
      : missed.length === 0
        ? `${allOf(promises.length)} kept.`
        : `${missed.length} of ${plural(promises.length, 'promise')} missed.`;
  return [head, recoverySentence(drills), requestSentence(drills), kept].filter((text) => text).join(' ');
}

function allOf(promises: number): string {
  if (promises === 1) return 'The promise was';
  return promises === 2 ? 'Both promises were' : `All ${promises} promises were`;
}

function recoverySentence(drills: readonly DrillResult[]): string {
  const hurt = drills.filter((drill) => drill.requests.failed > drill.failedBeforeFault);
  const never = hurt.filter((drill) => drill.recoveredMs === null);
  if (hurt.length === 0) return '';
  if (never.length > 0) {
    return drills.length === 1
      ? 'Requests had not recovered while the fault was on.'
      : `Requests had not recovered in ${never.map((drill) => drill.scenario).join(', ')}.`;
  }
  const slowest = Math.max(...hurt.map((drill) => drill.recoveredMs ?? 0));
  return drills.length === 1
    ? `Requests recovered ${duration(slowest)} after the fault.`
    : `Requests recovered every time, at the latest ${duration(slowest)} after the fault.`;
}

function requestSentence(drills: readonly DrillResult[]): string {
  const total = drills.reduce((sum, drill) => sum + drill.requests.total, 0);
  const failed = drills.reduce((sum, drill) => sum + drill.requests.failed, 0);
  if (total === 0) return 'No request was sent.';
  if (failed === 0) return `None of ${plural(total, 'request')} failed.`;
  return `${count(failed)} of ${plural(total, 'request')} failed (${percent(failed, total)}).`;
}

/** "node-hang: out of rotation within 9.0 s, took 9.3 s": one line for each promise that was missed. */
export function missedPromises(drills: readonly DrillResult[]): string[] {
  return drills.flatMap((drill) =>
    drill.promises
      .filter((promise) => !promise.held)
      .map(({ name, limitMs, actualMs }) => {
        const limit = limitMs === null ? '' : ` (at most ${setting(limitMs)})`;
        const actual =
          actualMs !== null ? `: took ${duration(actualMs)}` : limitMs === null ? '' : ': did not happen';
        return `${drill.scenario}: ${name}${limit}${actual}`;
      }),
  );
}
