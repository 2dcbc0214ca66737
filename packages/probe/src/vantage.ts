import { newMemory } from './memory.ts';
import { type Watch, watchRound } from './round.ts';
import { underWay } from './under-way.ts';

/**
 * One vantage's rounds of one service, one every `interval`, until the signal aborts. Once `closing` aborts nothing more is
 * asked; what is under way may still end.
 */
export async function watch(deps: Watch, signal: AbortSignal, closing?: AbortSignal): Promise<void> {
  const { clock, service } = deps;
  const { intervalMs } = service.timing;
  const over = closing ? AbortSignal.any([signal, closing]) : signal;
  const memory = newMemory();
  const rounds = underWay();
  let from = clock.now();
  while (!over.aborted) {
    const until = from + intervalMs;
    void rounds.add(watchRound(deps, memory, { from, until }, { signal, closing: over }));
    await clock.sleep(until - clock.now(), over).catch(() => {});
    // By the plan, so that what timers are late by does not add up; after a standstill, by the clock.
    from = clock.now() > until + intervalMs ? clock.now() : until;
  }
  await rounds.ended();
}
