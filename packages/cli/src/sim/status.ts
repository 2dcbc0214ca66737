import type { WorldView } from '@evac/sim/admin';
import type { Output } from '../output.ts';
import { UserError } from '../user-error.ts';
import { chooseWorld } from './choose-world.ts';
import { columns } from './columns.ts';

/** Shows a world as it is, whatever is broken. */
export async function runStatus(named: string | undefined, output: Output): Promise<void> {
  const world = await chooseWorld(named);
  const view = await world.view().catch((error: Error) => {
    throw new UserError(error.message);
  });
  const holding = view.faults.map(({ name, target }) => `${name} ${target}`).join(', ') || 'none';
  output.line(`${columns(rowsOf(view, Date.now()))}\n\nfaults that hold: ${holding}`);
  output.result(view);
}

function rowsOf({ regions, faults, lastRequestAt }: WorldView, now: number): string[][] {
  const struck = (name: string) => faults.filter((f) => f.target === name).map((f) => f.name);
  const lastRequest = (at: number | undefined) =>
    at === undefined ? 'no request yet' : `last request ${((now - at) / 1_000).toFixed(1)}s ago`;
  return regions.flatMap((region) => [
    [
      region.name,
      region.answered ? `in DNS, weight ${region.weight}` : 'not in DNS',
      lastRequest(lastRequestAt.regions[region.name]),
      struck(region.name).join(', '),
    ],
    ...region.zones.flatMap((zone) => [
      [`  ${zone.name}`, zone.shifted ? 'shifted away' : zone.id, '', struck(zone.name).join(', ')],
      ...region.nodes
        .filter((node) => node.zone === zone.name)
        .map(({ node, lifecycle, target }) => [
          `    ${node}`,
          `${lifecycle}, ${target}`,
          lastRequest(lastRequestAt.nodes[node]),
          struck(node).join(', '),
        ]),
    ]),
    ...region.incidents.map(({ id, closedAt, outcome }) => [
      `  ${id}`,
      closedAt === null ? 'open' : (outcome ?? 'closed'),
    ]),
  ]);
}
