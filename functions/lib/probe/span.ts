import type { Clock, ProbePort, ServiceSettings, Store, Vantage } from '@evac/core';
import { type Memory, newMemory, watchRound } from '@evac/probe';
import type { Span } from './message.ts';
import { ownTargets, type Shard } from './shard.ts';

export interface SpanMeans {
  vantage: Vantage;
  services: readonly ServiceSettings[];
  store: Pick<Store, 'readTargets' | 'putObservation'>;
  probe: ProbePort;
  sees(controls: string[], timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  memories: Memories;
  clock: Clock;
  onError(service: ServiceSettings, error: unknown): void;
}

/** What this environment knows from spans that it had before: others had some too, and it may be gone at any time. */
export type Memories = (service: ServiceSettings, shard: Shard) => Memory;

export function createMemories(): Memories {
  const kept = new Map<string, Memory>();
  return ({ name }, { shard, shards }) => {
    const key = `${name} ${shard} ${shards}`;
    const memory = kept.get(key) ?? newMemory();
    kept.set(key, memory);
    return memory;
  };
}

/** Left to write what was found last. */
const marginMs = 2_000;

/** A span whose time has passed: the next one asks the same. Milliseconds it comes too late by, or null. */
export function lateBy({ beginsAt, from, until }: Span, clock: Pick<Clock, 'now'>): number | null {
  const lateMs = clock.now() - (beginsAt + until - from);
  return lateMs > 0 ? lateMs : null;
}

/**
 * The rounds that belong to one span: of each service those whose time by the plan, a whole number of intervals of absolute time,
 * comes in it. So every round is asked once, whoever had the span before, and a service with a long interval is not asked more
 * often for the sake of another. Resolves when nothing is left to do, at the latest shortly before `remainingMs` are over.
 */
export async function probeSpan(means: SpanMeans, span: Span, remainingMs: number): Promise<void> {
  const { vantage, services, store, clock } = means;
  const done = new AbortController();
  const end = new AbortController();
  clock.sleep(Math.max(0, remainingMs - marginMs), done.signal).then(
    () => end.abort('its time is over'),
    () => undefined,
  );
  const rounds = services.flatMap((service) =>
    roundsIn(span, service).map(async (round, nth) => {
      // Only where the span is longer than the interval.
      if (nth > 0) await clock.sleep(nth * service.timing.intervalMs, end.signal).catch(() => {});
      if (end.signal.aborted) return;
      await watchRound(
        {
          vantage,
          service,
          probe: means.probe,
          store: {
            readTargets: async (ask) => ownTargets(await store.readTargets(ask), span.shard),
            putObservation: (observation) => store.putObservation(observation),
          },
          sees: (controls) => means.sees(controls, service.shallow.timeoutMs, end.signal),
          clock,
          onError: (error) => means.onError(service, error),
        },
        means.memories(service, span.shard),
        round,
        { signal: end.signal },
      );
    }),
  );
  try {
    await Promise.all(rounds);
  } finally {
    done.abort('nothing is left to do');
  }
}

function roundsIn({ from, until }: Span, { timing: { intervalMs } }: ServiceSettings) {
  const first = Math.ceil(from / intervalMs) * intervalMs;
  const count = Math.max(0, Math.ceil((until - first) / intervalMs));
  return Array.from({ length: count }, (_, nth) => {
    const begins = first + nth * intervalMs;
    return { from: begins, until: begins + intervalMs };
  });
}
