import {
  createBalancer,
  createDns,
  createJoinedMemory,
  createStore,
  createSwitch,
  createTrafficReader,
  createZonalShift,
  type DnsOptions,
  type PortContext,
} from '@evac/aws';
import { createFleet } from '@evac/aws/fleet';
import type { AlarmMemory, Clock, Notify, Random, RegionName, Restart, Settings } from '@evac/core';
import { type Cell, type MachineRunner, rememberFailure } from '@evac/workflow';
import { type BoundClients, boundClients, type MakeClients } from './clients.ts';
import { systemClock, systemRandom } from './clock.ts';
import type { Environment } from './environment.ts';
import { type RegionServices, regionServices } from './joined.ts';
import { readSettings } from './settings.ts';

/** What only some functions have, and the right for: a function that is not given one cannot do it. */
export interface Parts {
  restart?: (context: PortContext) => Restart;
  notify?: (context: PortContext) => Notify;
  machines?: (context: PortContext) => MachineRunner;
  alarms?: (context: PortContext) => AlarmMemory;
}

/** What a test puts in the place of AWS and of the machine's clock. */
export interface World {
  clients?: MakeClients;
  clock?: Clock;
  random?: Random;
  settings?: Settings;
  names?: DnsOptions['names'];
}

export interface BoundCell {
  cell: Cell;
  context: PortContext;
  /** Takes up who has joined by tags since: to be called in each run, before the services are looked at. */
  refresh: RegionServices['refresh'];
  /** Every call to AWS made from now on ends in `ms` at the latest. */
  endIn(ms: number): void;
}

/** A region that is gone is asked in vain by every judgement: so long, and no longer. */
const peer = { attempts: 2, attemptMs: 1_500 };
/** Route 53's API is one region's control plane: the others go on without it. */
const names = { attempts: 3, attemptMs: 2_000 };
/** And it is not asked again for so long after that. */
const forgetMs = 15_000;

/** One region's cell on AWS, to be kept between a function's runs: its clients, and what they have read. */
export function composeCell(
  environment: Pick<Environment, 'region' | 'table' | 'settings' | 'vantages' | 'hostedZones'>,
  parts: Parts,
  world: World = {},
): BoundCell {
  const { region, table, vantages, hostedZones } = environment;
  const { clock = systemClock, random = systemRandom } = world;
  const settings = world.settings ?? readSettings(environment.settings);
  const { list: services, refresh } = regionServices(
    region,
    settings,
    () => createJoinedMemory(context, table),
    clock,
  );
  const all: BoundClients[] = [];
  const contextIn = (of: RegionName, limits = {}): PortContext => {
    const bound = boundClients({ region: of, ...limits }, world.clients);
    all.push(bound);
    return { clients: bound.clients, services, clock };
  };
  const context = contextIn(region);
  const dns = createDns(contextIn(region, names), {
    zones: hostedZones,
    ...(world.names && { names: world.names }),
  });
  const { records } = rememberFailure({ records: dns.records }, clock, forgetMs);
  const regions = new Set(services.flatMap((s) => s.regions.map((r) => r.region)));
  regions.delete(region);
  const alarms = parts.alarms?.(context);
  const cell: Cell = {
    region,
    settings: { ...settings, services },
    ports: {
      fleet: createFleet(context),
      balancer: createBalancer(context, createTrafficReader()),
      zonalShift: createZonalShift(context),
      dns: { ...dns, records },
      switch: createSwitch(context, table),
      store: createStore(context, table),
      restart: parts.restart?.(context) ?? { restart: () => absent('restart a server') },
      notify: parts.notify?.(context) ?? { send: () => absent('tell people') },
    },
    peers: [...regions].map((of) => ({
      region: of,
      store: rememberFailure(createStore(contextIn(of, peer), table), clock, forgetMs),
    })),
    ...(alarms && { alarms }),
    probe: { ask: () => absent('probe') },
    vantages,
    clock,
    random,
    machines: parts.machines?.(context) ?? {
      start: () => absent('start a machine'),
      running: () => absent('list executions'),
    },
  };
  return {
    cell,
    context,
    refresh,
    endIn(ms) {
      for (const bound of all) bound.endIn(ms);
    },
  };
}

function absent(what: string): Promise<never> {
  return Promise.reject(new Error(`this function cannot ${what}: another one has that right`));
}
