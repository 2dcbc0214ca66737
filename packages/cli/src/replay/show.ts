import type { Fate } from '@evac/core';
import type { Output } from '../output.ts';
import type { ChangeGroup } from './group.ts';
import type { ReplayResult } from './replay.ts';

/** What a replay found, for a person: the whole in a line, then each change with both sentences. */
export function showReplay(file: string, config: string | null, result: ReplayResult, output: Output): void {
  const { judgements, decided, different, changes, problems } = result;
  const by = result.cells.map(({ service, cell, judgements: n }) => `${n} of ${service} by ${cell}`);
  output.line(
    judgements === 0
      ? `${file}: no judgement`
      : `${file}: ${plural(judgements, 'judgement')} (${by.join(', ')}), ${span(result.firstAt, result.lastAt)}`,
  );
  const using = config ?? 'the recorded settings';
  if (decided > 0) {
    output.line(
      different === 0
        ? output.paint('green', `with ${using} all ${decided} are decided as they were`)
        : output.paint(
            config ? 'yellow' : 'red',
            `with ${using} ${different} of ${decided} are decided otherwise`,
          ),
    );
  }
  for (const change of changes) showChange(change, config ? 'instead' : 'now', output);
  if (problems.length > 0) output.line();
  for (const { text, count, line } of problems) {
    const where = count === 1 ? `line ${line}` : `${count} lines, the first is ${line}`;
    output.line(output.paint('red', `${where}: ${text}`));
  }
}

function showChange(change: ChangeGroup, after: 'instead' | 'now', output: Output): void {
  const { cell, move, subject, count, firstAt, lastAt } = change;
  const what = move === null ? `the verdict on ${subject}` : `${move} of ${subject}`;
  output.line();
  output.line(
    `${output.paint('bold', what)}, by ${cell}: ${plural(count, 'judgement')}, ${span(firstAt, lastAt)}`,
  );
  output.line(`  ${'recorded'.padEnd(9)} ${words(change.before, move === null)}`);
  output.line(`  ${after.padEnd(9)} ${words(change.after, move === null)}`);
}

function words({ fate, sentence }: Fate, verdict: boolean): string {
  if (verdict || fate === 'refused') return sentence;
  if (fate === 'moves') return `begins: ${sentence}`;
  if (fate === 'awaits-approval') return `begins, and waits for approval: ${sentence}`;
  return `not considered: ${sentence}`;
}

function span(firstAt: number | null, lastAt: number | null): string {
  const [first, last] = [firstAt, lastAt].map((at) => new Date(at ?? 0).toISOString());
  if (first === last) return `at ${first}`;
  return `${first} to ${last?.slice(0, 10) === first?.slice(0, 10) ? last?.slice(11) : last}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
