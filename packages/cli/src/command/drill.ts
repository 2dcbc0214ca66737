import { parseDuration } from '@evac/core';
import { type Command, InvalidArgumentError } from 'commander';
import { createOutput } from '../output.ts';

/** `evac drill`: one fault, the whole path, a report. */
export function drill(program: Command): void {
  program
    .command('drill')
    .description('break one thing in a local world, and measure what clients saw')
    .argument('[name]', 'one of those that --list shows')
    .option('--list', 'list the drills', false)
    .option('--target <target>', "a node's id, a zone or a region; unless given, the first of its kind")
    .option(
      '--interval <duration>',
      "the probes' interval; everything else is as much faster as this is than 5s",
      duration,
      1_000,
    )
    .option('--seed <n>', 'the same number makes the same choices', whole, 1)
    .option('--rate <n>', 'requests a second', whole, 20)
    .option('--fail-back', 'go on until what was moved is back', false)
    .option('--report <dir>', 'write report.html and result.json there')
    .option('--json', 'print one object for a program', false)
    .addHelpText('after', examples)
    .action(async (name: string | undefined, options) => {
      const { listDrills, runDrill } = await import('../drill/drill.ts');
      const output = createOutput(options);
      if (options.list) listDrills(output);
      else process.exitCode = await runDrill(name, options, output);
    });
}

const examples = `
Examples:
  $ evac drill --list
  $ evac drill node-hang
  $ evac drill region-loss --interval 1s --report out/ --fail-back

Exit codes: 0 every promise was kept, 1 one was missed, 2 wrong usage.`;

/** A duration between 200 ms and a minute. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms < 200 || ms > 60_000)
    throw new InvalidArgumentError('It must be a duration from 200ms to 1m, such as 1s.');
  return ms;
}

export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
