import type { Clock, Incident, MoveName, RegionName, ServiceSettings } from '@evac/core';
import type { Moto } from '../moto.ts';
import type { AwsProxy } from '../proxy.ts';
import type { MotoRegion } from '../world.ts';
import type { Made } from './calls.ts';
import type { CellRig } from './cell.ts';
import type { History } from './machines.ts';
import type { Names } from './name-server.ts';
import type { Nodes } from './nodes.ts';
import { askAws } from './plain-aws.ts';

/** Between two rounds. */
export const intervalMs = 5_000;
/** Of the rig's time. */
const patienceMs = 3_600_000;
/** Between two steps of an execution there is less. */
const quietMs = 150;

/** What the hands reach of a rig. */
interface Within {
  service: ServiceSettings;
  moto: Moto;
  proxy: AwsProxy;
  clock: Clock;
  nodes: Nodes;
  names: Names;
  cells: ReadonlyMap<RegionName, CellRig>;
  cell(name: RegionName): CellRig;
  made: Made[];
  results: { region: RegionName; step: string; next: string; text: string }[];
  /** Opens a region's endpoint. */
  open(region: MotoRegion): Promise<{ close(): Promise<void> }>;
  pass(ms: number): Promise<void>;
  goOn(ms: number): Promise<void>;
  /** By the machine's clock. */
  lastInvokedAt(): number;
}

/** What a test does with a rig, and how it looks at what became of it. */
export function hands(rig: Within) {
  const { service, moto, proxy, clock, nodes, names, cells, cell: cellOf, made, pass, goOn } = rig;
  const runningIn = async () =>
    (await Promise.all([...cells.values()].map((c) => c.machines.running()))).flat();
  return {
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
    /** A person starts a machine with a small input, as in the console. */
    begin: (region: RegionName, move: MoveName, name: string, input: Record<string, unknown>) =>
      askAws(
        proxy.url,
        { service: 'states', region, target: 'AWSStepFunctions.StartExecution' },
        { stateMachineArn: cellOf(region).machines.arns[move], name, input: JSON.stringify(input) },
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
      cell.endpoint = await rig.open(cell.region);
      await cell.host.kill();
    },
    /** Nobody answers clients in a region any more, or somebody does again. */
    async shut(region: RegionName) {
      await cellOf(region).endpoint.close();
    },
    async reopen(region: RegionName) {
      const cell = cellOf(region);
      cell.endpoint = await rig.open(cell.region);
    },
    /** The regions that the service's name leads to, with any weight. */
    async answers(): Promise<string[]> {
      await names.refresh();
      return names.answers();
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
    history: (region: RegionName, { move, id }: Pick<Incident, 'move' | 'id'>): Promise<History> =>
      cellOf(region).machines.history(move, id),
    /** Lets time pass until `done` finds something, and returns it. While machines run, their waits pass it. */
    async until<T>(
      what: string,
      done: () => Promise<T | null | undefined | false>,
      stepMs = intervalMs,
    ): Promise<T> {
      const deadline = clock.now() + patienceMs;
      for (let seen = Number.NaN; ; ) {
        const invokedAt = rig.lastInvokedAt();
        // To ask moto costs as much as to run a step: nothing is new unless a function has run, or none is to come.
        const isOver = Date.now() - invokedAt > quietMs && (await runningIn()).length === 0;
        if (isOver || invokedAt !== seen) {
          seen = invokedAt;
          const found = await done();
          if (found !== null && found !== undefined && found !== false) return found;
        }
        if (clock.now() > deadline) {
          const lately = rig.results.slice(-12).map((r) => `${r.region} ${r.step}: ${r.next} ${r.text}`);
          const logs = [...cells.values()].map((c) => c.host.log().slice(-2_000));
          throw new Error(`waited in vain until ${what}\n${lately.join('\n')}\n${logs.join('\n')}`);
        }
        if (isOver) await pass(stepMs);
        else await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
}
