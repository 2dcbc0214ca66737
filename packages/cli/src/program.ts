import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { cost } from './command/cost.ts';
import { demo } from './command/demo.ts';
import { doctor } from './command/doctor.ts';
import { drill } from './command/drill.ts';
import { replay } from './command/replay.ts';
import { run } from './command/run.ts';
import { sim } from './command/sim.ts';
import { simulate } from './command/simulate.ts';
import { validate } from './command/validate.ts';

/** One line a command. A command imports what is heavy inside its action, so that `evac --help` stays quick. */
const commands: ((program: Command) => void)[] = [
  demo,
  drill,
  sim,
  run,
  replay,
  simulate,
  validate,
  cost,
  doctor,
];

const after = `
Examples:
  $ evac demo                        watch a node, a zone and a region go, and clients be served
  $ evac drill zone-loss             break one thing and measure it
  $ evac validate                    check ./evac.config.ts and say what it means
  $ evac validate other.config.ts --json
  $ evac doctor                      check the account against it

Exit codes:
  0  all is well
  1  problems were found, or a promise was not kept
  2  the command was used wrongly
  3  evac doctor alone: warnings, and no error

Colours follow the terminal; NO_COLOR=1 turns them off, FORCE_COLOR=1 on.`;

export function createProgram(): Command {
  const program = new Command('evac')
    .description('Keeps self-hosted inference answering: asks, decides with evidence, and moves traffic.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help, or that of a command')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', after)
    .showHelpAfterError('(evac --help shows what there is)')
    .exitOverride();
  for (const register of commands) register(program);
  return program;
}
