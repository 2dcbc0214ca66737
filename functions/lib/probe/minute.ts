import type { Clock, ProbePort, ServiceSettings, Store, Vantage } from '@evac/core';
import { watch } from '@evac/probe';
import { ownTargets, type Shard } from './shard.ts';

export interface MinuteMeans {
  vantage: Vantage;
  services: readonly ServiceSettings[];
  store: Pick<Store, 'readTargets' | 'putObservation'>;
  probe: ProbePort;
  sees(controls: string[], timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  shard: Shard;
  clock: Clock;
  onError(service: ServiceSettings, error: unknown): void;
}

/** Between two schedules' starts: EventBridge's finest. */
const minuteMs = 60_000;
/** Left to write what was found last. */
const marginMs = 2_000;

/**
 * A vantage's rounds of every service for one minute, or until the function's time is nearly over. The next run begins
 * with a round of its own, so the last one here is half a step before it; what is still under way then may end while the
 * next run asks, at most until `remainingMs`, and a probe that takes its whole timeout is evidence all the same.
 */
export async function probeMinute(means: MinuteMeans, remainingMs: number): Promise<void> {
  const { vantage, services, store, shard, clock } = means;
  const done = new AbortController();
  const end = new AbortController();
  after(remainingMs - marginMs, end);
  const rounds = services.map((service) => {
    const closing = new AbortController();
    after(Math.min(minuteMs, remainingMs - marginMs) - service.timing.fastIntervalMs / 2, closing);
    return watch(
      {
        vantage,
        service,
        probe: means.probe,
        store: {
          readTargets: async (ask) => ownTargets(await store.readTargets(ask), shard),
          putObservation: (observation) => store.putObservation(observation),
        },
        sees: (controls) => means.sees(controls, service.shallow.timeoutMs, end.signal),
        clock,
        onError: (error) => means.onError(service, error),
      },
      end.signal,
      closing.signal,
    );
  });
  await Promise.all(rounds);
  done.abort('the minute is over');

  function after(ms: number, over: AbortController): void {
    clock.sleep(Math.max(0, ms), done.signal).then(
      () => over.abort('the minute is over'),
      () => undefined,
    );
  }
}
