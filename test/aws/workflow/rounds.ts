import type { Clients } from '@evac/aws';
import { createStore } from '@evac/aws';
import type { Clock, Observation, ServiceSettings, Target, Vantage } from '@evac/core';
import { boundedRound, createProbe } from '@evac/probe';
import { seededRandom } from '@evac/sim';

export interface Rounds {
  /** One round of each vantage of the region: its targets are really asked, shallow and deep, and what it saw is in the table. */
  round(): Promise<void>;
  close(): void;
}

/** What a region's probes do, at the test's time instead of the schedule's. */
export function createRounds(
  clients: Clients,
  table: string,
  vantages: Vantage[],
  service: ServiceSettings,
  clock: Clock,
): Rounds {
  const store = createStore({ clients, clock }, table);
  const probe = createProbe({ clock, random: seededRandom(1) });

  async function look(vantage: Vantage, all: Target[]): Promise<void> {
    const targets = all.filter((t) => (t.kind === 'region') === (vantage.zone === null));
    const checks = service.deep ? (['shallow', 'deep'] as const) : (['shallow'] as const);
    const questions = checks.flatMap((check) =>
      targets.map((target) => ({
        target,
        check,
        probe: check === 'deep' && service.deep ? service.deep : service.shallow,
        progress: null,
        model: service.model,
      })),
    );
    // A target is asked once at a time, so the two checks are rounds of their own.
    const outcomes: Observation['outcomes'] = [];
    for (const check of checks) {
      const own = questions.filter((q) => q.check === check);
      const means = { probe, clock, concurrency: 50, deadlineMs: 5_000, inFlight: new Set<Target['id']>() };
      outcomes.push(...(await boundedRound(own, means)));
    }
    const { id, region, zone } = vantage;
    await store.putObservation({
      service: service.name,
      vantage: id,
      region,
      zone,
      at: clock.now(),
      blind: false,
      outcomes,
    });
  }

  return {
    async round() {
      const targets = await store.readTargets({ service: service.name });
      await Promise.all(vantages.map((vantage) => look(vantage, targets)));
    },
    close: () => probe.close(),
  };
}
