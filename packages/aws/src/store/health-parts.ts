import type { Health, ServiceName, ZoneRound } from '@evac/core';
import { itemVersion } from './item.ts';
import { healthPk, type Key, roundsPk } from './keys.ts';
import { digest } from './pack.ts';

export interface HealthPart extends Key {
  /** JSON: a list of health, or of rounds. */
  content: string;
}

/** About 120 KB of JSON, some 14 KB compressed: a round that asks only a few suspects rewrites little. */
const targetsPerPart = 256;
/** Of JSON; even if nothing of it could be compressed, it fits into an item. */
const maxChars = 300_000;

/**
 * The parts that a service's health is kept in: a vantage's targets by their hash, so that a target that comes or goes
 * leaves the other parts as they were; rounds in their order.
 */
export function splitHealth(service: ServiceName, health: readonly Health[], rounds: readonly ZoneRound[]) {
  const vantages = [...Map.groupBy(health, (h) => h.vantage)];
  const parts = vantages.flatMap(([vantage, of]) =>
    buckets(of).flatMap(({ name, list }) => partsOf(healthPk(service, vantage), name, list)),
  );
  return [...parts, ...partsOf(roundsPk(service), '0', rounds)];
}

function buckets(health: readonly Health[]): { name: string; list: Health[] }[] {
  const count = 2 ** Math.max(0, Math.ceil(Math.log2(health.length / targetsPerPart)));
  return [...Map.groupBy(health, (h) => fnv1a(h.target) % count)].map(([bucket, list]) => ({
    name: `${bucket}/${count}`,
    list: list.toSorted((a, b) => (a.target < b.target ? -1 : 1)),
  }));
}

/** More than one where the content is too long, which takes unusually long details. */
function partsOf(pk: string, name: string, list: readonly unknown[]): HealthPart[] {
  if (list.length === 0) return [];
  const content = JSON.stringify(list);
  if (Buffer.byteLength(content) <= maxChars || list.length === 1) {
    return [{ pk, sk: `${name}#${digest(`${itemVersion} ${content}`)}`, content }];
  }
  const half = Math.ceil(list.length / 2);
  return [...partsOf(pk, `${name}a`, list.slice(0, half)), ...partsOf(pk, `${name}b`, list.slice(half))];
}

/** FNV-1a, 32 bits: spreads names evenly, and nothing else hangs on it. */
function fnv1a(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
