import type { DrillResult } from '../drill-result.ts';
import { count, durationOr } from '../format.ts';
import { missedPromises, verdictSentence } from '../verdict.ts';
import { asciiGlyphs, unicodeGlyphs } from './glyphs.ts';
import { columnsOf, type Line, paint } from './line.ts';

/**
 * What a run ends with: a line for each drill, the verdict in words, and every promise that was missed. Fits 80
 * columns with the names there are.
 */
export function renderTable(
  drills: readonly DrillResult[],
  options: { color?: boolean; ascii?: boolean } = {},
): string {
  const glyphs = options.ascii ? asciiGlyphs : unicodeGlyphs;
  const time = (ms: number | null) => durationOr(ms, glyphs.dash);
  const heads = [
    ['', 'Drill'],
    ['', 'Detected'],
    ['Traffic', 'stopped'],
    ['', 'Recovered'],
    ['Requests', 'failed'],
    ['Longest', 'gap'],
    ['', 'Result'],
  ] as const;
  const rows = drills.map((drill) => [
    drill.scenario,
    time(drill.detectedMs),
    time(drill.trafficStoppedMs),
    time(drill.recoveredMs),
    `${count(drill.requests.failed)}/${count(drill.requests.total)}`,
    time(drill.longestGapMs),
    drill.passed ? 'passed' : 'MISSED',
  ]);
  const table = [heads.map(([first]) => first), heads.map(([, second]) => second), ...rows];
  const widths = heads.map((_, column) => Math.max(...table.map((row) => columnsOf(row[column] ?? ''))));
  const lines = table.map((row, index): Line => {
    const drill = drills[index - 2];
    return row.map((cell, column) => {
      const space = ' '.repeat((widths[column] ?? 0) - columnsOf(cell));
      const text = column === 0 ? cell + space : `  ${space}${cell}`;
      if (!drill) return { text, look: 'dim' };
      return column === row.length - 1 ? { text, look: drill.passed ? 'green' : ['red', 'bold'] } : { text };
    });
  });
  const all: Line[] = [
    ...lines,
    [],
    [{ text: verdictSentence(drills), look: 'bold' }],
    ...missedPromises(drills).map((line): Line => [{ text: `  missed  ${line}`, look: 'red' }]),
  ];
  const paper = {
    columns: Number.POSITIVE_INFINITY,
    color: options.color ?? false,
    ellipsis: glyphs.ellipsis,
  };
  return all.map((line) => paint(line, paper)).join('\n');
}
