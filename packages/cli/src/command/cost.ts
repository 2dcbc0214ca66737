import type { Command } from 'commander';
import { createOutput } from '../output.ts';
import { whole } from './stage-options.ts';

/** `evac cost [file] [--nodes N] [--json]` */
export function cost(program: Command): void {
  program
    .command('cost')
    .description('say what a config costs a month, line by line, beside what comes nearest')
    .argument('[file]', 'the config: .ts, .js or .json', './evac.config.ts')
    .option('--nodes <n>', 'nodes of each service, over all of its regions (default: two a zone)', whole)
    .option('--json', 'print one object for a program', false)
    .action(async (file: string, options: { nodes?: number; json: boolean }) => {
      const { runCost } = await import('../cost/run.ts');
      await runCost(file, { nodes: options.nodes ?? null }, createOutput(options));
    });
}
