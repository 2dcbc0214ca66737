import {
  type CheckKind,
  type Clock,
  foldHealth,
  newHealth,
  type Observation,
  type Outcome,
  type ProbePort,
  type ServiceSettings,
  type Store,
  type Target,
  type TargetId,
  type Vantage,
} from '@evac/core';
import { boundedRound } from './bounded-round.ts';
import { type Asked, dueNow, turnNow } from './due.ts';
import { turnBefore, turnPhase } from './turn.ts';

export interface Watch {
  vantage: Vantage;
  service: ServiceSettings;
  probe: ProbePort;
  store: Pick<Store, 'readTargets' | 'putObservation'>;
  /** Whether this vantage can see the world at all: asked beside every batch, or its outcomes prove nothing. */
  sees(controls: string[]): Promise<boolean>;
  clock: Clock;
  /**
   * The generations whose turn comes in this time are this watch's (epoch ms, without `until` itself): of those that follow
   * each other each has its own, also when one begins late. By default all from now on.
   */
  turns?: { from: number; until: number };
  onObservation?(observation: Observation): void;
  /** The store did not answer: this vantage goes on asking, and writes when it can. */
  onError?(error: unknown): void;
  /** Once it aborts nothing more is asked; what is under way may still end, until the signal aborts. */
  closing?: AbortSignal;
}

/** Questions under way at once from one vantage. */
const concurrency = 50;

/**
 * One vantage's rounds of one service until the signal aborts: every target shallow every `interval`, deep at
 * its turn in every `deepInterval`, and what is between two states again every `fastInterval`, a tenth of the targets at most. Healthy
 * or not makes no difference to the work. One probe is in flight per target; each batch is one observation.
 */
export async function watch(deps: Watch, signal: AbortSignal): Promise<void> {
  const { service, clock } = deps;
  const known = new Map<TargetId, Asked>();
  const inFlight = new Set<TargetId>();
  const underWay = new Set<Promise<void>>();
  const begin = (work: Promise<void>): Promise<void> => {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  };
  const { intervalMs, fastIntervalMs } = service.timing;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading = false;
  let listed = false;
  let next = clock.now();
  const turns = deps.turns ?? { from: next, until: Number.POSITIVE_INFINITY };
  const over = deps.closing ? AbortSignal.any([signal, deps.closing]) : signal;
  while (!over.aborted) {
    const now = clock.now();
    if (!reading && now - readAt >= intervalMs - fastIntervalMs / 2) {
      readAt = now;
      reading = true;
      const read = begin(
        readTargets(deps).then((targets) => {
          reading = false;
          if (targets === null) return;
          // What comes into the list later has missed no turn.
          refresh(known, targets, deps, listed ? clock.now() : turns.from);
          listed = true;
        }),
      );
      // What has changed is asked about at once, but a store that is slow to answer must not hold up the rounds.
      await Promise.race([read, clock.sleep(fastIntervalMs / 2, over).catch(() => {})]);
      if (over.aborted) break;
    }
    const due = dueNow(known, inFlight, service, clock.now(), turns.until);
    for (const kind of ['shallow', 'deep'] as const) {
      const batch = due.filter((d) => d.kind === kind).map((d) => d.asked);
      if (batch.length > 0) void begin(askBatch(batch, kind, inFlight, { ...deps, turns }, signal));
    }
    // From step to step, not from when this one woke up: what every timer is late by would add up.
    next = Math.max(next + fastIntervalMs, clock.now());
    await clock.sleep(next - clock.now(), over).catch(() => {});
  }
  await Promise.all(underWay);
}

function readTargets(deps: Watch): Promise<Target[] | null> {
  return orElse(deps, deps.store.readTargets({ service: deps.service.name }), null);
}

/** A zone's vantage asks private targets; the region's, from outside the VPC, public endpoints. */
function concerns(target: Target, vantage: Vantage): boolean {
  return vantage.zone === null ? target.kind === 'region' : target.kind !== 'region';
}

function refresh(
  known: Map<TargetId, Asked>,
  all: Target[],
  { vantage, service }: Watch,
  since: number,
): void {
  const { intervalMs, deepIntervalMs } = service.timing;
  const targets = all.filter((t) => concerns(t, vantage));
  const wanted = new Set(targets.map((t) => t.id));
  for (const id of known.keys()) if (!wanted.has(id)) known.delete(id);
  for (const target of targets) {
    const asked = known.get(target.id);
    if (asked) asked.target = target;
    else {
      const phaseMs = turnPhase(
        { vantage: vantage.id, service: service.name, target: target.id },
        deepIntervalMs,
      );
      known.set(target.id, {
        target,
        health: newHealth(target.id, vantage.id, target.launchedAt),
        startedAt: {},
        since: since - intervalMs,
        phaseMs,
        turn: turnBefore(since, phaseMs, deepIntervalMs),
      });
    }
  }
}

async function askBatch(
  batch: Asked[],
  kind: CheckKind,
  inFlight: Set<TargetId>,
  deps: Watch & Required<Pick<Watch, 'turns'>>,
  signal: AbortSignal,
): Promise<void> {
  const { service, vantage, clock } = deps;
  const now = clock.now();
  for (const asked of batch) {
    asked.startedAt[kind] = now;
    if (kind === 'deep') asked.turn = turnNow(asked, service, now, deps.turns.until);
  }
  const questions = batch.map(({ target }) => {
    const probe = kind === 'deep' && service.deep ? service.deep : service.shallow;
    // Behind a load balancer each reading would be of another server.
    const progress = target.kind === 'node' ? service.progress : null;
    return { target, check: kind, probe, progress, model: service.model };
  });
  const [outcomes, sees] = await Promise.all([
    boundedRound(questions, {
      probe: deps.probe,
      clock,
      concurrency,
      deadlineMs: roundMs(service),
      inFlight,
      signal,
    }),
    deps.sees(vantage.controls),
  ]);
  if (signal.aborted) return;
  const blind = !sees;
  const observation: Observation = {
    service: service.name,
    vantage: vantage.id,
    region: vantage.region,
    zone: vantage.zone,
    at: clock.now(),
    blind,
    outcomes: blind ? outcomes.map(unseen) : outcomes,
  };
  for (const [i, asked] of batch.entries()) {
    const outcome = observation.outcomes[i];
    if (outcome) asked.health = foldHealth(asked.health, outcome, service);
  }
  const written = await orElse(
    deps,
    deps.store.putObservation(observation).then(() => true),
    false,
  );
  if (written) deps.onObservation?.(observation);
}

/** No question takes longer than this, its two readings of the counters included; times two for those that queue. */
function roundMs({ shallow, deep, progress }: ServiceSettings): number {
  const reading = progress ? 2 * progress.timeoutMs + progress.gapMs : 0;
  return 2 * (Math.max(shallow.timeoutMs, deep?.timeoutMs ?? 0) + reading);
}

/** What a vantage that cannot see the world found is no evidence. */
function unseen(outcome: Outcome): Outcome {
  const { target, check, at, latencyMs } = outcome;
  const detail = `this vantage reaches none of its controls (${outcome.detail})`;
  return { class: 'unknown', reason: 'vantage-blind', target, check, at, latencyMs, detail };
}

async function orElse<T, F>(deps: Watch, work: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await work;
  } catch (error) {
    deps.onError?.(error);
    return fallback;
  }
}
