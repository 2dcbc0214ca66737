import { faultCatalog } from '@evac/sim/faults';
import { type Command, InvalidArgumentError } from 'commander';
import { createOutput } from '../output.ts';
import { columns } from '../sim/columns.ts';
import type { FaultOptions } from '../sim/fault.ts';

/** `evac sim up`, `evac sim fault`, `evac sim status`: a world of real local servers to break. */
export function sim(program: Command): void {
  const group = program
    .command('sim')
    .description('start, break and look at a world of real servers on this machine');
  up(group);
  fault(group);
  status(group);
}

function up(group: Command): void {
  group
    .command('up')
    .description('start a world and print its addresses; it runs until Ctrl-C')
    .option('--regions <n>', 'how many regions', number, 2)
    .option('--zones <n>', 'zones in each region', number, 3)
    .option('--nodes <n>', 'nodes in each zone', number, 2)
    .option('--scale <x>', 'multiplies every duration: 0.2 is five times faster', number, 1)
    .option('--seed <n>', 'the same number makes the same choices', number, 1)
    .option('--json', "print one line for a program, the world's description", false)
    .addHelpText('after', upExamples)
    .action(async (options) => {
      const { runUp } = await import('../sim/up.ts');
      await runUp(options);
    });
}

const upExamples = `
Examples:
  $ evac sim up --nodes 4
  $ evac sim up --scale 0.2 --json > world.json

Any DNS client and any OpenAI client can talk to it, at the addresses that it prints:
  $ dig @127.0.0.1 -p DNS_PORT chat.evac.test +short
  $ curl -N http://127.0.0.2:PORT/v1/chat/completions -H 'content-type: application/json' \\
      -d '{"messages":[{"role":"user","content":"Count from 1 to 5"}],"stream":true}'

From another terminal:
  $ evac sim fault node-hang
  $ evac sim status`;

const worldHelp = "the world's admin address; not needed while one world runs on this machine";

function fault(group: Command): void {
  const list = columns(faultCatalog.map(({ name, target, description }) => [name, target, description]));
  group
    .command('fault')
    .description('break a running world, or mend it with --off; without a name, list the faults')
    .argument('[name]', 'one of the faults below')
    .argument('[target]', "a node's id, a zone or a region; unless given, the first of its kind")
    .option('--off', 'take the fault off; without a target, off everything that it strikes', false)
    .option('--world <url>', worldHelp)
    .option('--json', 'print one object for a program', false)
    .addHelpText('after', `\nFaults, and what each strikes:\n${list}`)
    .action(async (name: string | undefined, target: string | undefined, options: FaultOptions) => {
      const output = createOutput(options);
      if (name === undefined) {
        output.line(list);
        output.result(faultCatalog);
        return;
      }
      const { runFault } = await import('../sim/fault.ts');
      await runFault(name, target ?? null, options, output);
    });
}

function status(group: Command): void {
  group
    .command('status')
    .description('show the regions, zones and nodes of a running world, and the faults that hold')
    .option('--world <url>', worldHelp)
    .option('--json', 'print one object for a program', false)
    .action(async (options: { world?: string; json: boolean }) => {
      const { runStatus } = await import('../sim/status.ts');
      await runStatus(options.world, createOutput(options));
    });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
