import type { Command } from 'commander';
import { createOutput } from '../output.ts';
import { duration, whole } from './drill.ts';

/** `evac demo`: a node, a zone and a region in turn, in under three minutes. */
export function demo(program: Command): void {
  program
    .command('demo')
    .description('watch a local world lose a node, a zone and a region, and go on answering')
    .option(
      '--interval <duration>',
      "the probes' interval; everything else is as much faster as this is than 5s",
      duration,
      1_000,
    )
    .option('--seed <n>', 'the same number makes the same choices', whole, 1)
    .option('--rate <n>', 'requests a second', whole, 20)
    .option('--report <dir>', 'where report.html and result.json go', '.evac/demo')
    .option('--json', 'print one object for a program', false)
    .action(async (options) => {
      const { runDemo } = await import('../drill/demo.ts');
      process.exitCode = await runDemo(options, createOutput(options));
    });
}
