import { createJoinedMemory, createStore } from '@evac/aws';
import { createProbe, seesTheWorld } from '@evac/probe';
import type { World } from '../cell.ts';
import { boundClients } from '../clients.ts';
import { systemClock, systemRandom } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { createHandler } from '../handler.ts';
import { regionServices } from '../joined.ts';
import { logOf } from '../log.ts';
import { readSettings } from '../settings.ts';
import { readSpan } from './message.ts';
import { createMemories, lateBy, probeSpan } from './span.ts';

type Told = Pick<Environment, 'region' | 'table' | 'settings' | 'vantage'>;

/** One vantage's probe, a span a run. It reads what to ask from the table and writes observations, and nothing else. */
export function createProbeHandler(environment: () => Told, world: World = {}) {
  const { clock = systemClock, random = systemRandom } = world;
  let kept: ReturnType<typeof prepare> | null = null;
  return createHandler('probe', async (event, run): Promise<void> => {
    const span = readSpan(event);
    const lateMs = lateBy(span, clock);
    if (lateMs !== null) {
      // After an outage the queue holds what nobody needs any more.
      run.log.warn('a round came too late, and is left out', { lateMs, ...span.shard });
      return;
    }
    kept ??= prepare(environment(), world);
    const { vantage, store, services, memories, endIn } = kept;
    endIn(run.remainingMs() - 500);
    await services.refresh(run.log);
    // Connections that outlived a freeze would be found dead, and taken for a failure of the target.
    const probe = createProbe({ clock, random });
    try {
      await probeSpan(
        {
          vantage,
          services: services.list,
          store,
          probe,
          sees: (controls, timeoutMs, signal) => seesTheWorld(controls, { timeoutMs, signal }),
          memories,
          clock,
          onError: ({ name }, error) =>
            logOf(run.log, { service: name }).warn('the table did not answer', { reason: String(error) }),
        },
        span,
        run.remainingMs(),
      );
    } finally {
      probe.close();
    }
  });
}

function prepare(
  { region, table, settings, vantage }: Told,
  { clients, clock = systemClock, ...world }: World,
) {
  const bound = boundClients({ region, attempts: 3, attemptMs: 2_000 }, clients);
  const context = { clients: bound.clients, clock };
  const all = world.settings ?? readSettings(settings);
  return {
    vantage,
    store: createStore(context, table),
    services: regionServices(region, all, () => createJoinedMemory(context, table), clock),
    memories: createMemories(),
    endIn: bound.endIn,
  };
}
