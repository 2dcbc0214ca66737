import type { Clock, Observation, Random, RegionName, ServiceSettings, Settings } from '@evac/core';
import { regionName, vantageId, zoneName } from '@evac/core';
import { type createProbe, seesTheWorld, watch } from '@evac/probe';
import {
  buildMachines,
  connectCloud,
  connectionTo,
  connectStore,
  createLocalMachines,
  type WorldDescription,
  type WorldRegion,
} from '@evac/sim';
import {
  admitMove,
  type Cell,
  createSteps,
  definitions,
  failureOf,
  type Judgement,
  judgeService,
  rememberFailure,
  resumeOpen,
  stillNeeded,
} from '@evac/workflow';
import type { OrchestratorEvent } from './event.ts';
import { createNarrator } from './narrate.ts';

export interface CellOptions {
  world: WorldDescription;
  region: RegionName;
  settings: Settings;
  service: ServiceSettings;
  probe: ReturnType<typeof createProbe>;
  clock: Clock;
  random: Random;
  emit(event: OrchestratorEvent): void;
  /** Every judgement, as it was made; one that found everything in order is none. */
  onJudgement?(judgement: Judgement): void;
  signal: AbortSignal;
}

/** Silence is noticed, and what was interrupted is resumed, after this many intervals: the one-minute tick at 5 s. */
const tickIntervals = 12;

/** One region's cell until the signal aborts: its vantages ask, each observation is judged, its machines move. */
export async function runCell(options: CellOptions): Promise<void> {
  const { region, service, clock, signal, emit } = options;
  const steps = createSteps({ admit: admitMove, stillNeeded, failure: failureOf });
  const localMachines = createLocalMachines({
    machines: buildMachines(definitions(), options.world.scale),
    handle: (input: Parameters<typeof steps>[1]) => steps(cell, input),
    onEvent: (event) => {
      if (event.kind !== 'state-entered' || event.state === null) return;
      emit({
        at: event.at,
        cell: region,
        kind: 'step',
        incident: event.execution,
        state: event.state,
        text: event.state,
      });
    },
  });
  const cell = createCell(options, {
    start: (ask) => localMachines.start(ask),
    running: async () => localMachines.running().map((r) => r.execution),
  });
  const told = createNarrator(region, emit);
  const complain = createComplainer(region, clock, emit);
  const waiting: Observation[] = [];
  let wake = () => {};

  const watching = cell.vantages.map((vantage) =>
    watch(
      {
        vantage,
        service,
        probe: options.probe,
        store: cell.ports.store,
        sees: (controls) => seesTheWorld(controls, { timeoutMs: service.shallow.timeoutMs, signal }),
        clock,
        onObservation: (observation) => {
          waiting.push(observation);
          wake();
        },
        onError: complain,
      },
      signal,
    ),
  );

  let nextTick = clock.now();
  while (!signal.aborted) {
    const tick = clock.now() >= nextTick;
    const observations = waiting.splice(0);
    try {
      if (tick) {
        nextTick = clock.now() + tickIntervals * service.timing.intervalMs;
        for (const execution of await resumeOpen(cell, service)) {
          emit({
            at: clock.now(),
            cell: region,
            kind: 'resumed',
            execution,
            text: `goes on with ${execution}`,
          });
        }
      }
      const judgement = await judgeService(cell, service, {
        observations,
        tick,
        requests: [],
      });
      if (judgement) options.onJudgement?.(judgement);
      told.tell(judgement, clock.now());
    } catch (error) {
      complain(error);
      // A tick that failed is owed, or a cell that began in a bad moment would have no targets for a minute.
      if (tick) nextTick = clock.now() + service.timing.intervalMs;
      // As a stream would: what could not be judged is delivered again, until it is too old to matter.
      const oldest = clock.now() - service.timing.freshMs;
      waiting.unshift(...observations.filter((o) => o.at > oldest));
      await clock.sleep(service.timing.fastIntervalMs, signal).catch(() => {});
    }
    if (waiting.length === 0) {
      const idle = new AbortController();
      wake = () => idle.abort();
      const until = Math.max(1, nextTick - clock.now());
      await clock.sleep(until, AbortSignal.any([idle.signal, signal])).catch(() => {});
    }
  }
  localMachines.stop();
  await Promise.all(watching);
}

function createCell(options: CellOptions, runner: Cell['machines']): Cell {
  const { world, region, settings, service, probe, clock, random } = options;
  const timeoutMs = Math.max(500, 2 * service.timing.fastIntervalMs);
  const here = world.regions.find((r) => r.name === region);
  if (!here) throw new Error(`this world has no region ${region}`);
  const ports = connectCloud({ ...connectionTo(world, region), timeoutMs });
  const patient = <T extends object>(port: T) => rememberFailure(port, clock, service.timing.intervalMs);
  return {
    region,
    settings: { ...settings, services: [service] },
    ports: { ...ports, dns: { ...ports.dns, records: patient({ records: ports.dns.records }).records } },
    peers: world.regions
      .filter((r) => r.name !== region)
      .map((r) => ({ region: regionName(r.name), store: patient(connectStore(r.api, timeoutMs)) })),
    probe,
    vantages: vantagesOf(here),
    clock,
    random,
    machines: runner,
  };
}

/** One vantage in each zone's subnet, and one for the region, outside of the VPC. */
function vantagesOf(region: WorldRegion): Cell['vantages'] {
  const name = regionName(region.name);
  const inside = region.zones.map((zone) => ({
    id: vantageId(`in/${zone.name}`),
    region: name,
    zone: zoneName(zone.name),
    controls: zone.controls,
  }));
  return [
    ...inside,
    { id: vantageId(`out/${region.name}`), region: name, zone: null, controls: region.controls },
  ];
}

/** The same complaint is told once in ten seconds: a region that is gone would fill the screen. */
function createComplainer(cell: RegionName, clock: Clock, emit: (event: OrchestratorEvent) => void) {
  const last = new Map<string, number>();
  return (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    const at = clock.now();
    if (at - (last.get(text) ?? Number.NEGATIVE_INFINITY) < 10_000) return;
    last.set(text, at);
    emit({ at, cell, kind: 'error', text });
  };
}
