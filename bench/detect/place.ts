import {
  type NodeId,
  nodeId,
  type ServiceSettings,
  type Snapshot,
  type Target,
  targetId,
  type VantageId,
  vantageId,
  type ZoneName,
  zoneId,
} from '@evac/core';
import { thresholdDefaults, timingDefaults } from '../../packages/core/src/config/defaults.ts';
import { settings, snapshot, west } from '../../packages/core/src/testing/snapshot.ts';
import { intervalMs, type World } from './world.ts';

export interface PlaceNode {
  id: NodeId;
  zone: number;
  index: number;
  target: Target & { kind: 'node' };
}

/** One region of one service with the product's defaults, as the product knows it. */
export interface Place {
  service: ServiceSettings;
  region: typeof west;
  zones: ZoneName[];
  /** By zone. */
  nodes: PlaceNode[][];
  vantages: { id: VantageId; region: typeof west; zone: ZoneName }[];
  snapshot: Snapshot;
}

export function createPlace(world: World): Place {
  const usual = settings();
  const service = settings({
    thresholds: { ...thresholdDefaults, drainAfter: 2, replaceAfter: 4 },
    timing: {
      ...usual.timing,
      intervalMs,
      fastIntervalMs: timingDefaults.fastIntervalMs,
      freshMs: timingDefaults.freshRounds * intervalMs,
    },
    regions: usual.regions.map((region) =>
      region.region === west
        ? { ...region, zones: world.zones.map(({ name }) => ({ name, id: zoneId(name) })) }
        : region,
    ),
  });
  const nodes = world.zones.map((zone, z) =>
    Array.from({ length: zone.nodes }, (_, index): PlaceNode => {
      const id = nodeId(`${zone.name}/${index}`);
      const address = { protocol: 'http', host: '10.0.0.1', port: 8000 } as const;
      const target: PlaceNode['target'] = {
        kind: 'node',
        id: targetId(`node/${id}`),
        service: service.name,
        region: west,
        zone: zone.name,
        node: id,
        launchedAt: 0,
        address,
      };
      return { id, zone: z, index, target };
    }),
  );
  const vantages = world.zones.map(({ name }) => ({ id: vantageId(`in/${name}`), region: west, zone: name }));
  const targets = nodes.flat().map(({ target }) => target);
  return {
    service,
    region: west,
    zones: world.zones.map(({ name }) => name),
    nodes,
    vantages,
    snapshot: { ...snapshot(), targets, health: [], rounds: [], vantages: [] },
  };
}
