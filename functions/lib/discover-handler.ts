import { createDiscovery, createJoinedMemory, createStore } from '@evac/aws';
import { discover } from '@evac/workflow';
import type { World } from './cell.ts';
import { boundClients } from './clients.ts';
import { systemClock } from './clock.ts';
import type { Environment } from './environment.ts';
import { createHandler } from './handler.ts';
import { notifyBy } from './notify.ts';
import { readSettings } from './settings.ts';

type Discovers = Pick<Environment, 'region' | 'table' | 'settings' | 'topics' | 'bus'>;

/** Left for the answer, and for the log. */
const marginMs = 1_000;

/** The handler of the look at the tags; what `read` leads to is kept between runs. */
export function createDiscoverHandler(read: () => Discovers, world: World = {}) {
  let kept: ReturnType<typeof compose> | null = null;
  return createHandler('discover', async (_event, { log, remainingMs }): Promise<void> => {
    kept ??= compose(read(), world);
    kept.endIn(remainingMs() - marginMs);
    const { joined, changed, left, complaints, mended } = await discover(kept.cell);
    log.info('looked at the tags', {
      joined,
      changed,
      left,
      complaints: complaints.map(({ group }) => group),
      mended: mended.map(({ group }) => group),
    });
  });
}

function compose(environment: Discovers, world: World) {
  const { region, table } = environment;
  const { clock = systemClock } = world;
  const settings = world.settings ?? readSettings(environment.settings);
  const { clients, endIn } = boundClients({ region }, world.clients);
  const context = { clients, clock, services: settings.services };
  const cell = {
    region,
    settings,
    clock,
    discovery: createDiscovery(clients),
    memory: createJoinedMemory(context, table),
    store: createStore(context, table),
    notify: notifyBy(environment)(context),
  };
  return { cell, endIn };
}
