import { problemSentence, resolveConfig } from '@evac/core/config';
import { loadConfig } from '../load-config.ts';
import type { Output } from '../output.ts';
import { readRecord } from '../record/read-record.ts';
import { UserError } from '../user-error.ts';
import { createReplay, type OtherConfig } from './replay.ts';
import { showReplay } from './show.ts';

/**
 * Decides a record again and says what differs. Returns the exit code: with the recorded settings a difference is a
 * regression (1); under another config it is the answer to a question (0), and only problems are 1.
 */
export async function runReplay(file: string, options: { config?: string }, output: Output): Promise<0 | 1> {
  const other = options.config === undefined ? null : await otherConfig(options.config);
  const replay = createReplay(other);
  let lines = 0;
  const { cutOff } = await readRecord(file, (line) => {
    replay.take(line);
    lines += 1;
    if (lines % 500 === 0) output.progress(`${lines} lines`);
  }).finally(() => output.progress(null));
  const result = replay.result();
  const ok = result.problems.length === 0 && (other !== null || result.different === 0);
  const notes = [
    ...(cutOff ? ['the last line is cut off and was left out: the process that wrote it was killed'] : []),
    ...(result.notReplayed.length > 0
      ? [
          `replay cannot follow ${result.notReplayed.join(', ')}: the evidence was asked and counted as recorded`,
        ]
      : []),
    ...(result.judgements === 0 ? ['a cell in good order judges nothing, and records nothing'] : []),
  ];
  const { notReplayed: _, ...rest } = result;
  output.result({ file, config: other?.name ?? null, ok, ...rest, cutOff, notes });
  showReplay(file, other?.name ?? null, result, output);
  if (notes.length > 0) output.line();
  for (const note of notes) output.line(`note: ${note}`);
  return ok ? 0 : 1;
}

async function otherConfig(name: string): Promise<OtherConfig> {
  const { settings, problems } = resolveConfig(await loadConfig(name));
  if (settings) return { name, services: settings.services };
  const errors = problems.filter(({ severity }) => severity === 'error');
  throw new UserError([`${name} has errors`, ...errors.map(problemSentence)].join('\n  '), 1);
}
