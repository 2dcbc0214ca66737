import type { Peer, ZoneCount } from './detector.ts';
import type { Disturbance } from './disturbance.ts';
import { createDraw } from './draw.ts';
import { createNoise } from './noise.ts';
import { createOurs } from './ours.ts';
import { createPlace } from './place.ts';
import { createProbing } from './probing.ts';
import { createRequests } from './requests.ts';
import { intervalMs, type World } from './world.ts';

/** As far back as any detector looks: five minutes of which three count, in minutes that have ended. */
const memoryRounds = 72;
/** Silence is noticed, and traffic looked at where probes find nothing, every minute (packages/cli, run-cell.ts). */
const tickRounds = 12;
/** Quiet rounds that are drawn before an eventful one, so that every window is full when it comes. */
const leadRounds = 14;

export interface Course {
  world: World;
  seed: number;
  from: number;
  to: number;
  /** Whether anything happens that is not done on purpose. */
  noisy: boolean;
  /** What is done on purpose. */
  also?: readonly Disturbance[];
  peers: readonly Peer[];
  /** Nothing is left out: for the tests. */
  whole?: boolean;
}

/** Somebody would evacuate the zone now; with `suspects`, ours at least holds it under suspicion. True: it need not say more. */
type Heard = (who: string, zone: number, at: number) => boolean;

export const ours = 'evac';
export const suspects = 'evac suspects';

/**
 * One world's rounds. Stretches in which nothing fails, and nothing that any detector still looks at has failed, are
 * left out: no detector can say anything there.
 */
export function run(course: Course, heard: Heard): void {
  const { world, seed, from, to, noisy, also = [], peers, whole = false } = course;
  const stream = (i: number) => createDraw(seed * 64 + i);
  const place = createPlace(world);
  const probing = createProbing(world, place, stream(0), from, whole);
  const requests = createRequests(world, stream(1), from);
  const noise = noisy ? createNoise(world, stream(2), from) : null;
  const own = createOurs(place, probing, whole);
  const others = peers.map(({ name, create }, i) => ({ name, see: create(stream(3 + i)) }));
  const done = new Set<string>();
  const tell = (who: string, zones: readonly number[], at: number) => {
    for (const zone of zones) if (heard(who, zone, at)) done.add(who);
  };
  let known = [...also];
  let lastEventful = Math.floor(from / intervalMs);
  for (let index = lastEventful; index * intervalMs < to && done.size < others.length + 1; index++) {
    const begin = index * intervalMs;
    const end = begin + intervalMs;
    while (noise && noise.nextAt < end) known.push(...noise.take());
    if (known.some((d) => lastsUntil(d) <= begin)) known = known.filter((d) => lastsUntil(d) > begin);
    const active = known.filter((d) => d.from < end);
    const look = (now: number, tick: boolean) => {
      const verdict = done.has(ours) ? null : own.look(now, tick);
      if (!verdict) return;
      tell(suspects, verdict.suspected, now);
      tell(ours, verdict.impaired, now);
    };
    const probed = probing.round(index, active, (now) => look(now, false));
    const asked = requests.count(index, active);
    own.count(index, asked);
    if ((index + 1) % tickRounds === 0) look(end, true);
    const zones = asked.map(
      (request, z): ZoneCount => ({
        requests: request.total,
        failedRequests: request.failed,
        probes: probed[z]?.total ?? 0,
        failedProbes: probed[z]?.failed ?? 0,
      }),
    );
    for (const { name, see } of others) if (!done.has(name)) tell(name, see(index, zones), end);
    const failed = zones.some((z) => z.failedRequests > 0 || z.failedProbes > 0);
    if (failed || !probing.idle) lastEventful = index;
    if (whole || active.length > 0 || index - lastEventful < memoryRounds) continue;
    const next = known.reduce((least, d) => Math.min(least, d.from), noise?.nextAt ?? to);
    const quietUntil = Math.min(next, requests.quietUntil, probing.quietUntil);
    index = Math.max(index, Math.floor(quietUntil / intervalMs) - leadRounds - 1);
  }
}

const lastsUntil = (d: Disturbance) => d.to + d.requestsLaterMs;
