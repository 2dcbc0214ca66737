import { formatDuration, subjectName } from '@evac/core';
import { drawScene, type Pool, type Scene, type SceneResult } from '@evac/simulation';
import type { Output } from '../output.ts';
import { plural, sizeOf } from './shrink.ts';

/** Plays one scene, with its trace if asked for. Returns the exit code: 1 when a rule was broken. */
export async function playOne(
  asked: Scene | number,
  trace: boolean,
  pool: Pool,
  output: Output,
): Promise<0 | 1> {
  const scene = typeof asked === 'number' ? drawScene(asked) : asked;
  const lines: string[] = [];
  const onLine = (line: string) => {
    if (output.json) lines.push(line);
    else output.line(line);
  };
  const result = await pool.play(scene, trace ? onLine : undefined);
  const ok = result.violations.length === 0;
  output.result({ ok, scene, ...result, ...(trace ? { trace: lines } : {}) });
  if (trace) output.line();
  showOne(scene, result, output);
  return ok ? 0 : 1;
}

function showOne(scene: Scene, result: SceneResult, output: Output): void {
  const { seed, virtualMs, digest, moves, violations } = result;
  output.line(
    `seed ${seed}: ${sizeOf(scene)}; ${formatDuration(virtualMs)} of virtual time, digest ${digest}`,
  );
  for (const { move, subject, verb, outcome, openedMs, closedMs } of moves) {
    const end = closedMs === null ? 'still open' : `${outcome} after ${formatDuration(closedMs - openedMs)}`;
    output.line(`  ${formatDuration(openedMs)}: ${move} of ${subjectName(subject)} (${verb}), ${end}`);
  }
  if (violations.length === 0) {
    output.line(output.paint('green', 'no violation'));
    return;
  }
  output.line(output.paint('red', plural(violations.length, 'violation')));
  for (const { invariant, atMs, text } of violations)
    output.line(`  ${formatDuration(atMs)}: ${output.paint('bold', invariant)}: ${text}`);
}
