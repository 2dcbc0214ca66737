import {
  type AlarmFact,
  type Candidate,
  checkKinds,
  type Decision,
  decide,
  type Guard,
  healthAt,
  type Observation,
  type PlannedMove,
  type ServiceSettings,
} from '@evac/core';
import type { Cell, Judgement } from '../contract.ts';
import { type Folded, foldObservations } from './fold.ts';
import { gather } from './gather.ts';
import { inputOf } from './input.ts';

/** What set this judgement off: new observations, the tick that notices silence, or a person's request. */
export interface Occasion {
  observations: readonly Observation[];
  tick: boolean;
  requests: Candidate[];
}

/**
 * One judgement of one service: fold what is new, look around if anything is amiss (or it is time to), decide, and
 * start the machine of every move that was let through. Null when all that was new is good news: nothing more was read.
 * `guards`: all of them unless given.
 */
export async function judgeService(
  cell: Cell,
  service: ServiceSettings,
  occasion: Occasion,
  guards?: readonly Guard[],
): Promise<Judgement | null> {
  const targets = await cell.ports.store.readTargets({ service: service.name });
  const memory = cell.folded && { folded: cell.folded, now: cell.clock.now() };
  const folded = await foldObservations(cell.ports.store, service, targets, occasion.observations, memory);
  if (!occasion.tick && occasion.requests.length === 0 && !amiss(cell, service, folded)) return null;
  const [gathered, alarms] = await Promise.all([
    gather(cell, service, folded, occasion.requests),
    recentAlarms(cell, service),
  ]);
  const snapshot = { ...gathered, ...(alarms && { alarms }) };
  const decision = decide(snapshot, service, cell.clock.now(), guards);
  return { snapshot, decision, started: await start(cell, service, decision) };
}

/** Null where none are kept, or the memory does not answer: they are told of, and nothing hangs on them. */
async function recentAlarms(
  { alarms }: Pick<Cell, 'alarms'>,
  { name }: ServiceSettings,
): Promise<AlarmFact[] | null> {
  return (await alarms?.recent({ service: name }).catch(() => null)) ?? null;
}

/** Any target that some vantage does not find in order, or a vantage that has told nothing yet: cheap, and seldom true. */
function amiss(cell: Cell, service: ServiceSettings, { health }: Folded): boolean {
  const now = cell.clock.now();
  const told = new Set(health.map((h) => h.vantage));
  if (told.size === 0 || cell.vantages.some((v) => !told.has(v.id))) return true;
  return health.some((h) => {
    const state = healthAt(h, now, service);
    return (
      (state !== 'healthy' && state !== 'starting') ||
      checkKinds.some((kind) => h.checks[kind]?.lastClass === 'failed')
    );
  });
}

async function start(cell: Cell, service: ServiceSettings, decision: Decision): Promise<PlannedMove[]> {
  const started: PlannedMove[] = [];
  for (const move of decision.moves) {
    const result = await cell.machines.start({
      machine: move.move,
      name: move.incident,
      input: inputOf(move, service),
    });
    if (result === 'started') started.push(move);
  }
  return started;
}
