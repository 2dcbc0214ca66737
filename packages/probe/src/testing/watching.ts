import {
  type CheckKind,
  type Clock,
  nodeId,
  type Observation,
  type Outcome,
  type ProbePort,
  regionName,
  type ServiceSettings,
  type Store,
  type Target,
  targetId,
  type Vantage,
  vantageId,
  zoneName,
} from '@evac/core';
import { resolveConfig } from '@evac/core/config';
import { createVirtualClock } from '../../../core/src/testing/virtual-clock.ts';
import { type Memory, newMemory } from '../memory.ts';
import { type Watch, watchRound } from '../round.ts';
import { turnPhase } from '../turn.ts';
import { watch } from '../vantage.ts';

/** One question as the probe got it. */
export interface Question {
  /** Milliseconds since the watch began. */
  at: number;
  id: string;
  check: CheckKind;
  /** Whether the counters were to be read too. */
  counters: boolean;
}

/** What a target does with a question: answers or fails, at once or after a while. */
type Behaviour = 'ok' | 'failed' | { answersAfterMs: number } | { failsAfterMs: number };

const region = regionName('us-west-2');
const zone = zoneName('us-west-2a');
const launch = 1_799_000_000_000;

export const inside: Vantage = {
  id: vantageId('in/us-west-2a'),
  region,
  zone,
  controls: ['http://control.test'],
};
export const outside: Vantage = { ...inside, id: vantageId('out/us-west-2'), zone: null };

export function node(name: string): Target {
  return {
    kind: 'node',
    id: targetId(`node/${name}`),
    service: service.name,
    region,
    zone,
    node: nodeId(name),
    launchedAt: launch,
    address: { protocol: 'http', host: '10.0.0.1', port: 8000 },
  };
}

export function endpoint(name: string): Target {
  return {
    kind: 'region',
    id: targetId(`region/${name}`),
    service: service.name,
    region: regionName(name),
    launchedAt: 0,
    address: { protocol: 'https', host: `${name}.test`, port: 443 },
  };
}

/** `n-0`, `n-1` and so on. */
export const nodes = (count: number): Target[] => Array.from({ length: count }, (_, i) => node(`n-${i}`));

/** The defaults of the vllm preset: shallow every 5 s, deep every 30 s, confirmed every second, dead after four. */
const service = vllm();
function vllm(): ServiceSettings {
  const { settings } = resolveConfig({
    controls: ['http://one.test', 'http://two.test'],
    services: {
      llm: {
        preset: 'vllm',
        regions: [
          {
            name: region,
            groups: ['llm'],
            endpoint: 'http://west.test',
            zones: [{ name: zone, id: 'usw2-az1' }],
          },
        ],
      },
    },
  });
  const only = settings?.services[0];
  if (!only) throw new Error('the settings of this test have a mistake');
  return only;
}

function settingsWith(deep: false | number | undefined): ServiceSettings {
  if (deep === false) return { ...service, deep: null };
  return deep === undefined ? service : { ...service, timing: { ...service.timing, deepIntervalMs: deep } };
}

/** Some time from which the turn of the first target’s generation is in the last second of the interval. */
function beforeTurn(
  { id: vantage }: Vantage,
  target: Target | undefined,
  { name, timing: { deepIntervalMs } }: ServiceSettings,
): number {
  const of = { vantage, service: name, target: target?.id ?? targetId('none') };
  const interval = 60_000 * deepIntervalMs;
  return interval * Math.ceil(1_800_000_000_000 / interval) + turnPhase(of, deepIntervalMs) + 500;
}

/** A vantage in virtual time over targets that behave as the test says. It begins with {@link begin}. */
export function createWatching(
  options: {
    vantage?: Vantage;
    targets?: Target[];
    /** False: no generations. A number: the milliseconds between two. */
    deep?: false | number;
  } = {},
) {
  const asService = settingsWith(options.deep);
  const vantage = options.vantage ?? inside;
  let targets = options.targets ?? nodes(1);
  const start = beforeTurn(vantage, targets[0], asService);
  const { fake, clock: virtual } = createVirtualClock(start);
  let behaviour: (target: Target, check: CheckKind) => Behaviour = () => 'ok';
  let store: 'works' | 'fails' | 'hangs' | { takesMs: number } = 'works';
  let sees = true;
  let lateMs = 0;
  const asked: Question[] = [];
  const observations: Observation[] = [];
  const written: Observation[] = [];
  const errors: unknown[] = [];
  const underWay = new Map<string, number>();
  let mostPerTarget = 0;
  const stop = new AbortController();
  const closing = new AbortController();

  const clock: Clock = {
    ...virtual,
    sleep: (ms, signal) => virtual.sleep(ms + lateMs, signal),
  };

  async function answer(target: Target, check: CheckKind, signal: AbortSignal | undefined): Promise<Outcome> {
    const what = behaviour(target, check);
    const waitMs =
      typeof what === 'string' ? 0 : 'failsAfterMs' in what ? what.failsAfterMs : what.answersAfterMs;
    if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => {});
    const base = { target: target.id, check, at: fake.now, latencyMs: waitMs, detail: 'as the test says' };
    if (what === 'ok' || (typeof what === 'object' && 'answersAfterMs' in what))
      return { ...base, class: 'ok', reason: 'answered' };
    return { ...base, class: 'failed', reason: waitMs > 0 ? 'headers-timeout' : 'connect-refused' };
  }

  const probe: ProbePort = {
    async ask({ target, check, progress, signal }) {
      asked.push({ at: fake.now - start, id: target.id, check, counters: progress !== null });
      const now = (underWay.get(target.id) ?? 0) + 1;
      underWay.set(target.id, now);
      mostPerTarget = Math.max(mostPerTarget, now);
      const outcome = await answer(target, check, signal);
      underWay.set(target.id, now - 1);
      return outcome;
    },
  };

  async function open<T>(result: () => T): Promise<T> {
    if (store === 'hangs') await new Promise<never>(() => {});
    if (typeof store === 'object') await clock.sleep(store.takesMs);
    if (store === 'fails') throw new Error('the store does not answer');
    return result();
  }
  const memory: Pick<Store, 'readTargets' | 'putObservation'> = {
    readTargets: () => open(() => structuredClone(targets)),
    putObservation: (observation) => open(() => void written.push(observation)),
  };

  const deps: Watch = {
    vantage,
    service: asService,
    probe,
    store: memory,
    sees: async () => sees,
    clock,
    onObservation: (observation) => observations.push(observation),
    onError: (error) => errors.push(error),
  };

  let ended = false;
  return {
    asked,
    written,
    observations,
    errors,
    begin() {
      void watch(deps, stop.signal, closing.signal).then(() => {
        ended = true;
      });
    },
    /** One round by itself, `fromMs` after the start by the plan; resolves with when it ended. */
    async round(fromMs: number, memory: Memory = newMemory()): Promise<number> {
      const from = start + fromMs;
      const until = from + asService.timing.intervalMs;
      await watchRound(deps, memory, { from, until }, { signal: stop.signal });
      return fake.now - start;
    },
    pass: (ms: number) => fake.tickAsync(ms),
    behave(says: typeof behaviour) {
      behaviour = says;
    },
    target(change: Target[]) {
      targets = change;
    },
    store(does: typeof store) {
      store = does;
    },
    blind(isBlind: boolean) {
      sees = !isBlind;
    },
    /** From now on every timer fires this much after its time. */
    timersAreLateBy(ms: number) {
      lateMs = ms;
    },
    stop: () => stop.abort(),
    /** Lets what is under way end. */
    close: () => closing.abort(),
    isEnded: () => ended,
    /** Timers that have not fired, and questions without an answer. */
    leftRunning: () => fake.countTimers() + [...underWay.values()].reduce((a, b) => a + b, 0),
    mostPerTarget: () => mostPerTarget,
    now: () => fake.now,
    startedAt: () => start,
    elapsed: () => fake.now - start,
  };
}
