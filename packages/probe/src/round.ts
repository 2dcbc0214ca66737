import {
  type Clock,
  foldHealth,
  type Observation,
  type Outcome,
  type ProbePort,
  type ServiceSettings,
  type Store,
  type Vantage,
} from '@evac/core';
import { boundedRound } from './bounded-round.ts';
import { type Asked, type Due, doubts, dueNow, type Round, turnIn } from './due.ts';
import { type Gathering, gather } from './gather.ts';
import { type Memory, refresh, skipTurnsOfOthers } from './memory.ts';
import { underWay } from './under-way.ts';

export interface Watch {
  vantage: Vantage;
  service: ServiceSettings;
  probe: ProbePort;
  store: Pick<Store, 'readTargets' | 'putObservation'>;
  /** Whether this vantage can see the world at all: asked beside every batch, or its outcomes prove nothing. */
  sees(controls: string[]): Promise<boolean>;
  clock: Clock;
  onObservation?(observation: Observation): void;
  /** The store did not answer: this vantage goes on asking, and writes when it can. */
  onError?(error: unknown): void;
}

/**
 * Once `signal` aborts, nothing is asked, waited for or written; once `closing` does, at the latest with it, nothing more is
 * asked.
 */
export interface Ends {
  signal: AbortSignal;
  closing?: AbortSignal;
}

/** Questions under way at once from one vantage. */
const concurrency = 50;

/**
 * One round: every target is asked once, and what is between two states again every `fastInterval`, a tenth of the targets at
 * most. Healthy or not makes no other difference to the work. One probe is in flight per target, and what is found together is
 * one observation. The round lasts as long as it says, from whenever it begins, but ends as soon as nothing is left to do; what
 * is under way when its time is over may still end.
 */
export async function watchRound(deps: Watch, memory: Memory, round: Round, ends: Ends): Promise<void> {
  const { service, clock } = deps;
  const { known, inFlight } = memory;
  const { signal, closing: over = signal } = ends;
  const { fastIntervalMs } = service.timing;
  const writing = underWay();
  const asking = underWay();
  const gathering = gather({ clock, stepMs: fastIntervalMs }, (outcomes, blind) => {
    if (!signal.aborted) writing.add(write(deps, outcomes, blind));
  });
  let next = clock.now();
  const end = next + round.until - round.from;
  skipTurnsOfOthers(memory, round, service);
  if (!memory.reading) {
    // What has changed is asked about at once, but a store that is slow to answer must not hold up the round.
    const read = asking.add(readTargets(deps, memory, round));
    await Promise.race([read, clock.sleep(fastIntervalMs / 2, over).catch(() => {})]);
  }
  const rest = new AbortController();
  const wake = () => rest.abort('the round is over');
  over.addEventListener('abort', wake, { once: true });
  while (!over.aborted && clock.now() < end) {
    const free = [...known.values()].filter((a) => !inFlight.has(a.target.id));
    const due = dueNow(free, known.size, service, round, clock.now());
    if (due.length > 0) void asking.add(ask(deps, memory, due, { round, gathering, signal }));
    // From step to step, not from when this one woke up: what every timer is late by would add up.
    next = Math.max(next + fastIntervalMs, clock.now());
    void asking.ended().then(() => {
      gathering.tell();
      if (nothingIsLeft(memory, round, service)) wake();
    }, wake);
    await clock.sleep(Math.min(next, end) - clock.now(), rest.signal).catch(() => {});
    if (rest.signal.aborted) break;
  }
  over.removeEventListener('abort', wake);
  await asking.ended();
  gathering.tell();
  await writing.ended();
}

function nothingIsLeft({ known }: Memory, round: Round, service: ServiceSettings): boolean {
  return [...known.values()].every((a) => a.askedIn >= round.from && doubts(a, service).length === 0);
}

async function readTargets(deps: Watch, memory: Memory, round: Round): Promise<void> {
  memory.reading = true;
  const targets = await orElse(deps, deps.store.readTargets({ service: deps.service.name }), null);
  memory.reading = false;
  if (targets) refresh(memory, targets, { ...deps, now: deps.clock.now() }, round);
}

async function ask(
  deps: Watch,
  { inFlight }: Memory,
  due: Due[],
  { round, gathering, signal }: { round: Round; gathering: Gathering; signal: AbortSignal },
): Promise<void> {
  const { service, vantage, clock } = deps;
  // A generation keeps its place for long: first those that leave theirs soon.
  const batch = due.toSorted((a, b) => Number(a.kind === 'deep') - Number(b.kind === 'deep'));
  for (const { asked, kind } of batch) {
    asked.startedAt[kind] = clock.now();
    asked.askedIn = round.from;
    if (kind === 'deep') asked.turn = Math.max(asked.turn, turnIn(round, asked, service));
  }
  const seeing = deps.sees(vantage.controls);
  const taking = underWay();
  const take = async (outcome: Outcome, asked: Asked): Promise<void> => {
    const blind = !(await seeing);
    if (signal.aborted) return;
    const seen = blind ? unseen(outcome) : outcome;
    asked.health = foldHealth(asked.health, seen, service);
    gathering.add(seen, blind);
  };
  await boundedRound(
    batch.map(({ asked: { target }, kind }) => {
      const probe = kind === 'deep' && service.deep ? service.deep : service.shallow;
      // Behind a load balancer each reading would be of another server.
      const progress = target.kind === 'node' ? service.progress : null;
      return { target, check: kind, probe, progress, model: service.model };
    }),
    {
      probe: deps.probe,
      clock,
      concurrency,
      deadlineMs: longestMs(service),
      inFlight,
      signal,
      onOutcome: (outcome, at) => {
        const asked = batch[at]?.asked;
        if (asked) void taking.add(take(outcome, asked));
      },
    },
  );
  await taking.ended();
}

async function write(deps: Watch, outcomes: Outcome[], blind: boolean): Promise<void> {
  const { service, vantage, clock } = deps;
  const observation: Observation = {
    service: service.name,
    vantage: vantage.id,
    region: vantage.region,
    zone: vantage.zone,
    at: clock.now(),
    blind,
    outcomes,
  };
  const written = await orElse(
    deps,
    deps.store.putObservation(observation).then(() => true),
    false,
  );
  if (written) deps.onObservation?.(observation);
}

/** No question takes longer than this, its two readings of the counters included; times two for those that queue. */
function longestMs({ shallow, deep, progress }: ServiceSettings): number {
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
