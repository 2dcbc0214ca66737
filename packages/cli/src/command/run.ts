import type { Command } from 'commander';
import { createOutput } from '../output.ts';
import type { RunOptions } from '../run/run.ts';
import { whole } from './stage-options.ts';

/** `evac run`: the orchestrator against a local world. */
export function run(program: Command): void {
  program
    .command('run')
    .description("run every region's cell against a local world, until Ctrl-C")
    .option('--world <url>', "the world's admin address; not needed while one world runs on this machine")
    .option(
      '--config <file>',
      "a config whose service is this world's; unless given, one that allows every move",
    )
    .option('--seed <n>', 'the same number makes the same choices', whole, 1)
    .option(
      '--record <file>',
      'keep every judgement there, gzip-compressed, for evac replay; at most 128 MiB over 4 files',
    )
    .option('--json', 'print one line for each event, for a program', false)
    .addHelpText('after', examples)
    .action(async (options: RunOptions & { json: boolean }) => {
      const { runOrchestrator } = await import('../run/run.ts');
      process.exitCode = await runOrchestrator(options, createOutput(options));
    });
}

const examples = `
Examples:
  $ evac sim up --scale 0.2            in one terminal
  $ evac run                           in another
  $ evac sim fault node-hang           in a third
  $ evac run --record night.jsonl.gz   and keep what was judged, for evac replay

It keeps nothing of its own: killed and started again, it goes on with every move that was under way.`;
