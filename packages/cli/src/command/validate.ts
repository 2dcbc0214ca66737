import type { Command } from 'commander';
import { createOutput } from '../output.ts';

/** `evac validate [file] [--json]` */
export function validate(program: Command): void {
  program
    .command('validate')
    .description('check a config, tell every mistake in it, and say what it means')
    .argument('[file]', 'the config: .ts, .js or .json', './evac.config.ts')
    .option('--json', 'print one object for a program', false)
    .action(async (file: string, options: { json: boolean }) => {
      const { runValidate } = await import('../validate/run.ts');
      process.exitCode = await runValidate(file, createOutput(options), Date.now());
    });
}
