import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestResult } from '@evac/console';
import type { WorldDescription } from '@evac/sim';
import { connectWorld, type WorldAdmin, type WorldView } from '@evac/sim/admin';
import { createLoad, type LoadResult } from '@evac/sim/load';
import type { OrchestratorEvent } from '../orchestrator/event.ts';
import { type Child, startOrchestratorProcess, startWorldProcess } from './children.ts';

export interface StageOptions {
  intervalMs: number;
  seed: number;
  /** Requests a second. */
  rate: number;
}

/** A world, its orchestrator and its clients, each by itself, and what has been seen of them so far. */
export interface Stage {
  world: WorldDescription;
  admin: WorldAdmin;
  /** 1 where an interval is 5 s. */
  scale: number;
  intervalMs: number;
  seed: number;
  /** When the load began, epoch ms. */
  startedAt: number;
  /** Everything the orchestrator told. */
  events: readonly OrchestratorEvent[];
  /** Every request that ended. */
  results: readonly LoadResult[];
  /** The world as of the last look, a moment ago. */
  view(): WorldView;
  orchestrator(): Child;
  /** Starts another one, after the first was killed. */
  startOrchestrator(): void;
  /** Resolves when `holds` does, or with false after `forMs`. Rejects, as `pass` does, when the stage ends meanwhile. */
  until(holds: () => boolean, forMs: number): Promise<boolean>;
  /** Lets time go by. */
  pass(ms: number): Promise<void>;
  /** Ends all of it, in the middle of anything. May be called twice. */
  end(): Promise<void>;
}

const lookMs = 100;

/** Brings everything up; resolves when clients are served and every vantage has found every node healthy. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { intervalMs, seed } = options;
  const scale = intervalMs / 5_000;
  const { description: world, child: worldChild } = await startWorldProcess({ scale, seed });
  const events: OrchestratorEvent[] = [];
  const startOrchestrator = () =>
    startOrchestratorProcess({ admin: world.admin, seed }, (event) => events.push(event));
  let orchestrator = startOrchestrator();
  const admin = connectWorld(world.admin);
  let view = await admin.view();
  const startedAt = Date.now();
  const load = createLoad({
    dns: world.dns,
    dnsName: world.dnsName,
    srv: world.srv,
    port: world.port,
    regions: world.regions,
    model: world.model,
    rate: options.rate,
    timeoutMs: Math.max(1_000, 10_000 * scale),
  });
  const ending = new AbortController();
  const pass = (ms: number) => sleep(ms, undefined, { signal: ending.signal });
  const watching = (async () => {
    while (!ending.signal.aborted) {
      view = await admin.view().catch(() => view);
      await pass(lookMs).catch(() => {});
    }
  })();

  async function end(): Promise<void> {
    ending.abort();
    // Without a world, no request has to wait out its timeout.
    await Promise.all([watching, orchestrator.end(), worldChild.end(), load.stop()]);
  }
  // Once: whoever is told to end a second time takes it for impatience, and leaves without tidying up.
  let ended: Promise<void> | null = null;

  const stage: Stage = {
    world,
    admin,
    scale,
    intervalMs,
    seed,
    startedAt,
    events,
    results: load.results,
    view: () => view,
    orchestrator: () => orchestrator,
    startOrchestrator() {
      orchestrator = startOrchestrator();
    },
    async until(holds, forMs) {
      const limit = Date.now() + forMs;
      while (!holds()) {
        if (Date.now() >= limit) return false;
        await pass(lookMs / 2);
      }
      return true;
    },
    pass,
    end: () => {
      ended ??= end();
      return ended;
    },
  };
  const ready = () => world.regions.every((r) => events.some((e) => e.kind === 'ready' && e.cell === r.name));
  if (await stage.until(ready, 60_000)) return stage;
  await stage.end();
  throw new Error('the orchestrator did not find the new world in order within a minute');
}

/** A request as the report counts it. */
export function requestResult({ at, latencyMs, ok, error }: LoadResult): RequestResult {
  return { askedAt: at, latencyMs, ok, ...(error !== null && { reason: error }) };
}
