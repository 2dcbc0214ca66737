import {
  type Candidate,
  type CloudPorts,
  type Observation,
  type Outcome,
  PortError,
  type RegionName,
  regionName,
  type ServiceSettings,
  type Store,
  type Target,
  vantageId,
  zoneName,
} from '@evac/core';
import { resolveConfig } from '@evac/core/config';
import { createCloud, seededRandom, systemClock } from '@evac/sim';
import { type Cell, judgeService, type MoveInput } from '@evac/workflow';
import FakeTimers from '@sinonjs/fake-timers';

export const west = regionName('us-west-2');
export const east = regionName('us-east-1');
const regions = [west, east];
export const zoneA = zoneName('us-west-2a');

/** What a vantage makes of a target; what nobody speaks of is in order. */
export type Seen = 'failed' | 'saturated' | 'misconfigured';

const place = (name: RegionName, code: string) => ({
  name,
  groups: [`llm-${name}`],
  endpoint: `https://llm.${name}.test`,
  zones: ['a', 'b', 'c'].map((letter, i) => ({ name: `${name}${letter}`, id: `${code}-az${i + 1}` })),
});

function settings(change: Partial<ServiceSettings>): ServiceSettings {
  const { settings } = resolveConfig({
    controls: ['https://one.test', 'https://two.test'],
    services: {
      llm: {
        preset: 'vllm',
        deep: false,
        progress: false,
        policy: 'automatic',
        regions: [place(west, 'usw2'), place(east, 'use1')],
        dns: { name: 'llm.test' },
      },
    },
  });
  const only = settings?.services[0];
  if (!only) throw new Error('the settings of these tests have a mistake');
  return { ...only, ...change };
}

/**
 * Two regions by three zones by two nodes on the simulated cloud, in virtual time. Each has a cell whose vantages see
 * what the test says; the machines only note what they are to start.
 */
export async function createRig(change: Partial<ServiceSettings> = {}, silentFromTheStart: string[] = []) {
  const fake = FakeTimers.install({
    now: 1_800_000_000_000,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  });
  const clock = systemClock();
  const service = settings(change);
  const cloud = createCloud(
    {
      service: service.name,
      dnsName: 'llm.test',
      ttlMs: 30_000,
      port: 8000,
      regions: service.regions.map(({ region, weight, groups, zones }) => ({
        name: region,
        weight,
        group: groups[0] ?? '',
        zones,
        nodesPerZone: 2,
        max: 12,
      })),
      bootMs: 20_000,
      loadMs: 40_000,
      deregistrationDelayMs: 30_000,
      balancerCheckMs: 5_000,
      balancerThreshold: 2,
      switchCheckMs: 10_000,
      switchThreshold: 3,
    },
    { start: async () => ({ host: '10.0.0.1', port: 8000 }), stop: async () => {}, restart: async () => {} },
    clock,
    seededRandom(1),
  );
  await cloud.start();

  const calls: string[] = [];
  const broken = new Set<string>();
  /** Notes every call of `port`, and refuses the broken ones. */
  function tap<T extends object>(port: string, object: T): T {
    return new Proxy(object, {
      get(target, method, receiver) {
        const run: unknown = Reflect.get(target, method, receiver);
        if (typeof run !== 'function') return run;
        return async (...args: unknown[]) => {
          const name = `${port}.${String(method)}`;
          calls.push(name);
          if (broken.has(name)) throw new PortError('unavailable', `${name} does not answer`);
          return Reflect.apply(run, target, args);
        };
      },
    });
  }
  const tapped = (prefix: string, ports: CloudPorts): CloudPorts => ({
    fleet: tap(`${prefix}fleet`, ports.fleet),
    balancer: tap(`${prefix}balancer`, ports.balancer),
    zonalShift: tap(`${prefix}zonalShift`, ports.zonalShift),
    restart: tap(`${prefix}restart`, ports.restart),
    dns: tap(`${prefix}dns`, ports.dns),
    switch: tap(`${prefix}switch`, ports.switch),
    store: tap(`${prefix}store`, ports.store),
    notify: tap(`${prefix}notify`, ports.notify),
  });

  const started: { machine: string; name: string; input: MoveInput }[] = [];
  let answer: 'started' | 'exists' = 'started';
  const cellOf = (region: RegionName, prefix: string): Cell => ({
    region,
    settings: { controls: [], services: [service] },
    ports: tapped(prefix, cloud.ports(region)),
    peers: regions
      .filter((r) => r !== region)
      .map((peer) => ({ region: peer, store: tap<Store>(`${prefix}peer`, cloud.ports(peer).store) })),
    probe: { ask: () => Promise.reject(new Error('nothing is asked here')) },
    vantages: [...(service.regions.find((r) => r.region === region)?.zones ?? []), null].map((zone) => ({
      id: vantageId(zone ? `in/${zone.name}` : `out/${region}`),
      region,
      zone: zone?.name ?? null,
      controls: [],
    })),
    clock,
    random: seededRandom(1),
    machines: {
      async start(ask) {
        started.push(ask);
        return answer;
      },
      running: async () => [],
    },
  });
  // Only what the west does is noted by its plain name.
  const cells = new Map([
    [west, cellOf(west, '')],
    [east, cellOf(east, 'east.')],
  ]);
  const cell = (region: RegionName = west) => {
    const known = cells.get(region);
    if (!known) throw new Error(`no cell in ${region}`);
    return known;
  };

  const views = new Map<string, Seen>();
  const silent = new Set<string>(silentFromTheStart);
  const blind = new Set<string>();

  function outcomeOf(target: Target, from: RegionName, isBlind: boolean): Outcome {
    const base = {
      target: target.id,
      check: 'shallow',
      at: clock.now(),
      latencyMs: 12,
      detail: 'told',
    } as const;
    if (isBlind) return { ...base, class: 'unknown', reason: 'vantage-blind' };
    switch (views.get(target.id) ?? views.get(`${from} ${target.id}`)) {
      case 'failed':
        return { ...base, class: 'failed', reason: 'connect-refused' };
      case 'saturated':
        return { ...base, class: 'saturated', reason: 'too-many-requests' };
      case 'misconfigured':
        return { ...base, class: 'misconfigured', reason: 'not-found' };
      case undefined:
        return { ...base, class: 'ok', reason: 'answered', model: 'sim-1' };
    }
  }

  /** One round of every vantage of a cell that is not silent: written to its store, and handed over. */
  async function look(region: RegionName): Promise<Observation[]> {
    const { store } = cloud.ports(region);
    const targets = await store.readTargets({ service: service.name });
    const looking = cell(region).vantages.filter((v) => !silent.has(v.id));
    const observations = looking.map(
      (v): Observation => ({
        service: service.name,
        vantage: v.id,
        region,
        zone: v.zone,
        at: clock.now(),
        blind: blind.has(v.id),
        outcomes: targets
          .filter((t) => (t.kind === 'region') === (v.zone === null))
          .map((t) => outcomeOf(t, region, blind.has(v.id))),
      }),
    );
    for (const observation of observations) await store.putObservation(observation);
    return observations;
  }

  type Occasion = Partial<Parameters<typeof judgeService>[2]>;
  const judge = (occasion: Occasion = {}, region: RegionName = west) =>
    judgeService(cell(region), service, { observations: [], tick: false, requests: [], ...occasion });

  /** Rounds of both regions, an interval apart, each judged; the west's last judgement. */
  async function rounds(count: number) {
    let last: Awaited<ReturnType<typeof judge>> = null;
    for (let i = 0; i < count; i++) {
      await fake.tickAsync(service.timing.intervalMs);
      for (const region of [east, west]) {
        calls.length = 0;
        last = await judge({ observations: await look(region) }, region);
      }
    }
    return last;
  }

  // The first tick finds the targets; a few rounds later everything is known to be in order.
  for (const region of regions) await judge({ tick: true }, region);
  await rounds(4);
  const { nodes } = await cloud.ports(west).fleet.describe({ service: service.name });

  return {
    service,
    cloud,
    cell,
    /** The ports without the tap: an observer's, or a person's. */
    ports: (region: RegionName = west) => cloud.ports(region),
    /** The nodes of the west, two in each zone, in the zones' order. */
    nodes: nodes.toSorted((a, b) => a.zone.localeCompare(b.zone)),
    /** Calls of the west's ports since the last judgement of {@link rounds} began, or since they were taken. */
    takeCalls: () => calls.splice(0),
    started,
    machinesAnswer(says: typeof answer) {
      answer = says;
    },
    /** From now on every vantage sees this target so; without a word, in order. */
    see(target: string, as: Seen | null) {
      if (as) views.set(target, as);
      else views.delete(target);
    },
    /** The same, of one region's vantages only. */
    seeFrom(from: RegionName, target: string, as: Seen) {
      views.set(`${from} ${target}`, as);
    },
    silence: (vantage: string) => silent.add(vantage),
    blind: (vantage: string) => blind.add(vantage),
    /** From now on this call fails: `fleet.describe`, or `peer.readHealth` for another region's store. */
    break: (...names: string[]) => {
      for (const name of names) broken.add(name);
    },
    mend: () => broken.clear(),
    look: () => look(west),
    judge,
    rounds,
    request(candidate: Omit<Candidate, 'service' | 'since' | 'because'>): Candidate {
      return { ...candidate, service: service.name, since: clock.now(), because: 'I say so' };
    },
    now: () => clock.now(),
    pass: (ms: number) => fake.tickAsync(ms),
    async stop() {
      await cloud.stop();
      fake.uninstall();
    },
  };
}

export type Rig = Awaited<ReturnType<typeof createRig>>;
