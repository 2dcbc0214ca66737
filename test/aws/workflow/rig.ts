import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RegionName, regionName, type ServiceSettings } from '@evac/core';
import { systemClock } from '@evac/sim';
import { createArc } from '../arc.ts';
import type { Moto } from '../moto.ts';
import { startProxy } from '../proxy.ts';
import { createRegion, type MotoRegion, unknownActions } from '../world.ts';
import type { Addresses } from './address.ts';
import { bundleHandlers } from './bundle.ts';
import { isStep, type Made, noting } from './calls.ts';
import { type CellRig, createCellRig } from './cell.ts';
import { hands, intervalMs } from './hands.ts';
import type { FunctionName, Host } from './host.ts';
import { lambda } from './lambda.ts';
import { localInterpreter, motoInterpreter } from './machines.ts';
import { startNames } from './name-server.ts';
import { createNodes, startEndpoint } from './nodes.ts';
import { createPace } from './pace.ts';
import { settingsOf } from './service.ts';
import { isShifted, shiftsIn } from './shifts.ts';
import { createTime, now, setTime } from './time.ts';

export const west = regionName('us-west-2');
export const east = regionName('eu-west-1');
const tickMs = 60_000;

export interface RigOptions {
  moto: Moto;
  /** What moto was started with. */
  addresses: Addresses;
  /** Whose machines: aws-local-stepfunctions behind Step Functions' API, or moto's own. */
  interpreter: 'local' | 'moto';
  /** How many seconds a second of the rig's takes between two passes; 20 if left out. */
  slowness?: number;
  /** How long a function may run, by the machine's clock; a minute if left out. */
  functionMs?: number;
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
  await addresses.free();
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
  const bundle = await bundleHandlers(folder);

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
  async function lookAround(last: boolean): Promise<void> {
    await nodes.follow();
    await names.refresh();
    const tick = last && clock.now() - tickedAt >= tickMs - intervalMs;
    if (tick) tickedAt = clock.now();
    const here = [...cells.values()].filter((c) => !c.gone && !asleep.has(c.region.name));
    await Promise.all(here.map((cell) => cell.look(tick ? [{ tick: true }] : [], deliveries)));
  }
  const pace = createPace(goOn, lookAround);
  /** The last interval of a longer wait has a round at its end and one at its beginning: what one round finds after a silence may be chance. */
  async function pass(ms: number): Promise<void> {
    if (ms > intervalMs) await pace.pass(ms - intervalMs, false);
    await pace.pass(Math.min(ms, intervalMs));
  }
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
    (call) => {
      // What the document does on the node.
      if (call.action === 'SendCommand') void nodes.crash(JSON.parse(call.body).InstanceIds, false);
      return null;
    },
    arc,
    unknownActions,
    names.checkers,
    lambda((region, name, event) => invoke(regionName(region), name, event)),
    (call) => cells.get(regionName(call.region))?.machines.interference(call) ?? null,
  );

  for (const region of regions) {
    const { name } = region;
    const machines =
      options.interpreter === 'moto'
        ? await motoInterpreter(moto.url, name)
        : localInterpreter(name, clock.now, (fn, payload) => invoke(name, fn, payload));
    const around = {
      ...{ motoUrl: moto.url, proxy, service, settings, time, clock },
      ...{ names: names.address, bundle, functionMs: options.functionMs ?? 60_000 },
    };
    const cell = await createCellRig(region, machines, await open(region), around);
    hosts.set(name, cell.host);
    cells.set(name, cell);
  }

  // The first tick finds the targets; a few rounds later everything is known to be in order.
  for (const cell of cells.values()) await cell.host.invoke('decide', { tick: true });
  tickedAt = clock.now();
  for (let i = 0; i < 4; i++) await pass(intervalMs);
  made.length = 0;

  const rig = {
    service,
    proxy,
    moto,
    clock,
    made,
    nodes,
    names,
    hosts,
    regions: { west: home, east: away },
    results,
    cell: cellOf,
    cells,
    pass,
    open,
    lastInvokedAt: () => lastInvokedAt,
    goOn,
    shifts: () => shiftsIn(arc),
    /** A region whose probes pause: it has no part in what comes, and its rounds cost as much as any. */
    sleep: (region: RegionName) => asleep.add(region),
    wake: (region: RegionName) => asleep.delete(region),
    /** From now on every event comes so many times. */
    deliver(times: number) {
      deliveries = times;
    },
    async close() {
      for (const cell of cells.values()) await cell.close();
      await pace.still();
      await Promise.all([nodes.close(), names.close(), proxy.close(), rm(folder, { recursive: true })]);
    },
  };
  return { ...rig, ...hands(rig) };
}

function said(result: unknown): { next: string; text: string } {
  if (typeof result !== 'object' || result === null) return { next: '', text: '' };
  return { next: '', text: '', ...result };
}
