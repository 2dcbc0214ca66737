import type { RegionName } from '@evac/core';
import { seededRandom } from '@evac/sim';
import { recordsInPlay } from '../../../packages/sim/src/cloud/weighted.ts';
import { startDns } from '../../../packages/sim/src/live/dns/server.ts';
import { checkers, createZone, dnsName, isOut, readWeights } from '../names.ts';
import type { AwsProxy, Interference } from '../proxy.ts';
import type { MotoRegion } from '../world.ts';
import { port } from './nodes.ts';

export interface Names {
  /** Of the name server, `address:port`. */
  address: string;
  /** Reads from moto which weights the server shall answer by. */
  refresh(): Promise<void>;
  /** The regions that the service's name leads to. */
  answers(): string[];
  /** What Route 53's checkers see. */
  checkers: Interference;
  close(): Promise<void>;
}

/** The hosted zone on moto, the first region with all the weight, and a real server that answers as it and the switches say. */
export async function startNames(
  proxy: AwsProxy,
  regions: readonly MotoRegion[],
  endpoints: ReadonlyMap<RegionName, string>,
): Promise<Names> {
  const [home] = regions;
  if (!home) throw new Error('names need a region');
  const zone = await createZone(
    home.clients,
    regions.map(({ name }, i) => ({ name, weight: i === 0 ? 100 : 0 })),
  );
  let weights = await readWeights(home.clients, zone.id);
  const inPlay = () =>
    recordsInPlay(
      regions.map(({ name }) => ({
        region: name,
        weight: weights.get(name) ?? 0,
        healthy: !isOut(proxy, name),
      })),
    );
  const server = await startDns(
    {
      name: dnsName,
      ttlMs: 30_000,
      random: seededRandom(1),
      records: inPlay,
      regions: regions.map(({ name }) => ({ region: name, host: endpoints.get(name) ?? '', port })),
    },
    '127.0.0.1',
  );
  return {
    address: `${server.host}:${server.port}`,
    async refresh() {
      weights = await readWeights(home.clients, zone.id);
    },
    answers: () => inPlay().map((r) => r.region),
    checkers: checkers(proxy, zone),
    close: () => server.close(),
  };
}
