import { rememberWorld, startWorld, type World, type WorldOptions } from '@evac/sim';
import { Command, InvalidArgumentError } from 'commander';
import { introduce } from './introduce.ts';

const examples = `
Examples:
  $ evac sim up --regions 2 --zones 3 --nodes 2
  $ evac sim up --scale 0.2 --json > world.json      # five times faster than life

Any DNS client and any OpenAI client can talk to it, at the addresses it prints:
  $ dig @127.0.0.1 -p DNS_PORT chat.evac.test +short
  $ curl -N http://127.0.0.2:PORT/v1/chat/completions -H 'content-type: application/json' \\
      -d '{"messages":[{"role":"user","content":"Count from 1 to 5"}],"stream":true}'

From another terminal:
  $ evac sim fault node-hang
  $ evac sim status`;

/** evac sim up: runs a world until it is told to end. */
export function upCommand(): Command {
  return new Command('up')
    .description('start a world and print its addresses; it runs until Ctrl-C')
    .option('--regions <n>', 'regions', number, 2)
    .option('--zones <n>', 'zones in each region', number, 3)
    .option('--nodes <n>', 'nodes in each zone', number, 2)
    .option('--scale <x>', 'multiplies every duration: 0.2 is five times faster', number, 1)
    .option('--seed <n>', 'makes the same choices for the same number', number, 1)
    .option('--json', "print one line of JSON, the world's description")
    .addHelpText('after', examples)
    .action(async (options: WorldOptions & { json?: boolean }, command: Command) => {
      const world = await startWorld(options).catch((error: Error) =>
        command.error(`error: ${error.message}`),
      );
      const forget = await rememberWorld(world.description.admin);
      const { description } = world;
      console.log(options.json ? JSON.stringify(description) : introduce(description));
      endWithTheProcess(world);
      await world.ended;
      await forget();
    });
}

/** Ctrl-C, a polite kill, a closed terminal, and the end of the process that started this one and talks to it. */
function endWithTheProcess(world: World): void {
  const end = () => void world.stop();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  process.once('disconnect', end);
  void world.ended.then(() => {
    if (process.connected) process.disconnect();
  });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
