import type { ZoneName } from '@evac/core';

/** What Auto Scaling looks at when it chooses a zone to launch in or an instance to end. */
export interface Placed {
  zone: ZoneName;
  launchedAt: number;
  protected: boolean;
}

/** Zones for one launch, in the order to try: `preferred` (where a node was lost), then the emptiest first. */
export function zonesToTry(zones: ZoneName[], placed: Placed[], preferred: ZoneName | null): ZoneName[] {
  const sorted = zones.toSorted((a, b) => countIn(placed, a) - countIn(placed, b));
  if (preferred === null || !zones.includes(preferred)) return sorted;
  return [preferred, ...sorted.filter((zone) => zone !== preferred)];
}

/** What a scale-in ends: the oldest unprotected node of the fullest zone; a zone no longer in use goes first. */
export function scaleInVictim<P extends Placed>(zones: ZoneName[], placed: P[]): P | null {
  const open = placed.filter((p) => !p.protected);
  const load = (p: P) => (zones.includes(p.zone) ? countIn(placed, p.zone) : Number.POSITIVE_INFINITY);
  return open.toSorted((a, b) => compareLoad(load(b), load(a)) || a.launchedAt - b.launchedAt)[0] ?? null;
}

/**
 * Where AZRebalance launches next; {@link scaleInVictim} then ends. Null when the zones are even (they differ by at
 * most one and nothing runs outside of them).
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html#AutoScalingBehavior.InstanceUsage
 */
export function zoneToFill(zones: ZoneName[], placed: Placed[]): ZoneName | null {
  const emptiest = zonesToTry(zones, placed, null)[0];
  const victim = scaleInVictim(zones, placed);
  if (emptiest === undefined || victim === null) return null;
  const outside = !zones.includes(victim.zone);
  return outside || countIn(placed, victim.zone) - countIn(placed, emptiest) > 1 ? emptiest : null;
}

function countIn(placed: Placed[], zone: ZoneName): number {
  return placed.filter((p) => p.zone === zone).length;
}

/** Infinity minus infinity is not a number. */
function compareLoad(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
