import {
  type CheckHealth,
  checkKinds,
  countRounds,
  foldHealth,
  type Health,
  newHealth,
  type Observation,
  type ServiceName,
  type ServiceSettings,
  type Store,
  type Target,
  type TargetId,
  type ZoneRound,
} from '@evac/core';

export interface Folded {
  health: Health[];
  rounds: ZoneRound[];
}

/**
 * What a judge has folded of each service since it last wrote: while all is well, and nothing but times and counts of good
 * answers changes, health is written once an interval, not for every vantage's round. Another judge, and one that has lost
 * its memory, goes on from what is written and from what each vantage told last. `version` is the stored one that this follows.
 */
export type FoldMemory = Map<ServiceName, Folded & { version: number; writtenAt: number }>;

const attempts = 5;

/**
 * Folds new observations into the stored health with a conditional write: of two judges at once, the second reads
 * again. Outcomes that were folded already (a stream delivers twice) change nothing. Without `memory` every fold is
 * written.
 */
export async function foldObservations(
  store: Pick<Store, 'readHealth' | 'writeHealth' | 'observations'>,
  service: ServiceSettings,
  targets: Target[],
  observations: readonly Observation[],
  memory?: { folded: FoldMemory; now: number },
): Promise<Folded> {
  const known = new Map(targets.map((t) => [t.id, t]));
  for (let attempt = 1; ; attempt++) {
    const stored = await store.readHealth({ service: service.name });
    const kept = memory?.folded.get(service.name);
    // Who has written meanwhile has judged without what we kept, and it was nothing to judge by.
    const last = kept?.version === stored.version ? kept : null;
    const before: Folded = last ?? stored;
    if (observations.length === 0) return { health: before.health, rounds: before.rounds };
    const unwritten = memory && !last ? await toldBefore(store, service, observations) : [];
    const next = foldAll(before, [...unwritten, ...observations], known, service);
    const { version } = stored;
    if (memory && last && mayWait(next, memory.now - last.writtenAt, service) && tellsNothing(before, next)) {
      memory.folded.set(service.name, { ...next, version, writtenAt: last.writtenAt });
      return next;
    }
    const written = await store.writeHealth({ service: service.name, ...next, version });
    if (written) {
      memory?.folded.set(service.name, { ...next, version: version + 1, writtenAt: memory.now });
      return next;
    }
    if (attempt === attempts)
      throw new Error(`${service.name}: health changed under ${attempts} writers in a row`);
  }
}

/**
 * What vantages told last before these: another judge may have folded it and not written it yet. An answer to `/health` is
 * followed by the next one, but a generation is asked for so seldom that without it a node is unknown until the one after.
 * What was folded already changes nothing. None that came later: what a vantage told before that may be on its way.
 */
async function toldBefore(
  store: Pick<Store, 'observations'>,
  service: ServiceSettings,
  observations: readonly Observation[],
): Promise<Observation[]> {
  const first = Math.min(...observations.map((o) => o.at));
  const told = await store.observations({ service: service.name });
  return told.filter((o) => o.at < first).toSorted((a, b) => a.at - b.at);
}

/**
 * Whether what tells nothing may go unwritten `sinceMs` after the last write. Half a step less than a round, so that rounds
 * which come a little early are not left for the next; and where all vantages tell at about the same time, until the last of
 * them has: else what the others have told would never be written before they tell the next.
 */
function mayWait({ health }: Folded, sinceMs: number, { timing }: ServiceSettings): boolean {
  const { intervalMs, fastIntervalMs } = timing;
  if (sinceMs < intervalMs - fastIntervalMs / 2) return true;
  const told = [...Map.groupBy(health, (h) => h.vantage).values()].map((of) =>
    Math.max(...of.flatMap((h) => Object.values(h.checks).map((c) => c.lastAt))),
  );
  const allHaveTold = Math.min(...told) > Math.max(...told) - intervalMs / 2;
  return !allHaveTold && sinceMs < 1.25 * intervalMs;
}

/** Everybody is well, and was: what a judgement hangs on is as it was, but for when it was seen. */
function tellsNothing(before: Folded, next: Folded): boolean {
  return (
    before.health.length === next.health.length &&
    next.health.every((h, i) => {
      // What is folded keeps its place, and whatever nobody told of is the same object.
      const was = before.health[i];
      if (h === was) return isWell(h);
      return was !== undefined && isWell(was) && isWell(h) && lastsAs(was, h);
    })
  );
}

function isWell({ state, checks }: Health): boolean {
  return state === 'healthy' && checkKinds.every((kind) => !checks[kind] || isGood(checks[kind]));
}

function isGood({ lastClass, bad }: CheckHealth): boolean {
  return lastClass === 'ok' && !bad;
}

function lastsAs(was: Health, is: Health): boolean {
  return (
    was.vantage === is.vantage &&
    was.target === is.target &&
    was.since === is.since &&
    was.startingSince === is.startingSince &&
    checkKinds.every((kind) => kind in was.checks === kind in is.checks) &&
    (was.progress?.stuckSince ?? null) === (is.progress?.stuckSince ?? null) &&
    was.model === is.model &&
    was.revision === is.revision
  );
}

function foldAll(
  stored: Folded,
  observations: readonly Observation[],
  known: Map<TargetId, Target>,
  service: ServiceSettings,
): Folded {
  const health = stored.health.filter((h) => known.has(h.target));
  let { rounds } = stored;
  for (const observation of observations) {
    const counting = foldOne(health, observation, known, service);
    rounds = countRounds(rounds, observation, counting, service);
  }
  return { health, rounds };
}

/** Folds one observation into the health, each in its place; returns the targets that count for their zones. */
function foldOne(
  health: Health[],
  { vantage, outcomes }: Observation,
  known: Map<TargetId, Target>,
  service: ServiceSettings,
): Target[] {
  const places = new Map<TargetId, number>();
  health.forEach((h, place) => {
    if (h.vantage === vantage) places.set(h.target, place);
  });
  const counting: Target[] = [];
  for (const outcome of outcomes) {
    const target = known.get(outcome.target);
    if (!target) continue;
    const place = places.get(target.id) ?? health.length;
    const before = health[place] ?? newHealth(target.id, vantage, target.launchedAt);
    const after = foldHealth(before, outcome, service);
    health[place] = after;
    places.set(target.id, place);
    // For its zone a repeated outcome says nothing (of a batch held up by one hanging target, the others may be late),
    // and neither does a node that is still starting: it refuses connections in good health.
    if (after !== before && after.state !== 'starting') counting.push(target);
  }
  return counting;
}
