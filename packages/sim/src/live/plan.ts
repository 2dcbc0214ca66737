import { regionName, zoneId, zoneName } from '@evac/core';
import type { CloudSpec, RegionSpec } from '../cloud/cloud.ts';
import { ttlSeconds } from './dns/answer.ts';

/** What a world can be asked to be; everything has a default. */
export interface WorldOptions {
  /** 1 to 6. */
  regions?: number;
  /** In each region, 1 to 6. */
  zones?: number;
  /** In each zone, 1 to 20. */
  nodes?: number;
  /** Multiplies every duration; 0.2 is five times faster than life. */
  scale?: number;
  seed?: number;
  /** Route 53 weights in the order of the regions; 100 each unless given. */
  weights?: readonly number[];
  service?: string;
  dnsName?: string;
  model?: string;
  /** Durations at scale 1, in place of the defaults. */
  durations?: Partial<typeof lifeMs>;
}

/**
 * Durations at scale 1. AWS' own defaults, but for booting and loading (a large model takes ten minutes) and the
 * deregistration delay (300 s), which nobody would wait for.
 */
const lifeMs = {
  ttlMs: 30_000,
  bootMs: 10_000,
  loadMs: 30_000,
  deregistrationDelayMs: 30_000,
  balancerCheckMs: 5_000,
  switchCheckMs: 10_000,
  /** ALB's idle timeout. */
  idleMs: 60_000,
};

const places = [
  ['us-west-2', 'usw2'],
  ['us-east-1', 'use1'],
  ['eu-west-1', 'euw1'],
  ['ap-northeast-1', 'apne1'],
  ['eu-central-1', 'euc1'],
  ['ap-southeast-2', 'apse2'],
] as const;

export interface Plan {
  cloud: CloudSpec;
  scale: number;
  seed: number;
  model: string;
  idleMs: number;
}

/** The world that the options mean. Throws a sentence that names the option, the value seen and what would be right. */
export function planWorld(options: WorldOptions): Plan {
  const { scale = 1, seed = 1, service = 'chat', dnsName = 'chat.evac.test' } = options;
  if (!(scale > 0 && scale <= 10)) throw new Error(`scale must be above 0 and at most 10, not ${scale}`);
  if (!Number.isSafeInteger(seed)) throw new Error(`seed must be a whole number, not ${seed}`);
  const regions = whole('regions', options.regions ?? 2, places.length);
  const zones = whole('zones', options.zones ?? 3, 6);
  const nodes = whole('nodes', options.nodes ?? 2, 20);
  const life = { ...lifeMs, ...options.durations };
  const times = mapValues(life, (ms) => Math.round(ms * scale));
  const { idleMs, ...cloudTimes } = times;
  return {
    scale,
    seed,
    idleMs,
    model: options.model ?? 'sim-8b-instruct',
    cloud: {
      service,
      dnsName,
      scale,
      port: 0,
      balancerThreshold: 2,
      switchThreshold: 2,
      ...cloudTimes,
      ttlMs: ttlSeconds(times.ttlMs) * 1_000,
      regions: places.slice(0, regions).map(([name, short], i): RegionSpec => {
        const letters = Array.from('abcdef').slice(0, zones);
        return {
          name: regionName(name),
          weight: options.weights?.[i] ?? 100,
          group: `${service}-${name}`,
          // In every account a zone's letter means another building: here one further than it looks.
          zones: letters.map((letter, z) => ({
            name: zoneName(`${name}${letter}`),
            id: zoneId(`${short}-az${((z + 1) % zones) + 1}`),
          })),
          nodesPerZone: nodes,
          max: nodes * zones * 2,
        };
      }),
    },
  };
}

function whole(option: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${option} must be a whole number from 1 to ${most}, not ${value}`);
}

function mapValues<K extends string>(
  record: Record<K, number>,
  change: (value: number) => number,
): Record<K, number> {
  const entries = Object.entries<number>(record).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(entries);
}
