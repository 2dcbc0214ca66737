import { run } from './course.ts';
import { createDraw } from './draw.ts';
import { peers } from './peers.ts';
import { dayMs, drawWorld, minuteMs, type World, yearMs } from './world.ts';

/** What is said of a zone again within this time is the same alarm: a zone that was evacuated is left alone for as long. */
const sameAlarmMs = 10 * minuteMs;
const daysPerWorld = 4;

export interface HealthyTime {
  zoneYears: number;
  /** By detector. */
  alarms: Record<string, number>;
}

/** One world in which nothing is wrong with any zone, for some days. Every alarm is a false one. */
export function liveThroughHealthyTime(seed: number): HealthyTime {
  const world = drawWorld(createDraw(seed));
  const alarms: Record<string, number> = {};
  const last = new Map<string, number>();
  run({ world, seed, from: 0, to: daysPerWorld * dayMs, noisy: true, peers }, (who, zone, at) => {
    const key = `${who}/${zone}`;
    const before = last.get(key);
    if (before === undefined || at - before > sameAlarmMs) alarms[who] = (alarms[who] ?? 0) + 1;
    last.set(key, at);
    return false;
  });
  return { zoneYears: zoneYearsOf(world), alarms };
}

/** How much time that is. */
export function healthyZoneYears(seed: number): number {
  return zoneYearsOf(drawWorld(createDraw(seed)));
}

const zoneYearsOf = ({ zones }: World) => (zones.length * daysPerWorld * dayMs) / yearMs;
