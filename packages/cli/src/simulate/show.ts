import { formatDuration } from '@evac/core';
import type { Output } from '../output.ts';
import { columns } from '../sim/columns.ts';
import { perMinute } from './progress.ts';
import { plural, type ShrunkRule, sizeOf } from './shrink.ts';
import type { Distribution, FaultTimes, Tally } from './tally.ts';

/** On a machine that has other work to do, only the processor's time says what scenes cost. */
export interface Took {
  wallMs: number;
  cpuMs: number;
}

/** What many scenes came to, for a person. */
export function showTally(tally: Tally, from: number, took: Took, output: Output): void {
  const { seeds, failovers, virtualMs, moves, refusals, faults } = tally;
  output.line(
    `seeds ${from} to ${from + seeds - 1}: ${formatDuration(virtualMs)} of virtual time in ${formatDuration(took.wallMs)}, digest ${tally.digest}`,
  );
  output.line(
    `${plural(failovers, 'whole failover')}, ${perMinute(failovers, took.wallMs)} a minute, ${perMinute(failovers, took.cpuMs)} a minute of one core's time`,
  );
  table(
    output,
    'moves',
    Object.entries(moves).map(([move, outcomes]) => [move, counts(outcomes)]),
  );
  table(
    output,
    'refusals, by guard',
    Object.entries(refusals).map(([guard, count]) => [guard, String(count)]),
  );
  if (faults.length === 0) return;
  table(output, 'from the fault to the verdict (detected) and to the proof (recovered)', [
    ['fault', 'moves', 'detected p50', 'p90', 'p99', 'max', 'recovered p50', 'p90', 'p99', 'max'],
    ...faults.map(faultRow),
  ]);
}

function table(output: Output, title: string, rows: string[][]): void {
  if (rows.length === 0) return;
  output.line();
  output.line(output.paint('bold', title));
  output.line(columns(rows));
}

function faultRow({ fault, count, detected, recovered }: FaultTimes): string[] {
  return [fault, String(count), ...times(detected), ...times(recovered)];
}

function times({ p50Ms, p90Ms, p99Ms, maxMs }: Distribution): string[] {
  return [p50Ms, p90Ms, p99Ms, maxMs].map((ms) => (ms === null ? '–' : formatDuration(ms)));
}

function counts(of: Record<string, number>): string {
  return Object.entries(of)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** Every broken rule with its seeds, and how to see it again. */
export function showBroken(tally: Tally, shrunk: readonly ShrunkRule[], output: Output): void {
  output.line();
  if (tally.broken.length === 0) {
    output.line(output.paint('green', 'no violation'));
    return;
  }
  for (const { invariant, count, seeds } of tally.broken) {
    const shown = seeds.slice(0, 10).map(({ seed }) => seed);
    const more = seeds.length > shown.length ? ` and ${seeds.length - shown.length} more` : '';
    output.line(
      `${output.paint(['bold', 'red'], invariant)}: ${plural(count, 'violation')} in ${plural(seeds.length, 'seed')}: ${shown.join(', ')}${more}`,
    );
    const [first] = seeds;
    if (first) output.line(`  seed ${first.seed}, ${formatDuration(first.atMs)} in: ${first.text}`);
    const small = shrunk.find((rule) => rule.invariant === invariant);
    if (small) {
      const unfinished = small.finished ? '' : '; time was up before nothing more could go';
      output.line(
        `  seed ${small.seed} shrunk to ${sizeOf(small.scene)} (${plural(small.tries, 'try').replace('trys', 'tries')}${unfinished})`,
      );
      output.line(`  evac simulate --scene ${small.file} --trace`);
    } else if (first) output.line(`  evac simulate --seed ${first.seed} --trace`);
  }
}
