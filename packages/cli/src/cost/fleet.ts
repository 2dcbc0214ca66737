import type { ServiceSettings, Settings } from '@evac/core';
import type { Installation } from '@evac/core/config';

/** What a bill is made for: the config, and how many nodes there are, which the config does not know. */
export interface Fleet {
  services: readonly ServiceSettings[];
  /** Of each service, over all of its regions. */
  nodes: number;
  /** Zones of each region in which a vantage stands (`network` of the config). */
  vantageZones: Readonly<Record<string, number>>;
  /** How many runs share a zone’s round in each region; one where it is not said. */
  shards?: Readonly<Record<string, number>>;
}

export function fleetOf(
  { services }: Pick<Settings, 'services'>,
  { networks }: Pick<Installation, 'networks'>,
  nodes: number,
): Fleet {
  return {
    services,
    nodes,
    vantageZones: Object.fromEntries(networks.map((n) => [n.region, n.subnets.length])),
    shards: Object.fromEntries(networks.map((n) => [n.region, n.shards])),
  };
}

/** One region's part of a fleet, in numbers that several lines hang on. */
export interface Cell {
  region: string;
  here: readonly ServiceSettings[];
  /** In which a vantage stands. */
  zones: number;
  vantages: number;
  /** Functions that share the questions of one zone. */
  shards: number;
  /** A service's nodes in this region. */
  nodesOf(service: ServiceSettings): number;
  /** A service's zones in this region, with a vantage or without. */
  zonesOf(service: ServiceSettings): number;
  /** All services' observations in a second. */
  observations: number;
}

/**
 * Assumed: a round in ten has a generation that takes longer than a second, and is told by itself
 * (packages/probe/src/gather.ts: the rest of a round is one observation).
 */
export const lateShare = 0.1;

export function cellOf({ services, nodes, vantageZones, shards = {} }: Fleet, region: string): Cell {
  const here = services.filter((s) => s.regions.some((r) => r.region === region));
  const zones = vantageZones[region] ?? 0;
  const each = shards[region] ?? 1;
  const told = zones * each + 1;
  return {
    region,
    here,
    zones,
    vantages: zones + 1,
    shards: each,
    nodesOf: (service) => Math.ceil(nodes / service.regions.length),
    zonesOf: (service) => service.regions.find((r) => r.region === region)?.zones.length ?? 0,
    observations: sum(here, (s) => (told * (s.deep ? 1 + lateShare : 1) * 1_000) / s.timing.intervalMs),
  };
}

export function regionsOf({ services }: Fleet): string[] {
  return [...new Set(services.flatMap((s) => s.regions.map((r) => r.region)))];
}

export function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((all, one) => all + of(one), 0);
}

export function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
