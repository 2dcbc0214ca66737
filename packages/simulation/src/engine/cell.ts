import {
  type Candidate,
  type Clock,
  type MoveName,
  type Observation,
  type ProbePort,
  type Random,
  type RegionName,
  regionName,
  type ServiceSettings,
  type Vantage,
  vantageId,
  type ZoneName,
} from '@evac/core';
import { watch } from '@evac/probe';
import { type BuiltMachines, createLocalMachines, type MachineEvent } from '@evac/sim';
import {
  type Cell,
  createSteps,
  failureOf,
  type Judgement,
  type MoveInput,
  type StepInput,
  type StepResult,
  sparing,
} from '@evac/workflow';
import type { Parts, Process, Trouble } from '../contract.ts';
import type { Faults } from './faults.ts';
import { type Life, newLife, type Reach } from './reach.ts';

type Kill = Extract<Trouble, { kind: 'kill' }>;
type Straggler = Extract<Trouble, { kind: 'straggler' }>;
type ProbeTrouble = Extract<Trouble, { kind: 'probe' }>;

export interface CellMeans {
  region: RegionName;
  service: ServiceSettings;
  reach: Reach;
  faults: Faults;
  parts: Parts;
  machines: BuiltMachines<MoveName>;
  random: Random;
  /** The scene's own clock. */
  clock: Required<Clock>;
  skewMs: number;
  probe(vantage: Vantage): ProbePort;
  probeTrouble(vantage: Vantage): ProbeTrouble['what'] | null;
  /** Whether this vantage reaches nothing at all. */
  isBlind(vantage: Vantage): boolean;
  /** Takes the next kill that is meant for such a run at its `call`-th change. */
  takeKill(run: Process, call: number): Kill | null;
  /** Takes the next straggler that is meant for a run of a step at such a write. */
  takeStraggler(region: RegionName, write: Straggler['write']): Straggler | null;
  onJudgement(judgement: Judgement): void;
  onMachine(event: MachineEvent): void;
  note(text: string): void;
  signal: AbortSignal;
}

/** One region's functions, as their triggers run them. */
export interface SimulatedCell {
  /** The table's stream: an observation that was written. */
  written(observation: Observation): void;
  judge(occasion: { requests?: Candidate[] }): Promise<void>;
  /** Stops every execution, as from the console. */
  abort(): void;
  stop(): void;
}

interface Room {
  by: Process;
  life: Life;
  cell: Cell;
}

const minute = 60_000;
/** Lambda's default for what asks a stream. */
const batch = 10;
const streamMs = 200;
/** What a probe function has for its minute and for what is under way then. */
const probeTimeoutMs = 88_000;
/** A judgement that takes longer is ended by Lambda. */
const judgeTimeoutMs = 30_000;

export function startCell(means: CellMeans): SimulatedCell {
  const { region, service, clock, signal, parts } = means;
  const skewed: Clock = { now: () => clock.now() + means.skewMs, sleep: clock.sleep, after: clock.after };
  const here = service.regions.find((r) => r.region === region);
  const vantages = [...(here?.zones ?? []), null].map((zone) => vantageOf(region, zone?.name ?? null));
  const runStep = createSteps({
    admit: parts.admitMove,
    stillNeeded: parts.stillNeeded,
    failure: failureOf,
  });
  const local = createLocalMachines<MoveName, MoveInput, StepInput, StepResult>({
    machines: means.machines,
    handle: handleStep,
    onEvent: means.onMachine,
  });

  function cellFor(by: Process, life: Life): Cell {
    const peers = service.regions.map((r) => r.region).filter((r) => r !== region);
    return {
      region,
      settings: { controls: [], services: [service] },
      ports: means.reach.ports(region, by, life),
      peers: peers.map((peer) => ({ region: peer, store: means.reach.ports(peer, by, life).store })),
      probe: means.probe(vantageOf(region, null)),
      vantages,
      clock: skewed,
      random: means.random,
      machines: {
        async start(ask) {
          if (isDark()) throw new Error('StartExecution did not answer');
          return local.start(ask);
        },
        running: async () => local.running().map((r) => r.execution),
      },
    };
  }

  const isDark = () => means.faults.dark('api', { region, zone: null, node: null });

  /** Where a function runs, as Lambda keeps it from one run to the next: what it has in memory goes when it dies. */
  function roomFor(by: Process): Room {
    const life = newLife();
    return { by, life, cell: cellFor(by, life) };
  }

  /** Runs `work` as one run of a function; one that is killed or takes too long is an error to whoever waits. */
  async function run<T>(
    what: Kill['what'],
    { by, life, cell }: Room,
    timeoutMs: number,
    work: (cell: Cell) => Promise<T>,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const end = (why: string) => {
      life.over = true;
      means.note(`${why} ${by.step ?? by.kind} ${by.execution ?? ''}`.trimEnd());
      const error = new Error(`${why} ${by.step ?? by.kind}`);
      error.name = 'Lambda.Unknown';
      reject(error);
    };
    life.changes = 0;
    life.dies = (change) => {
      const kill = means.takeKill(by, change);
      return kill && { after: kill.after, now: () => end('killed') };
    };
    if (what === 'step') life.hangs = (write) => hang(by, write);
    const endsInTime = clock.after(timeoutMs, () => end('timed out'));
    work(cell).then(resolve, reject);
    try {
      return await promise;
    } finally {
      delete life.dies;
      endsInTime();
    }
  }

  /** How long a run hangs at a write; its execution is stopped, and it does not know. */
  function hang(by: Process, write: Straggler['write']): number {
    const straggler = means.takeStraggler(region, write);
    if (!straggler) return 0;
    means.note(`${by.step ?? by.kind} ${by.execution ?? ''} hangs for ${straggler.lateMs} ms`);
    means.note(`every execution of ${region} is stopped`);
    local.stop();
    return straggler.lateMs;
  }

  async function handleStep(payload: StepInput): Promise<StepResult> {
    // A region that is gone takes its executions along; they go on when it is back.
    while (isDark() && !signal.aborted) await clock.sleep(5_000);
    const { execution, step, input, lease } = payload;
    const by: Process = { kind: 'step', region, execution, incident: input.incident, step, token: lease };
    return run('step', roomFor(by), 2 * minute, (cell) => runStep(cell, payload));
  }

  // Judgements at the same time have a room each, and the next one the room of whichever ended last.
  const idleRooms: Room[] = [];
  function judgesRoom(): Room {
    const { cell, ...room } = roomFor({ kind: 'judge', region });
    return { ...room, cell: sparing(cell) };
  }

  async function judge(occasion: Parameters<Parts['judgeService']>[2]): Promise<void> {
    const room = idleRooms.pop() ?? judgesRoom();
    try {
      const judged = await run('judge', room, judgeTimeoutMs, async (cell) => {
        if (occasion.tick) await parts.resumeOpen(cell, service);
        return parts.judgeService(cell, service, occasion);
      });
      if (judged) means.onJudgement(judged);
    } finally {
      if (!room.life.over) idleRooms.push(room);
    }
  }

  // The stream: one batch at a time, in order, delivered again until it is judged or too old.
  const waiting: Observation[] = [];
  let delivering = false;
  async function deliver(): Promise<void> {
    delivering = true;
    while (waiting.length > 0 && !signal.aborted) {
      await clock.sleep(streamMs);
      const observations = waiting.slice(0, batch);
      const oldest = skewed.now() - service.timing.freshMs;
      const judged = isDark()
        ? false
        : await judge({ observations, tick: false, requests: [] }).then(
            () => true,
            () => false,
          );
      const done = judged ? observations.length : waiting.filter((o) => o.at < oldest).length;
      waiting.splice(0, done);
      if (!judged) await clock.sleep(1_000);
    }
    delivering = false;
  }

  async function ticks(): Promise<void> {
    while (!signal.aborted) {
      if (!isDark()) void judge({ observations: [], tick: true, requests: [] }).catch(() => {});
      await clock.sleep(minute);
    }
  }

  async function probeFunction(vantage: Vantage): Promise<void> {
    await clock.sleep(means.random.next() * 2_000);
    while (!signal.aborted) {
      const trouble = means.probeTrouble(vantage);
      if (trouble !== 'skipped') void rounds(vantage, trouble);
      if (trouble === 'doubled') void rounds(vantage, null);
      await clock.sleep(minute);
    }
  }

  /** One minute of rounds, after which probes may still end; what is killed in the middle writes nothing more. */
  async function rounds(vantage: Vantage, trouble: ProbeTrouble['what'] | null): Promise<void> {
    if (trouble === 'late') await clock.sleep(20_000);
    const life = newLife();
    const [closing, over] = [new AbortController(), new AbortController()];
    const ends = [
      clock.after(minute, () => closing.abort('the minute is over')),
      clock.after(probeTimeoutMs, () => over.abort('its time is over')),
    ];
    if (trouble === 'killed') {
      const die = () => {
        life.over = true;
        over.abort('killed');
      };
      ends.push(clock.after(10_000 + means.random.next() * 40_000, die));
    }
    const place = { region, zone: vantage.zone, node: null };
    const part = vantage.zone === null ? 'region-controls' : 'zone-controls';
    await watch(
      {
        vantage,
        service,
        probe: means.probe(vantage),
        store: means.reach.ports(region, { kind: 'probe', region }, life).store,
        sees: async () => !means.isBlind(vantage) && !means.faults.dark(part, place),
        clock: skewed,
      },
      over.signal,
      closing.signal,
    );
    for (const callOff of ends) callOff();
  }

  void ticks();
  for (const vantage of vantages) void probeFunction(vantage);
  return {
    written(observation) {
      waiting.push(observation);
      if (!delivering) void deliver();
    },
    judge: ({ requests = [] }) => judge({ observations: [], tick: requests.length === 0, requests }),
    abort: () => local.stop(),
    stop: () => local.stop(),
  };
}

function vantageOf(region: RegionName, zone: ZoneName | null): Vantage {
  return {
    id: vantageId(zone === null ? `out/${region}` : `in/${zone}`),
    region: regionName(region),
    zone,
    controls: [],
  };
}
