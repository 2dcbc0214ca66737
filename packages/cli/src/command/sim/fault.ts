import { faultCatalog } from '@evac/sim';
import { Command } from 'commander';
import { chooseWorld, worldOption } from './choose-world.ts';
import { columns } from './columns.ts';

interface Options {
  off?: boolean;
  world?: string;
  json?: boolean;
}

/** evac sim fault: breaks a world, and mends it. */
export function faultCommand(): Command {
  return new Command('fault')
    .description('break a running world, or with --off mend it; without a name, list the faults')
    .argument('[name]', 'one of the faults below')
    .argument('[target]', "a node's id, a zone or a region; the first of its kind unless given")
    .option('--off', 'take the fault off again; without a target, off everything it strikes')
    .option(...worldOption)
    .option('--json', 'print one line of JSON: {on, changed: [{name, target}]}')
    .addHelpText('after', () => `\nFaults, and what each strikes:\n${listFaults()}`)
    .action(
      async (name: string | undefined, target: string | undefined, options: Options, command: Command) => {
        if (name === undefined) {
          console.log(options.json ? JSON.stringify(faultCatalog) : listFaults());
          return;
        }
        const on = !options.off;
        const changed = await chooseWorld(options.world)
          .then((world) => world.fault({ name, target: target ?? null, on }))
          .catch((error: Error) => command.error(`error: ${error.message}`));
        if (options.json) console.log(JSON.stringify({ on, changed }));
        else for (const c of changed) console.log(`${c.name} ${on ? 'strikes' : 'is taken off'} ${c.target}`);
      },
    );
}

function listFaults(): string {
  return columns(faultCatalog.map(({ name, target, description }) => [name, target, description]));
}
