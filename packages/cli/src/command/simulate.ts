import { parseDuration } from '@evac/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createOutput } from '../output.ts';
import { whole } from './stage-options.ts';

/** `evac simulate`: drawn worlds and disasters in virtual time, rules checked at every act. */
export function simulate(program: Command): void {
  program
    .command('simulate')
    .description('draw worlds and what goes wrong in them, play them in virtual time, and check every act')
    .option('--seeds <n>', 'how many scenes to draw and play', whole, 200)
    .option('--from <s>', 'the first seed; the same seed is the same scene, act for act', whole, 1)
    .addOption(
      new Option('--seed <s>', 'play this scene only').argParser(whole).conflicts(['seeds', 'from', 'scene']),
    )
    .addOption(
      new Option('--scene <file>', 'play the scene in this file only').conflicts(['seeds', 'from', 'seed']),
    )
    .option('--trace', 'print all that happens; with --seed or --scene', false)
    .option('--workers <n>', 'how many scenes at once; as many as there are cores unless given', whole)
    .addOption(
      new Option(
        '--shrink <duration>',
        'how long to look for a smaller scene for each broken rule; 0s for not at all',
      )
        .argParser(duration)
        .default(60_000, '1m'),
    )
    .option('--out <dir>', 'where to write the scenes that break a rule', '.evac/simulation')
    .option('--json', 'print one object for a program', false)
    .addHelpText('after', examples)
    .action(async (options) => {
      const { runSimulate } = await import('../simulate/simulate.ts');
      process.exitCode = await runSimulate(options, createOutput(options));
    });
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('It must be a duration such as 30s or 2m, or 0s.');
  return ms;
}

const examples = `
Examples:
  $ evac simulate --seeds 5000
  $ evac simulate --seeds 1000 --from 70001 --json
  $ evac simulate --seed 4711 --trace          what happened in one of them
  $ evac simulate --scene .evac/simulation/at-most-one-lease-holder-4711.json --trace

Exit codes: 0 every rule held, 1 one was broken (or a scene file has mistakes), 2 wrong usage.`;
