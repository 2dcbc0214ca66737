import type { WorldView } from '@evac/sim';
import { Command } from 'commander';
import { chooseWorld, worldOption } from './choose-world.ts';
import { columns } from './columns.ts';

/** evac sim status: a world as it is, whatever is broken. */
export function statusCommand(): Command {
  return new Command('status')
    .description('show the regions, zones and nodes of a running world, and the faults that hold')
    .option(...worldOption)
    .option('--json', 'print one line of JSON')
    .action(async (options: { world?: string; json?: boolean }, command: Command) => {
      const view = await chooseWorld(options.world)
        .then((world) => world.view())
        .catch((error: Error) => command.error(`error: ${error.message}`));
      console.log(options.json ? JSON.stringify(view) : describe(view));
    });
}

function describe({ regions, faults, lastRequestAt }: WorldView): string {
  const struck = (name: string) => faults.filter((f) => f.target === name).map((f) => f.name);
  const marks = (...all: (string | false)[]) => all.filter((mark) => mark !== false).join(', ');
  const ago = (at: number | undefined) =>
    at === undefined ? 'never' : `${((Date.now() - at) / 1_000).toFixed(1)}s ago`;
  const rows = regions.flatMap((region) => [
    [
      region.name,
      region.answered ? `in DNS, weight ${region.weight}` : 'not in DNS',
      `last request ${ago(lastRequestAt.regions[region.name])}`,
      marks(...struck(region.name)),
    ],
    ...region.zones.flatMap((zone) => [
      [`  ${zone.name}`, zone.id, '', marks(zone.shifted && 'shifted away', ...struck(zone.name))],
      ...region.nodes
        .filter((node) => node.zone === zone.name)
        .map(({ node, lifecycle, target }) => [
          `    ${node}`,
          `${lifecycle}, ${target}`,
          `last request ${ago(lastRequestAt.nodes[node])}`,
          marks(...struck(node)),
        ]),
    ]),
    ...region.incidents.map(({ id, closedAt, outcome }) => [
      `  ${id}`,
      closedAt === null ? 'open' : (outcome ?? 'closed'),
    ]),
  ]);
  const holding = faults.map(({ name, target }) => `${name} ${target}`).join(', ') || 'none';
  return `${columns(rows)}\n\nfaults that hold: ${holding}`;
}
