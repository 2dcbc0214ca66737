import { type Clock, type CloudPorts, PortError, type Random, type RegionName } from '@evac/core';
import type { Call, Invariant, Parts, Process, Trouble } from '../contract.ts';
import type { Faults } from './faults.ts';

/** The life of one run of one function. Once it is over, whatever it still waits for never comes. */
export interface Life {
  over: boolean;
  /** Calls that change anything. */
  changes: number;
  /** Asked at each call that changes anything, by its number: whether the run dies there, and who wants to know. */
  dies?(change: number): { after: boolean; now(): void } | null;
  /** Asked at each write of its store: how long the run hangs there, in ms. `intent`: it writes what it is about to do. */
  hangs?(write: 'any' | 'intent'): number;
}

export const newLife = (): Life => ({ over: false, changes: 0 });

export interface Reach {
  /** One region's ports, as this run of a function reaches them. */
  ports(region: RegionName, by: Process, life: Life): CloudPorts;
}

type PortTrouble = Extract<Trouble, { kind: 'port' }>;

/** What each rule saw before a call. */
type Kept = ReadonlyMap<Invariant, unknown>;

export interface ReachMeans {
  real(region: RegionName): CloudPorts;
  faults: Faults;
  clock: Clock;
  random: Random;
  latencyMs: number;
  /** What goes wrong with calls at the moment. */
  troubles(): readonly PortTrouble[];
  parts: Pick<Parts, 'ports'>;
  before(call: Call): Kept;
  after(call: Call, outcome: { result: unknown } | { error: unknown }, kept: Kept): void;
}

/** How long a caller waits for what does not answer. */
const patienceMs = 2_000;
/** Reads that AWS promises to be right only after a while, and for how long they may be wrong. */
const eventual = new Set([
  'store.readTargets',
  'store.observations',
  'fleet.describe',
  'balancer.health',
  'zonalShift.list',
  'dns.records',
]);
const staleMs = 5_000;
/** What Auto Scaling and the others refuse while something else is at work on the same resource. */
const contended = new Set([
  'fleet.suspend',
  'fleet.resume',
  'fleet.setZones',
  'fleet.setDesired',
  'fleet.terminate',
  'dns.setWeights',
]);

/** What changes nothing: a run that dies there might as well have died before its next change. */
const reads = new Set([
  'fleet.describe',
  'balancer.health',
  'balancer.traffic',
  'zonalShift.list',
  'dns.records',
  'dns.inSync',
  'dns.answers',
  'switch.read',
  'store.readTargets',
  'store.observations',
  'store.readHealth',
  'store.incident',
  'store.incidents',
  'store.pauses',
  'store.breakerResetAt',
]);

/** What is read by whoever may not act, and is most of what is called; requests are a voice that the rules hear, too. */
/** One method of one region's port, as one run of a function calls it. */
interface Way {
  region: RegionName;
  port: keyof CloudPorts;
  method: string;
  /** `port.method`. */
  name: string;
  reads: boolean;
  by: Process;
  life: Life;
}

/** What probes and judgements only read says nothing to the watchers, but for what clients met. */
function isUnwatched({ name, reads, by: { kind } }: Way): boolean {
  return (kind === 'judge' || kind === 'probe') && reads && name !== 'balancer.traffic';
}

function diesAt(life: Life) {
  life.changes += 1;
  return life.dies?.(life.changes) ?? null;
}

/** What a move writes before each act. */
function isIntent(ask: unknown): boolean {
  return Object(Object(ask).event).phase === 'intent';
}

/**
 * Everything between a run of a function and the simulated cloud: latency, regions that are gone, and the calls that
 * go wrong. What the watchers see, before and after, is the moment at which a call takes effect.
 */
export function createReach(means: ReachMeans): Reach {
  const { clock, random, faults } = means;
  const seen = new Map<string, { at: number; result: unknown }[]>();
  const never = new Promise<never>(() => {});

  function isGone({ region, port, method, by }: Way): boolean {
    const place = (name: RegionName) => ({ region: name, zone: null, node: null });
    if (faults.dark('api', place(by.region))) return true;
    if (port !== 'dns') return faults.dark('api', place(region));
    return method !== 'answers' && faults.dark('global-api', place(region));
  }

  function wrong({ region, port }: Way): PortTrouble['what'] | null {
    for (const trouble of means.troubles()) {
      if (trouble.region !== region || (trouble.port !== '*' && trouble.port !== port)) continue;
      if (random.next() < trouble.share) return trouble.what;
    }
    return null;
  }

  async function call(way: Way, run: () => Promise<unknown>, ask: unknown) {
    const { region, port, method, name, life } = way;
    if (life.over) return never;
    const dies = way.reads ? null : diesAt(life);
    if (dies && !dies.after) {
      dies.now();
      return never;
    }
    const hangsMs = port === 'store' && !way.reads ? life.hangs?.(isIntent(ask) ? 'intent' : 'any') : 0;
    if (hangsMs) await clock.sleep(hangsMs);
    if (life.over) return never;
    // People try again until it works; a person's one call stands for the last of them.
    if (way.by.kind === 'person') return take(way, run, ask, false);
    const what = wrong(way);
    if (what === 'gone' || isGone(way)) {
      await clock.sleep(patienceMs);
      if (life.over) return never;
      throw new Error(`${port}.${method} of ${region} did not answer`);
    }
    if (what === 'throttled') throw new PortError('throttled', `${port}.${method}: rate exceeded`);
    if (what === 'contention' && contended.has(name))
      throw new PortError('contention', `${name}: another activity is in progress`);
    const delay = what === 'slow' ? 1_000 + random.next() * 4_000 : means.latencyMs * (0.5 + random.next());
    if (means.latencyMs > 0 || what === 'slow') await clock.sleep(delay);
    if (life.over) return never;
    const result = await take(way, run, ask, what === 'stale');
    if (what === 'lost') throw new Error(`${name} of ${region}: the connection was lost`);
    if (dies) {
      dies.now();
      return never;
    }
    return life.over ? never : result;
  }

  function take(way: Way, run: () => Promise<unknown>, ask: unknown, stale: boolean): Promise<unknown> {
    const keeps = eventual.has(way.name) && means.troubles().length > 0;
    return !keeps && isUnwatched(way) ? run() : takeWatched(way, run, ask, { keeps, stale });
  }

  async function takeWatched(
    { region, port, method, name, by }: Way,
    run: () => Promise<unknown>,
    ask: unknown,
    { keeps, stale }: { keeps: boolean; stale: boolean },
  ) {
    const key = `${region} ${name}`;
    const old = stale && keeps ? seen.get(key)?.find((s) => clock.now() - s.at <= staleMs) : undefined;
    const made: Call = { at: clock.now(), region, port, method, ask, by };
    const kept = means.before(made);
    if (old) {
      const result = structuredClone(old.result);
      means.after(made, { result }, kept);
      return result;
    }
    try {
      const result = await run();
      if (keeps) {
        const recent = (seen.get(key) ?? []).filter((s) => clock.now() - s.at <= staleMs);
        seen.set(key, [...recent, { at: clock.now(), result }]);
      }
      means.after(made, { result }, kept);
      return result;
    } catch (error) {
      means.after(made, { error }, kept);
      throw error;
    }
  }

  function wrap<T extends object>(
    region: RegionName,
    port: keyof CloudPorts,
    real: T,
    by: Process,
    life: Life,
  ): T {
    const made = new Map<string, unknown>();
    return new Proxy(real, {
      get(target, method, receiver) {
        if (typeof method !== 'string') return Reflect.get(target, method, receiver);
        if (made.has(method)) return made.get(method);
        const run: unknown = Reflect.get(target, method, receiver);
        if (typeof run !== 'function') return run;
        const name = `${port}.${method}`;
        const way: Way = { region, port, method, name, reads: reads.has(name), by, life };
        const reaching = (...args: unknown[]) => call(way, () => Reflect.apply(run, target, args), args[0]);
        made.set(method, reaching);
        return reaching;
      },
    });
  }

  return {
    ports(region, by, life) {
      const real = means.real(region);
      const ports: CloudPorts = {
        fleet: wrap(region, 'fleet', real.fleet, by, life),
        balancer: wrap(region, 'balancer', real.balancer, by, life),
        zonalShift: wrap(region, 'zonalShift', real.zonalShift, by, life),
        restart: wrap(region, 'restart', real.restart, by, life),
        dns: wrap(region, 'dns', real.dns, by, life),
        switch: wrap(region, 'switch', real.switch, by, life),
        store: wrap(region, 'store', real.store, by, life),
        notify: wrap(region, 'notify', real.notify, by, life),
      };
      return means.parts.ports(ports, by);
    },
  };
}
