import {
  countRounds,
  foldHealth,
  type Health,
  newHealth,
  type Observation,
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

const attempts = 5;

/**
 * Folds new observations into the stored health with a conditional write: of two judges at once, the second reads
 * again. Outcomes that were folded already (a stream delivers twice) change nothing.
 */
export async function foldObservations(
  store: Pick<Store, 'readHealth' | 'writeHealth'>,
  service: ServiceSettings,
  targets: Target[],
  observations: readonly Observation[],
): Promise<Folded> {
  const known = new Map(targets.map((t) => [t.id, t]));
  for (let attempt = 1; ; attempt++) {
    const stored = await store.readHealth({ service: service.name });
    if (observations.length === 0) return stored;
    const next = foldAll(stored, observations, known, service);
    const written = await store.writeHealth({ service: service.name, ...next, version: stored.version });
    if (written) return next;
    if (attempt === attempts)
      throw new Error(`${service.name}: health changed under ${attempts} writers in a row`);
  }
}

function foldAll(
  stored: Folded,
  observations: readonly Observation[],
  known: Map<TargetId, Target>,
  service: ServiceSettings,
): Folded {
  const byKey = new Map<string, Health>();
  for (const h of stored.health) if (known.has(h.target)) byKey.set(`${h.vantage} ${h.target}`, h);
  let { rounds } = stored;
  for (const observation of observations) {
    const counting = foldOne(byKey, observation, known, service);
    rounds = countRounds(rounds, observation, counting, service);
  }
  return { health: [...byKey.values()], rounds };
}

/** Folds one observation into the health by vantage and target; returns the targets that count for their zones. */
function foldOne(
  byKey: Map<string, Health>,
  observation: Observation,
  known: Map<TargetId, Target>,
  service: ServiceSettings,
): Target[] {
  const { vantage } = observation;
  const counting: Target[] = [];
  for (const outcome of observation.outcomes) {
    const target = known.get(outcome.target);
    if (!target) continue;
    const key = `${vantage} ${outcome.target}`;
    const before = byKey.get(key) ?? newHealth(target.id, vantage, target.launchedAt);
    const after = foldHealth(before, outcome, service);
    byKey.set(key, after);
    // For its zone a repeated outcome says nothing (of a batch held up by one hanging target, the others may be late),
    // and neither does a node that is still starting: it refuses connections in good health.
    if (after !== before && after.state !== 'starting') counting.push(target);
  }
  return counting;
}
