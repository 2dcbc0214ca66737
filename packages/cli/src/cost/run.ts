import { problemSentence, resolveConfig } from '@evac/core/config';
import { loadConfig } from '../load-config.ts';
import type { Output } from '../output.ts';
import { UserError } from '../user-error.ts';
import { bill } from './bill.ts';
import { fleetOf } from './fleet.ts';
import { type Line, total } from './line.ts';
import { peers } from './peers.ts';
import { pricesOf } from './prices.ts';

/** Prints what a config costs a month, line by line, beside what comes nearest. */
export async function runCost(
  file: string,
  options: { nodes: number | null },
  output: Output,
): Promise<void> {
  const { settings, installation, problems } = resolveConfig(await loadConfig(file));
  if (!settings || !installation) {
    const first = problems.find(({ severity }) => severity === 'error');
    throw new UserError(`${file} has mistakes, see evac validate: ${first ? problemSentence(first) : ''}`, 1);
  }
  const zones = settings.services.flatMap((s) => s.regions.flatMap((r) => r.zones)).length;
  const nodes = options.nodes ?? Math.ceil((2 * zones) / settings.services.length);
  const fleet = fleetOf(settings, installation, nodes);
  const lines = bill(fleet);
  const beside = peers(fleet).map((peer) => ({ ...peer, monthly: total(peer.lines) }));
  output.result({
    file,
    pricesOf,
    nodes,
    nodesGiven: options.nodes !== null,
    monthly: total(lines),
    lines,
    peers: beside,
  });
  const given = options.nodes === null ? ' (two a zone; --nodes says otherwise)' : '';
  output.line(
    output.paint('bold', `${file}: ${nodes} nodes a service${given}, list prices of ${pricesOf}, a month`),
  );
  for (const row of lines) output.line(rowText(row));
  output.line(output.paint('bold', `${money(total(lines))}  in all`));
  if (installation.networks.length === 0) {
    output.line(
      output.paint(
        'yellow',
        '          no zone has a vantage: nodes are asked by nobody (network in docs/config.md)',
      ),
    );
  }
  output.line();
  output.line(output.paint('bold', 'beside'));
  for (const peer of beside) output.line(`${money(peer.monthly)}  ${peer.name}: ${peer.lacks}`);
}

function rowText({ item, region, because, monthly }: Line): string {
  return `${money(monthly)}  ${(region ?? '').padEnd(14)} ${item.padEnd(26)} ${because}`;
}

function money(usd: number): string {
  return `$${usd.toFixed(2)}`.padStart(10);
}
