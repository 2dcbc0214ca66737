import type { Command } from 'commander';
import { createOutput } from '../output.ts';

/** `evac replay FILE`: recorded judgements, decided again. */
export function replay(program: Command): void {
  program
    .command('replay')
    .description('decide again what evac run --record has kept, and say what would be decided otherwise')
    .argument('<file>', 'a record, as evac run --record writes it')
    .option('--config <file>', 'decide with this config instead of the recorded settings')
    .option('--json', 'print one object for a program', false)
    .addHelpText('after', examples)
    .action(async (file: string, options: { config?: string; json: boolean }) => {
      const { runReplay } = await import('../replay/run.ts');
      process.exitCode = await runReplay(file, options, createOutput(options));
    });
}

const examples = `
Examples:
  $ evac run --record night.jsonl.gz               keep every judgement
  $ evac replay night.jsonl.gz                     does this version still decide the same?
  $ evac replay night.jsonl.gz --config bold.config.ts
                                                   what would have been decided with another config?

Exit codes: 0 the same decisions (with --config: an answer), 1 a difference with the recorded settings, or a record
or config with problems, 2 wrong usage.`;
