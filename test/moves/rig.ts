import {
  type Candidate,
  type CloudPorts,
  type Failure,
  type Incident,
  incidentId,
  type MoveName,
  nodeId,
  type Outcome,
  PortError,
  type RegionName,
  regionName,
  type ServiceSettings,
  type Subject,
  serviceName,
  subjectName,
  type Target,
  type ZoneName,
  zoneId,
  zoneName,
} from '@evac/core';
import {
  buildMachines,
  type CloudEvent,
  createCloud,
  createLocalMachines,
  type MachineEvent,
  systemClock,
} from '@evac/sim';
import {
  type Cell,
  createSteps,
  definitions,
  type Judge,
  type MoveInput,
  type Standing,
  type StepInput,
  type StepResult,
} from '@evac/workflow';
import FakeTimers from '@sinonjs/fake-timers';
import { settings as coreSettings } from '../../packages/core/src/testing/snapshot.ts';

/** One call of one port: what a test counts, breaks and kills at. */
export interface Call {
  /** 1 is the first call since the rig was made. */
  n: number;
  region: RegionName;
  port: string;
  method: string;
}

/** What happens to a call: nothing, an error instead of it, or the end of the caller before or after it takes effect. */
export type Fate = 'pass' | 'kill-before' | 'kill-after' | Error;

export const service = serviceName('llm');
export const west = regionName('us-west-2');
export const east = regionName('us-east-1');
const regions = [west, east];
const zonesOf = (region: RegionName): ZoneName[] => ['a', 'b', 'c'].map((z) => zoneName(`${region}${z}`));
export const [zoneA, zoneB, zoneC] = zonesOf(west) as [ZoneName, ZoneName, ZoneName];

const group = (region: RegionName) => `llm-${region}`;
const zonesWithIds = (region: RegionName) =>
  zonesOf(region).map((name) => ({ name, id: zoneId(`${name}-id`) }));

export type Rig = ReturnType<typeof createRig> extends Promise<infer R> ? R : never;

/**
 * Two regions by three zones by two nodes on the simulated cloud, in virtual time: the moves' machines run on
 * aws-local-stepfunctions, the judge is told what to say, and a broken node answers no probe.
 */
export async function createRig(
  change: Partial<ServiceSettings> = {},
  options: { weights?: [number, number]; max?: number } = {},
) {
  const fake = FakeTimers.install({
    now: 1_800_000_000_000,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  });
  const clock = systemClock();
  const random = sequence(7);
  // aws-local-stepfunctions takes its retry jitter from here.
  const mathRandom = Math.random;
  Math.random = random.next;
  const [westWeight, eastWeight] = options.weights ?? [100, 100];
  const settings = settingsWith(westWeight, eastWeight, change);

  const broken = new Set<string>();
  const hung = new Set<string>();
  const unreachable = new Set<string>();
  const loadedAt = new Map<string, number>();
  const down = new Set<RegionName>();
  let addresses = 0;
  const cloud = createCloud(
    {
      service,
      dnsName: 'llm.test',
      ttlMs: 30_000,
      port: 8000,
      regions: regions.map((name) => ({
        name,
        weight: name === west ? westWeight : eastWeight,
        group: group(name),
        zones: zonesWithIds(name),
        nodesPerZone: 2,
        max: options.max ?? 12,
      })),
      bootMs: 20_000,
      loadMs: 40_000,
      deregistrationDelayMs: 30_000,
      balancerCheckMs: 5_000,
      balancerThreshold: 2,
      switchCheckMs: 10_000,
      switchThreshold: 3,
    },
    {
      async start({ node, loadMs }) {
        loadedAt.set(node, clock.now() + loadMs);
        return { host: `10.0.0.${++addresses}`, port: 8000 };
      },
      async stop() {},
      async restart({ node, loadMs }) {
        if (unreachable.has(node)) throw new Error('nothing answers there');
        if (hung.delete(node)) broken.delete(node);
        loadedAt.set(node, clock.now() + loadMs);
      },
    },
    clock,
    random,
  );
  const timeline: CloudEvent[] = [];
  cloud.onEvent((event) => timeline.push(event));

  const answers = (node: string) => !broken.has(node) && clock.now() >= (loadedAt.get(node) ?? 0);
  function regionAnswers(region: RegionName): boolean {
    const routable = cloud.routable(region);
    return !down.has(region) && routable.length > 0 && routable.every((r) => answers(r.node));
  }

  const weightsSeen: Record<string, number>[] = [];
  const calls: Call[] = [];
  let fate: (call: Call) => Fate = () => 'pass';
  const watchWeights = () =>
    weightsSeen.push(Object.fromEntries(cloud.view().regions.map((r) => [r.name, r.weight])));

  function tapped(region: RegionName): CloudPorts {
    const real = cloud.ports(region);
    const tap = <T extends object>(port: string, object: T): T =>
      new Proxy(object, {
        get(target, method, receiver) {
          const run: unknown = Reflect.get(target, method, receiver);
          if (typeof run !== 'function') return run;
          return async (...args: unknown[]) => {
            const call = { n: calls.length + 1, region, port, method: String(method) };
            calls.push(call);
            const what = fate(call);
            if (what instanceof Error) throw what;
            if (what === 'kill-before') return killed();
            if (down.has(region) && port !== 'dns')
              throw new PortError('unavailable', `${region} does not answer`);
            const result: unknown = await Reflect.apply(run, target, args);
            if (port === 'dns') watchWeights();
            return what === 'kill-after' ? killed() : result;
          };
        },
      });
    return {
      fleet: tap('fleet', real.fleet),
      balancer: tap('balancer', real.balancer),
      zonalShift: tap('zonalShift', real.zonalShift),
      restart: tap('restart', real.restart),
      dns: tap('dns', real.dns),
      switch: tap('switch', real.switch),
      store: tap('store', real.store),
      notify: tap('notify', real.notify),
    };
  }

  /** Tells what the judge says instead of what the world is like. */
  let standing: ((input: MoveInput) => Standing | null) | null = null;
  let failure: Failure | null = { reason: 'hung', detail: 'no token for 90 s' };
  let refusal: ((input: MoveInput) => string | null) | null = null;
  const judge: Judge = {
    async admit(_, input) {
      const because = refusal?.(input) ?? null;
      if (because === null) return { ok: true };
      const candidate: Candidate = { ...input, since: clock.now() };
      return { ok: false, refusal: { candidate, guard: 'capacity', because, unblock: 'add nodes' } };
    },
    async stillNeeded(_, input) {
      return standing?.(input) ?? standingOf(input.subject);
    },
    failure: async () => failure,
  };
  function standingOf(subject: Subject): Standing {
    if (subject.kind === 'node') return broken.has(subject.node) ? 'confirmed' : 'recovered';
    if (subject.kind === 'region') return down.has(subject.region) ? 'confirmed' : 'recovered';
    const nodes = nodesIn(subject.region, subject.zone);
    return nodes.some((n) => broken.has(n)) ? 'confirmed' : 'recovered';
  }
  const nodesIn = (region: RegionName, zone: ZoneName) =>
    cloud
      .view()
      .regions.filter((r) => r.name === region)
      .flatMap((r) => r.nodes.filter((n) => n.zone === zone).map((n) => n.node));

  const runStep = createSteps(judge);
  const events: MachineEvent[] = [];
  const results: { step: string; result: StepResult }[] = [];
  attached = {
    async handle(payload) {
      const result = await runStep(cellIn(regionName(payload.input.cell)), payload);
      results.push({ step: payload.step, result });
      return result;
    },
    onEvent: (event) => events.push(event),
  };
  const cells = new Map<RegionName, Cell>();
  function cellIn(region: RegionName): Cell {
    const cell = cells.get(region) ?? cellOf(region);
    cells.set(region, cell);
    return cell;
  }
  function cellOf(region: RegionName): Cell {
    return {
      region,
      settings: { controls: [], services: [settings] },
      ports: tapped(region),
      peers: [],
      probe: { ask: ({ target, check }) => Promise.resolve(outcomeOf(target, check)) },
      vantages: [],
      clock,
      random,
      machines: {
        start: (ask) => local.start(ask),
        running: async () => local.running().map((r) => r.execution),
      },
    };
  }
  function outcomeOf(target: Target, check: 'shallow' | 'deep'): Outcome {
    const ok =
      target.kind === 'region'
        ? regionAnswers(target.region)
        : target.kind === 'node' && answers(target.node);
    const base = {
      target: target.id,
      check,
      at: clock.now(),
      latencyMs: 40,
      detail: ok ? 'ok' : 'no answer',
    };
    return ok
      ? { ...base, class: 'ok', reason: 'answered' }
      : { ...base, class: 'failed', reason: 'headers-timeout' };
  }

  let dead = false;
  function killed(): Promise<never> {
    dead = true;
    return new Promise(() => {});
  }

  const pulse = setInterval(() => {
    for (const { nodes } of cloud.view().regions) {
      for (const n of nodes) cloud.reportTarget(n.node, answers(n.node));
    }
  }, 5_000);
  const switches = setInterval(async () => {
    for (const watched of regions) {
      const home = regions.find((r) => r !== watched) ?? watched;
      const on = !down.has(home) && (await cloud.ports(home).switch.read({ service, region: watched }));
      cloud.reportSwitch(watched, home, on);
    }
  }, 10_000);

  /** Lets virtual time pass until `done`, or for at most `limitMs`. */
  async function until(done: () => boolean, limitMs = 4 * 3_600_000): Promise<void> {
    const end = clock.now() + limitMs;
    for (;;) {
      await new Promise(setImmediate);
      if (done()) return;
      if (clock.now() >= end) throw new Error(`nothing came of it within ${limitMs} ms of virtual time`);
      fake.next();
    }
  }
  const pass = (ms: number) => {
    const end = clock.now() + ms;
    return until(() => clock.now() >= end, ms + 60_000);
  };

  async function over(name: string): Promise<'ended' | 'killed'> {
    await until(() => dead || !local.running().some((r) => r.execution === name));
    return dead ? 'killed' : 'ended';
  }

  await settle(cloud.start());
  async function settle(promise: Promise<void>): Promise<void> {
    let over = false;
    void promise.then(() => {
      over = true;
    });
    await until(() => over);
  }
  // Two rounds of the balancer's checks.
  await pass(20_000);

  return {
    cloud,
    settings,
    clock,
    judge,
    timeline,
    weightsSeen,
    calls,
    events,
    results,
    broken,
    /** Broken nodes that a restart of the server mends. */
    hung,
    /** Nodes that no command reaches. */
    unreachable,
    down,
    until,
    pass,
    cell: (region: RegionName) => cellIn(region),
    /** The ports without the tap: an observer's, or a person's. */
    ports: (region: RegionName) => cloud.ports(region),
    say(says: (input: MoveInput) => Standing | null) {
      standing = says;
    },
    /** What the verdict says ails the node. */
    fails(as: Failure | null) {
      failure = as;
    },
    refuse(says: (input: MoveInput) => string | null) {
      refusal = says;
    },
    onCall(says: (call: Call) => Fate) {
      fate = says;
    },
    nodesIn: (zone: ZoneName, region = west) => nodesIn(region, zone).map(nodeId),
    input(move: MoveName, subject: Subject, cell: RegionName, more: Partial<MoveInput> = {}): MoveInput {
      return {
        incident: incidentId(`${move}.${subjectName(subject)}.${++numbered}`),
        service,
        move,
        subject,
        cell,
        verb: 'automatic',
        by: 'evac',
        because: 'the evidence says so',
        needsApproval: false,
        waits: { pollSeconds: 5, holdSeconds: 60 },
        ...more,
      };
    },
    /** Starts an execution and lets it be. */
    start: (input: MoveInput, name: string = input.incident) =>
      local.start({ machine: input.move, name, input }),
    /** Runs an execution until it ends, or until a call kills the orchestrator. */
    async run(input: MoveInput, name: string = input.incident): Promise<'ended' | 'killed'> {
      await local.start({ machine: input.move, name, input });
      return over(name);
    },
    over,
    isKilled: () => dead,
    /** SIGKILL, and a new process: nothing of the old one goes on, and the moves are started again by other names. */
    restart() {
      local.stop();
      dead = false;
    },
    async incident(input: MoveInput): Promise<Incident> {
      const incident = await cloud.ports(input.cell).store.incident({ id: input.incident });
      if (!incident) throw new Error(`no incident ${input.incident}`);
      return incident;
    },
    notifications: () => timeline.filter((e) => e.kind === 'notification'),
    stop() {
      clearInterval(pulse);
      clearInterval(switches);
      local.stop();
      Math.random = mathRandom;
      fake.uninstall();
    },
  };
}

/** Building the machines takes most of a second, so all rigs share them; one rig is attached at a time. */
let attached: {
  handle(payload: StepInput): Promise<StepResult>;
  onEvent(event: MachineEvent): void;
} | null = null;
let numbered = 0;
const local = createLocalMachines<MoveName, MoveInput, StepInput, StepResult>({
  machines: buildMachines(definitions()),
  handle(payload) {
    if (!attached) throw new Error('no rig is attached');
    return attached.handle(payload);
  },
  onEvent: (event) => attached?.onEvent(event),
});

function settingsWith(
  westWeight: number,
  eastWeight: number,
  change: Partial<ServiceSettings>,
): ServiceSettings {
  const usual = coreSettings();
  return coreSettings({
    name: service,
    regions: regions.map((region) => ({
      region,
      weight: region === west ? westWeight : eastWeight,
      groups: [group(region)],
      endpoint: `http://${region}.test:8000`,
      zones: zonesWithIds(region),
    })),
    timing: { ...usual.timing, graceMs: 300_000 },
    limits: { ...usual.limits, failBackAfterMs: 600_000 },
    ...change,
  });
}

/** A small deterministic generator (mulberry32). */
function sequence(seed: number) {
  let state = seed;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}
