import type { Command } from 'commander';
import { createOutput } from '../output.ts';
import { stageOptions } from './stage-options.ts';

/** `evac drill`: one fault, the whole path, a report. */
export function drill(program: Command): void {
  stageOptions(program.command('drill'))
    .description('break one thing in a local world, and measure what clients saw')
    .argument('[name]', 'one of those that --list shows')
    .option('--list', 'list the drills', false)
    .option('--target <target>', "a node's id, a zone or a region; unless given, the first of its kind")
    .option('--fail-back', 'go on until what was moved is back', false)
    .option('--report <dir>', 'write report.html and result.json there')
    .option('--json', 'print one object for a program', false)
    .addHelpText('after', examples)
    .action(async (name: string | undefined, { interval: intervalMs, ...options }) => {
      const { listDrills, runDrill } = await import('../drill/drill.ts');
      const output = createOutput(options);
      if (options.list) listDrills(output);
      else process.exitCode = await runDrill(name, { ...options, intervalMs }, output);
    });
}

const examples = `
Examples:
  $ evac drill --list
  $ evac drill node-hang
  $ evac drill region-loss --interval 1s --report out/ --fail-back

Exit codes: 0 every promise was kept, 1 one was missed, 2 wrong usage.`;
