import {
  countRounds,
  foldHealth,
  type Health,
  newHealth,
  type Observation,
  type ServiceSettings,
  type Store,
  type Target,
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
  store: Store,
  service: ServiceSettings,
  targets: Target[],
  observations: readonly Observation[],
): Promise<Folded> {
  for (let attempt = 1; ; attempt++) {
    const stored = await store.readHealth({ service: service.name });
    if (observations.length === 0) return stored;
    const next = observations.reduce((all, o) => foldOne(all, o, targets, service), {
      health: stored.health,
      rounds: stored.rounds,
    });
    const written = await store.writeHealth({ service: service.name, ...next, version: stored.version });
    if (written) return next;
    if (attempt === attempts)
      throw new Error(`${service.name}: health changed under ${attempts} writers in a row`);
  }
}

function foldOne(all: Folded, observation: Observation, targets: Target[], service: ServiceSettings): Folded {
  const known = new Map(targets.map((t) => [t.id, t]));
  const byKey = new Map(
    all.health.filter((h) => known.has(h.target)).map((h) => [`${h.vantage} ${h.target}`, h]),
  );
  let repeated = false;
  for (const outcome of observation.outcomes) {
    const target = known.get(outcome.target);
    if (!target) continue;
    const key = `${observation.vantage} ${outcome.target}`;
    const before = byKey.get(key) ?? newHealth(target.id, observation.vantage, target.launchedAt);
    const after = foldHealth(before, outcome, service);
    repeated ||= after === before && outcome.class !== 'unknown';
    byKey.set(key, after);
  }
  // A node that is still starting refuses connections in good health: that says nothing about its zone.
  const settled = targets.filter((t) => byKey.get(`${observation.vantage} ${t.id}`)?.state !== 'starting');
  return {
    health: [...byKey.values()],
    rounds: repeated ? all.rounds : countRounds(all.rounds, observation, settled, service),
  };
}
