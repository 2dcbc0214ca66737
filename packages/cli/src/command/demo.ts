import type { Command } from 'commander';
import { createOutput } from '../output.ts';
import { stageOptions } from './stage-options.ts';

/** `evac demo`: a node, a zone and a region in turn, in under three minutes. */
export function demo(program: Command): void {
  stageOptions(program.command('demo'))
    .description('watch a local world lose a node, a zone and a region, and go on answering')
    .option('--report <dir>', 'where report.html and result.json go', '.evac/demo')
    .option('--json', 'print one object for a program', false)
    .action(async ({ interval: intervalMs, ...options }) => {
      const { runDemo } = await import('../drill/demo.ts');
      process.exitCode = await runDemo({ ...options, intervalMs }, createOutput(options));
    });
}
