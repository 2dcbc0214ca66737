import type { RegionName, ServiceSettings, ZoneName } from '@evac/core';
import type { DrawnWorld, Trouble } from '../contract.ts';
import type { Dice } from './dice.ts';

/** What troubles are drawn from and for. */
export interface Setting {
  dice: Dice;
  world: DrawnWorld;
  service: ServiceSettings;
  /** Nothing begins before, so that health is known: ms from the start. */
  fromMs: number;
  /** Everything has ended by then. */
  untilMs: number;
}

export type FaultTrouble = Extract<Trouble, { kind: 'fault' }>;

export interface ZonePlace {
  region: RegionName;
  zone: ZoneName;
}

export function zonesOf(world: DrawnWorld): ZonePlace[] {
  return world.regions.flatMap((region) =>
    region.zones.map((zone) => ({ region: region.name, zone: zone.name })),
  );
}

/** The region of a node such as `us-west-2a/0`, of a zone, or of a region; null for the world. */
export function regionOf(world: DrawnWorld, target: string): RegionName | null {
  const zone = target.split('/')[0];
  return (
    world.regions.find(({ name, zones }) => name === target || zones.some((z) => z.name === zone))?.name ??
    null
  );
}

/** The cell that would move what this fault strikes: a region is failed over by another. */
export function actingCell({ dice, world }: Setting, fault: FaultTrouble): RegionName {
  const own = regionOf(world, fault.target);
  const all = world.regions.map(({ name }) => name);
  const others = all.filter((name) => name !== own);
  if (own !== null && (own !== fault.target || others.length === 0)) return own;
  return dice.pick(own === null ? all : others);
}

/** A span within the setting's bounds. */
export function lasting({ dice, untilMs }: Setting, at: number, [least, most]: readonly [number, number]) {
  const start = Math.min(at, untilMs - 1_000);
  const forMs = Math.min(dice.whole(least, most) * 1_000, untilMs - start);
  return { at: start, forMs };
}

/** Around the time a fault is noticed and acted on, when it hurts most; anywhere when nothing is wrong. */
export function badMoment({ dice, fromMs, untilMs }: Setting, fault: FaultTrouble | null): number {
  if (!fault) return dice.whole(fromMs / 1_000, untilMs / 1_000 - 60) * 1_000;
  const after = dice.weigh([
    [15, dice.whole(-30, 0)],
    [55, dice.whole(1, 60)],
    [30, dice.whole(60, 300)],
  ]);
  return Math.max(0, Math.min(untilMs - 1_000, fault.at + after * 1_000 + dice.whole(0, 999)));
}
