import { formatDuration } from '@evac/core';
import type { WorldDescription } from '@evac/sim';
import { columns } from './columns.ts';

/** A world's addresses for a person, and what to do with them. */
export function introduce(world: WorldDescription): string {
  const { dns, dnsName, regions } = world;
  const nodes = regions.flatMap((region) => region.nodes);
  const zones = regions.flatMap((region) => region.zones);
  const endpoint = regions[0]?.endpoint ?? '';
  const question = '{"messages":[{"role":"user","content":"Count from 1 to 5"}],"stream":true}';
  const parts = [
    `${regions.length} regions, ${zones.length} zones, ${nodes.length} nodes, at scale ${world.scale}`,
    columns([
      ['name', `${dnsName}, TTL ${formatDuration(world.ttlMs)}`],
      ['model', world.model],
      ['dns', `${dns.host}:${dns.port} (UDP and TCP)`],
      ['admin', world.admin],
    ]),
    columns([
      ['region', 'weight', 'load balancer', 'control plane'],
      ...regions.map(({ name, weight, endpoint: at, api }) => [name, String(weight), at, api]),
    ]),
    columns([
      ['node', 'zone', 'address'],
      ...nodes.map(({ id, zone, host, port }) => [id, zone, `http://${host}:${port}`]),
    ]),
    ...(world.srv ? [oneAddress] : []),
    `Ask it:\n${columns([
      [`dig @${dns.host} -p ${dns.port} ${dnsName}${world.srv ? ' SRV' : ''} +short`],
      [`curl -N ${endpoint}/v1/chat/completions -H 'content-type: application/json' -d '${question}'`],
    ])}`,
    `Break it, from another terminal:\n${columns([['npx evac sim fault'], ['npx evac sim status']])}`,
    'Ctrl-C ends it.',
  ];
  return parts.join('\n\n');
}

const oneAddress =
  'This machine has one loopback address, 127.0.0.1, so regions and nodes differ by port: A records are all the\n' +
  'same here, and clients need the SRV records.';
