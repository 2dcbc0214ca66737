import {
  type RegionName,
  type ServiceSettings,
  type Target,
  targetId,
  type Vantage,
  vantageId,
} from '@evac/core';
import { createStore } from '../../packages/aws/src/store/store.ts';
import type { FakeTable } from '../../packages/aws/src/testing/dynamodb/table.ts';
import { startStoreWorld } from '../../packages/aws/src/testing/store.ts';
import { type FoldMemory, foldObservations } from '../../packages/workflow/src/cell/fold.ts';
import { createRandom, nodesOf, roundOf } from './round.ts';
import { readUnits, sizeOf, type WireItem, writeUnits } from './units.ts';

/** Rounds begin at the same time for all vantages, and tell what they found one shortly after the other. */
const apartMs = 100;

/** Of one region and one interval, on average. */
export interface Measured {
  observations: number;
  /** Write request units, by the first word of the key: `observation`, `health`, `rounds`. */
  written: Record<string, number>;
  /** Read request units of the judge. */
  judgeReads: number;
  /** Of a core, for one observation, in milliseconds: its half of the local table's work is in it. */
  judgeCpuMs: number;
  /** Of the largest item of each kind, bytes. */
  largest: Record<string, number>;
}

/**
 * Plays rounds in which all is well through the real store and the judge's folding, on a local table, and counts the units
 * that DynamoDB would: every vantage of a region asks `nodes` nodes, the outside one every region.
 */
export async function measure(ask: {
  service: ServiceSettings;
  region: RegionName;
  nodes: number;
  rounds: number;
}): Promise<Measured> {
  const { service, region, nodes, rounds } = ask;
  const { intervalMs } = service.timing;
  const world = await startStoreWorld(2, 10_000);
  const { clock, db, clients } = world;
  try {
    const here = service.regions.find((r) => r.region === region);
    const zones = here?.zones ?? [];
    const vantages: Vantage[] = [...zones.map((z) => z.name), null].map((zone) => ({
      id: vantageId(zone === null ? `out/${region}` : `in/${zone}`),
      region,
      zone,
      controls: [],
    }));
    const launched = clock.now() - 30 * 86_400_000;
    const targets: Target[] = [
      ...nodesOf(service, region, nodes, launched),
      ...service.regions.map((r): Target => regionTarget(service, r.region)),
    ];
    // Each function has a store of its own.
    const [probe, judge] = [createStore({ clients, clock }, 'evac'), createStore({ clients, clock }, 'evac')];
    await probe.writeTargets({ service: service.name, targets });
    const folded: FoldMemory = new Map();
    const random = createRandom(2);
    const begin = Math.ceil(clock.now() / intervalMs) * intervalMs;
    clock.pass(begin - clock.now());
    let counted = db.calls.length;
    const written: Record<string, number> = {};
    const largest: Record<string, number> = {};
    let judgeReads = 0;
    let cpuMs = 0;
    let observations = 0;
    // Until every check has been good often enough that nothing changes any more.
    const warming = 4 * Math.ceil(service.timing.deepIntervalMs / intervalMs);
    for (let nth = 0; nth < warming + rounds; nth++) {
      for (const [i, vantage] of vantages.entries()) {
        clock.pass(i === 0 ? intervalMs - (vantages.length - 1) * apartMs : apartMs);
        const own = targets.filter((t) => (vantage.zone === null) === (t.kind === 'region'));
        const seen = roundOf({ service, vantage, targets: own, nth: nth + 2 * i, at: clock.now(), random });
        await probe.putObservation(seen);
        const asked = db.calls.length;
        const used = process.cpuUsage();
        await judge.readTargets({ service: service.name });
        await foldObservations(judge, service, targets, [seen], { folded, now: clock.now() });
        const spent = process.cpuUsage(used);
        if (nth < warming) {
          counted = db.calls.length;
          continue;
        }
        observations++;
        cpuMs += spent.user / 1_000 + spent.system / 1_000;
        judgeReads += db.calls.slice(asked).reduce((sum, call) => sum + readBy(call, db.table), 0);
        for (const item of db.calls.slice(counted).flatMap(itemsIn)) {
          const kind = String(item.pk?.S).split('#')[0] ?? '';
          const size = sizeOf(item);
          written[kind] = (written[kind] ?? 0) + writeUnits(size) / rounds;
          largest[kind] = Math.max(largest[kind] ?? 0, size);
        }
        counted = db.calls.length;
      }
    }
    return {
      observations: observations / rounds,
      written,
      judgeReads: judgeReads / rounds,
      judgeCpuMs: cpuMs / observations,
      largest,
    };
  } finally {
    await world.close();
  }
}

function regionTarget(service: ServiceSettings, region: RegionName): Target {
  return {
    kind: 'region',
    id: targetId(`region/${region}`),
    service: service.name,
    region,
    address: { protocol: 'https', host: `llm.${region}.example.com`, port: 443 },
    launchedAt: 0,
  };
}

interface Call {
  action: string;
  body: string;
}

function itemsIn({ action, body }: Call): WireItem[] {
  if (action === 'PutItem') {
    const { Item }: { Item: WireItem } = JSON.parse(body);
    return [Item];
  }
  if (action !== 'BatchWriteItem') return [];
  const { RequestItems }: { RequestItems: Record<string, { PutRequest: { Item: WireItem } }[]> } =
    JSON.parse(body);
  return Object.values(RequestItems).flatMap((puts) => puts.map((put) => put.PutRequest.Item));
}

function readBy({ action, body }: Call, table: FakeTable): number {
  const request: { Key?: WireItem; RequestItems?: Record<string, { Keys: WireItem[] }> } & Query =
    JSON.parse(body);
  const sizeAt = (key: WireItem) => sizeOf(table.get(key) ?? {});
  switch (action) {
    case 'GetItem':
      return readUnits(sizeAt(request.Key ?? {}));
    case 'Query': {
      const found = table.query(String(request.ExpressionAttributeValues?.[':pk']?.S), '');
      return readUnits(found.reduce((sum, item) => sum + sizeOf(item), 0));
    }
    case 'BatchGetItem': {
      const keys = Object.values(request.RequestItems ?? {}).flatMap(({ Keys }) => Keys);
      return keys.reduce((sum, key) => sum + readUnits(sizeAt(key)), 0);
    }
    default:
      return 0;
  }
}

interface Query {
  ExpressionAttributeValues?: WireItem;
}
