import { run } from './course.ts';
import { createDraw } from './draw.ts';
import { drawFault, type FaultClass } from './fault.ts';
import { detectorNames, peers } from './peers.ts';
import { dayMs, intervalMs, minuteMs } from './world.ts';

/** A verdict that comes later is none. */
const watchedMs = 3 * minuteMs;

/** By detector: how long until it named the zone (ms), null if it did not, absent if it had named it before anything happened. */
export type Trial = Record<string, number | null>;

/** One fault in one noisy world, at any time of the day and of the detectors' own clocks. */
export function tryFault(of: FaultClass, seed: number): Trial {
  const draw = createDraw(seed);
  const from = Math.floor((draw.share() * dayMs) / intervalMs) * intervalMs;
  // Five minutes of which three count, in minutes that have ended: the longest that any detector looks back.
  const at = from + 6 * minuteMs + draw.between(0, minuteMs);
  const { world, fault } = drawFault(of, draw, at, at + 2 * watchedMs);
  const trial: Trial = Object.fromEntries(detectorNames.map((name) => [name, null]));
  run({ world, seed, from, to: at + watchedMs, noisy: true, also: [fault], peers }, (who, zone, now) => {
    if (zone !== fault.zone) return false;
    if (trial[who] !== null) return true;
    if (now >= at) {
      trial[who] = now - at;
      return true;
    }
    // What it said more than a minute before may have been about something else, and is over.
    if (at - now > minuteMs) return false;
    delete trial[who];
    return true;
  });
  return trial;
}
