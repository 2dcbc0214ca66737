import { parseArgs } from 'node:util';
import { resolveConfig } from '@evac/core/config';
import config from '../../evac.config.ts';
import { measure } from './measure.ts';

const help = `Counts the units that the table is billed for in rounds in which all is well, and the bytes of its items.

  npm run bench:store [-- --nodes 25] [--rounds 60] [--json]

  --nodes  of one region; every zone has a vantage, which asks all of them
`;

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '25' },
    rounds: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else {
  const [service] = resolveConfig(config).settings?.services ?? [];
  const region = service?.regions[0]?.region;
  if (!service || !region) throw new Error('evac.config.ts has no service');
  const nodes = positive('--nodes', values.nodes);
  const found = await measure({ service, region, nodes, rounds: positive('--rounds', values.rounds) });
  const units = Object.values(found.written).reduce((sum, of) => sum + of, 0);
  if (values.json) process.stdout.write(`${JSON.stringify({ nodes, ...found })}\n`);
  else {
    const interval = service.timing.intervalMs / 1_000;
    const lines = Object.entries(found.written).map(
      ([kind, of]) => `  ${of.toFixed(1)} of ${kind}, the largest item ${found.largest[kind]} bytes`,
    );
    process.stdout.write(
      [
        `${nodes} nodes of one region, ${found.observations} observations in ${interval} s`,
        `write units: ${units.toFixed(1)}`,
        ...lines,
        `read units of the judge: ${found.judgeReads.toFixed(1)}`,
        `CPU of a judgement: ${found.judgeCpuMs.toFixed(1)} ms`,
        '',
      ].join('\n'),
    );
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name} is a whole number above 0, not "${text}"`);
}
