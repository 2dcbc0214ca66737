import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Incident, type MoveName, type RegionName, regionName, type ServiceSettings } from '@evac/core';
import { systemClock } from '@evac/sim';
import { createArc } from '../arc.ts';
import type { Moto } from '../moto.ts';
import { startProxy } from '../proxy.ts';
import { createRegion, type MotoRegion, unknownActions } from '../world.ts';
import { isStep, type Made, noting } from './calls.ts';
import { type CellRig, createCellRig } from './cell.ts';
import type { FunctionName, Host } from './host.ts';
import { lambda } from './lambda.ts';
import { type History, localInterpreter, motoInterpreter } from './machines.ts';
import { startNames } from './name-server.ts';
import { createNodes, startEndpoint } from './nodes.ts';
import { createPace } from './pace.ts';
import { askAws } from './plain-aws.ts';
import { settingsOf } from './service.ts';
import { isShifted, shiftsIn } from './shifts.ts';
import { createTime, now, setTime } from './time.ts';

export const west = regionName('us-west-2');
export const east = regionName('eu-west-1');
const intervalMs = 5_000;
const tickMs = 60_000;
/** Of the rig's time. */
const patienceMs = 3_600_000;
/** Between two steps of an execution there is less. */
const quietMs = 150;

export interface RigOptions {
  moto: Moto;
  /** What moto was started with. */
  addresses: { port: number; net: string };
  /** Whose machines: aws-local-stepfunctions behind Step Functions' API, or moto's own. */
  interpreter: 'local' | 'moto';
  /** How many seconds a second of the rig's takes between two passes; 20 if left out. */
  slowness?: number;
  /** What is changed of the service's settings. */
  change?: (service: ServiceSettings) => Partial<ServiceSettings>;
}

export type Rig = Awaited<ReturnType<typeof createRig>>;

/**
 * Two regions on moto with everything a cell has there: nodes that are real servers, a table, functions in threads of
 * their own, machines. Time passes when a step says that it waits, or when the test says so; with it the probes look
 * around and what they saw is streamed to decide.
 */
export async function createRig(options: RigOptions) {
  const { moto, addresses } = options;
  await moto.reset();
  // Ahead of moto's own stamps by more than a node's startup grace.
  const time = createTime(Date.now() + 7_200_000, options.slowness ?? 20);
  const clock = { ...systemClock(), now: () => now(time) };
  const goOn = async (ms: number) => {
    setTime(time, clock.now() + ms);
    await moto.setTime(clock.now());
  };
  await goOn(0);
  const proxy = await startProxy(moto.url, { port: addresses.port, inTurn: ['dynamodb'] });
  const arc = createArc(clock.now);

  const regions = [await createRegion(west, moto.url, 6), await createRegion(east, moto.url, 6)];
  const [home, away] = regions as [MotoRegion, MotoRegion];
  const endpoints = new Map(regions.map(({ name }, i) => [name, `${addresses.net}.${i + 2}`]));
  const usual = settingsOf(regions, endpoints);
  const service = { ...usual, ...options.change?.(usual) };
  const folder = await mkdtemp(join(tmpdir(), 'evac-workflow-'));
  const settings = join(folder, 'settings.json');
  await writeFile(settings, JSON.stringify({ controls: [], services: [service] }));

  const names = await startNames(proxy, regions, endpoints);

  const nodes = createNodes(regions);
  await nodes.follow();
  const cells = new Map<RegionName, CellRig>();
  const cellOf = (name: RegionName): CellRig => {
    const cell = cells.get(name);
    if (!cell) throw new Error(`no cell in ${name}`);
    return cell;
  };
  const made: Made[] = [];
  const results: { region: RegionName; step: string; next: string; text: string }[] = [];

  const open = (region: MotoRegion) =>
    startEndpoint(region, endpoints.get(region.name) ?? '', nodes, (at) =>
      isShifted(shiftsIn(arc), region, at),
    );
  let tickedAt = 0;
  let deliveries = 1;
  const asleep = new Set<RegionName>();
  async function lookAround(): Promise<void> {
    await nodes.follow();
    await names.refresh();
    const tick = clock.now() - tickedAt >= tickMs;
    if (tick) tickedAt = clock.now();
    const here = [...cells.values()].filter((c) => !c.gone && !asleep.has(c.region.name));
    await Promise.all(here.map((cell) => cell.look(tick ? [{ tick: true }] : [], deliveries)));
  }
  const pace = createPace(goOn, lookAround);
  const { pass } = pace;
  let lastInvokedAt = 0;
  /** A function of a region; a step that waits lets the time pass that its machine would wait for. */
  async function invoke(region: RegionName, name: FunctionName, event: unknown): Promise<unknown> {
    lastInvokedAt = Date.now();
    const run = () => cellOf(region).host.invoke(name, event);
    const result = await (isStep(event) ? pace.step(run) : run());
    lastInvokedAt = Date.now();
    if (isStep(event)) {
      const { next, text } = said(result);
      results.push({ region, step: event.step, next, text });
      if (next === 'wait') {
        const { pollSeconds, holdSeconds } = event.input.waits;
        await pass((event.step === 'hold' ? holdSeconds : pollSeconds) * 1_000);
      }
    }
    return result;
  }
  const hosts = new Map<string, Host>();
  proxy.interferences.push(
    noting(made, (region) => hosts.get(region)),
    ({ region, service }) => (cells.get(regionName(region))?.gone && service !== 'route53' ? 'reset' : null),
    arc,
    unknownActions,
    names.checkers,
    lambda((region, name, event) => invoke(regionName(region), name, event)),
    (call) => cells.get(regionName(call.region))?.machines.interference?.(call) ?? null,
  );

  for (const region of regions) {
    const { name } = region;
    const machines =
      options.interpreter === 'moto'
        ? await motoInterpreter(moto.url, name)
        : localInterpreter(name, clock.now, (fn, payload) => invoke(name, fn, payload));
    const around = { motoUrl: moto.url, proxy, service, settings, names: names.address, time, clock };
    const cell = await createCellRig(region, machines, await open(region), around);
    hosts.set(name, cell.host);
    cells.set(name, cell);
  }

  // The first tick finds the targets; a few rounds later everything is known to be in order.
  for (const cell of cells.values()) await cell.host.invoke('decide', { tick: true });
  tickedAt = clock.now();
  for (let i = 0; i < 4; i++) await pass(intervalMs);
  made.length = 0;

  const runningIn = async () =>
    (await Promise.all([...cells.values()].map((c) => c.machines.running()))).flat();
  return {
    service,
    proxy,
    made,
    nodes,
    hosts,
    regions: { west: home, east: away },
    results,
    cell: cellOf,
    pass,
    runningIn,
    /** The nodes of a zone of a region, by the zone's letter. */
    nodesIn: (region: MotoRegion, letter: string) =>
      nodes
        .list(region)
        .filter((n) => n.zone.endsWith(letter))
        .map((n) => n.id)
        .toSorted(),
    alarm: (region: RegionName, state: 'ALARM' | 'OK' = 'ALARM') =>
      askAws(
        moto.url,
        { service: 'monitoring', region, target: 'GraniteServiceVersion20100801.SetAlarmState' },
        { AlarmName: 'errors', StateValue: state, StateReason: 'the test says so' },
      ),
    /** The region is gone: its APIs, its functions, its endpoint, what its nodes say. */
    async lose(region: RegionName) {
      const cell = cellOf(region);
      cell.gone = true;
      await cell.endpoint.close();
      await cell.host.stop();
    },
    async restore(region: RegionName) {
      const cell = cellOf(region);
      cell.gone = false;
      cell.endpoint = await open(cell.region);
      await cell.host.kill();
    },
    shifts: () => shiftsIn(arc),
    /** The regions that the service's name leads to, with any weight. */
    async answers(): Promise<string[]> {
      await names.refresh();
      return names.answers();
    },
    /** A region whose probes pause: it has no part in what comes, and its rounds cost as much as any. */
    sleep: (region: RegionName) => asleep.add(region),
    wake: (region: RegionName) => asleep.delete(region),
    /** From now on every event comes so many times. */
    deliver(times: number) {
      deliveries = times;
    },
    /** Until what was told to end has ended, and its server with it. */
    async settle() {
      await pass(60_000);
      await pass(intervalMs);
    },
    /** An hour without anything: what was done is far enough in the past, and everything is known to be in order. */
    async rest() {
      await goOn(3_600_000);
      for (let i = 0; i < 4; i++) await pass(intervalMs);
      made.length = 0;
    },
    async incidents(region: RegionName, move: MoveName): Promise<Incident[]> {
      const all = await cellOf(region).store.incidents({ service: service.name, since: 0 });
      return all.filter((i) => i.move === move);
    },
    history: (region: RegionName, incident: Incident): Promise<History> =>
      cellOf(region).machines.history(incident.move, incident.id),
    /** Lets time pass until `done` finds something, and returns it. While machines run, their waits pass it. */
    async until<T>(
      what: string,
      done: () => Promise<T | null | undefined | false>,
      stepMs = intervalMs,
    ): Promise<T> {
      const deadline = clock.now() + patienceMs;
      for (;;) {
        const found = await done();
        if (found !== null && found !== undefined && found !== false) return found;
        if (clock.now() > deadline) {
          const lately = results.slice(-12).map((r) => `${r.region} ${r.step}: ${r.next} ${r.text}`);
          const logs = [...cells.values()].map((c) => c.host.log().slice(-2_000));
          throw new Error(`waited in vain until ${what}\n${lately.join('\n')}\n${logs.join('\n')}`);
        }
        // To ask moto what runs costs as much as to run it.
        if (Date.now() - lastInvokedAt > quietMs && (await runningIn()).length === 0) await pass(stepMs);
        else await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async close() {
      for (const cell of cells.values()) await cell.close();
      await pace.still();
      await Promise.all([nodes.close(), names.close(), proxy.close(), rm(folder, { recursive: true })]);
    },
  };
}

function said(result: unknown): { next: string; text: string } {
  if (typeof result !== 'object' || result === null) return { next: '', text: '' };
  return { next: '', text: '', ...result };
}
