import {
  type MoveName,
  type Observation,
  type RegionName,
  type ServiceSettings,
  type VantageId,
  zoneId,
} from '@evac/core';
import { resolveConfig } from '@evac/core/config';
import { type BuiltMachines, buildMachines, createCloud, seededRandom } from '@evac/sim';
import { admitMove, definitions, judgeService, machines, resumeOpen, stillNeeded } from '@evac/workflow';
import type { Call, Invariant, Parts, Scene, SceneResult, Trouble, Truth, Violation } from '../contract.ts';
import { type SimulatedCell, startCell } from './cell.ts';
import { createFaults } from './faults.ts';
import { createNodes } from './nodes.ts';
import { createProbe } from './probe.ts';
import { startPulse } from './pulse.ts';
import { bringBack } from './quiet.ts';
import { createReach, newLife } from './reach.ts';
import { createStory } from './story.ts';
import { enterVirtualTime, startsAt, warmUpMs } from './time.ts';
import { createTrace } from './trace.ts';
import { begin, type TroubleMeans } from './troubles.ts';

export interface SceneOptions {
  parts?: Partial<Parts>;
  invariants: readonly (() => Invariant)[];
  onLine?(line: string): void;
  /** Whether such a violation is all that was wanted: the scene ends there. */
  isEnough?(violation: Violation): boolean;
  /** Ends with the last trouble, in place of playing on until all is as configured; no rule then looks at the end. */
  withoutQuiet?: boolean;
}

const production: Parts = {
  judgeService,
  admitMove,
  stillNeeded,
  resumeOpen,
  machines,
  ports: (ports) => ports,
  settings: (service) => service,
};

/** After the last trouble, at most; less where all is in order sooner. */
const quietMs = 3 * 3_600_000;

/** Built once a thread. The tests of the machines validate them. */
const built = new Map<Parts['machines'], BuiltMachines<MoveName>>();

/** Plays one scene in virtual time and says which rules were broken. The same scene gives the same result, trace and all. */
export async function runScene(scene: Scene, options: SceneOptions): Promise<SceneResult> {
  const parts: Parts = { ...production, ...options.parts };
  const local =
    built.get(parts.machines) ?? buildMachines(definitions(parts.machines), 1, { validated: true });
  built.set(parts.machines, local);
  const random = seededRandom(scene.seed);
  const service = parts.settings(settingsOf(scene));
  const time = enterVirtualTime(seededRandom(scene.seed + 1));
  const over = new AbortController();
  const { clock } = time;
  const faults = createFaults(clock);
  const nodes = createNodes(faults, clock, random);
  const cloud = createCloud(cloudSpec(scene, service), nodes.machines, clock, random);
  try {
    const trace = createTrace(options.onLine);
    const note = (text: string) => trace.line(clock.now(), 'world', text);
    const rules = options.invariants.map((make) => make());
    const foreseeing = rules.filter((rule) => rule.before);
    const hearing = rules.filter((rule) => rule.hearsWords);
    const watching = rules.filter((rule) => rule.second);
    const violations: Violation[] = [];
    let enough = false;
    const complain = (invariant: string, text: string) => {
      const violation = { invariant, atMs: clock.now() - startsAt, text };
      violations.push(violation);
      if (options.isEnough?.(violation)) enough = true;
      trace.line(clock.now(), 'VIOLATION', `${invariant}: ${text}`);
    };
    const answered: (number | null)[] = [];
    let troubledAt = clock.now();
    let quiet = false;
    const lasting: Trouble[] = [];
    const kills = scene.troubles.filter((t) => t.kind === 'kill');
    const stragglers = scene.troubles.filter((t) => t.kind === 'straggler');
    /** The first whose time has come, and that fits; once nothing is to be broken any more, none. */
    const take = <T extends Trouble>(waiting: T[], fits: (trouble: T) => boolean): T | null => {
      if (quiet || waiting.length === 0) return null;
      const at = waiting.findIndex((t) => clock.now() >= startsAt + warmUpMs + t.at && fits(t));
      if (at < 0) return null;
      troubledAt = clock.now();
      return waiting.splice(at, 1)[0] ?? null;
    };
    const dark = (region: RegionName) => ({ region, zone: null, node: null });
    const truth: Truth = {
      get now() {
        return clock.now();
      },
      startedAt: startsAt + warmUpMs,
      scene,
      service,
      view: cloud.view,
      routable: cloud.routable,
      badSince: nodes.badSince,
      darkSince: (region) =>
        faults.dark('balancer', dark(region))
          ? Math.min(
              ...faults
                .active()
                .filter((f) => f.target === region)
                .map((f) => f.since),
            )
          : null,
      faults: faults.active,
      blindSince(vantage) {
        const blind = lasting.find((t) => t.kind === 'blind' && t.vantage === vantage);
        return blind ? startsAt + warmUpMs + blind.at : null;
      },
      troubledAt: () => troubledAt,
      quiet: () => quiet,
      answered,
    };
    const story = createStory(trace, cloud);

    const cells = new Map<RegionName, SimulatedCell>();
    const reach = createReach({
      real: (region) => cloud.ports(region),
      faults,
      clock,
      random,
      latencyMs: scene.world.latencyMs,
      troubles: () => lasting.filter((t) => t.kind === 'port'),
      parts,
      before(call) {
        const kept = new Map<Invariant, unknown>();
        if (!isWord(call)) for (const rule of foreseeing) kept.set(rule, rule.before?.(call, truth));
        return kept;
      },
      after(call, outcome, kept) {
        story.call(call, outcome);
        for (const rule of isWord(call) ? hearing : rules) {
          const said = rule.after?.(call, outcome, truth, kept.get(rule));
          if (said) complain(rule.name, said);
        }
        if (call.port === 'store' && call.method === 'putObservation' && 'result' in outcome) {
          cells.get(call.region)?.written(observationOf(call));
        }
      },
    });
    await settle(time.until, cloud.start());
    startPulse({
      cloud,
      nodes,
      faults,
      clock,
      random,
      service: service.name,
      regions: service.regions.map((r) => r.region),
      balancerCheckMs: 5_000,
      switchCheckMs: 10_000,
      ttlMs: service.dns?.ttlMs ?? 60_000,
      rate: scene.world.rate,
      signal: over.signal,
      onSecond(ok, asked) {
        answered.push(asked === 0 ? null : ok / asked);
        story.second(ok, asked);
        for (const rule of watching) {
          const said = rule.second?.(truth);
          if (said) complain(rule.name, said);
        }
      },
    });
    for (const { region } of service.regions) {
      const trouble = <K extends Trouble['kind']>(kind: K) =>
        lasting.filter((t): t is Extract<Trouble, { kind: K }> => t.kind === kind);
      const isBlind = (vantage: VantageId) => trouble('blind').some((t) => t.vantage === vantage);
      cells.set(
        region,
        startCell({
          region,
          service,
          reach,
          faults,
          parts,
          machines: local,
          random,
          clock,
          skewMs: scene.world.skewMs[region] ?? 0,
          probe: (vantage) =>
            createProbe(
              {
                nodes,
                faults,
                cloud,
                random,
                now: clock.now,
                cutOff: (zone) =>
                  isBlind(vantage.id) ||
                  trouble('cut-off').some((t) => t.vantage === vantage.id && t.from === zone),
              },
              { now: () => clock.now() + (scene.world.skewMs[region] ?? 0), sleep: clock.sleep },
            ),
          probeTrouble: (vantage) => trouble('probe').find((t) => t.vantage === vantage.id)?.what ?? null,
          isBlind: (vantage) => isBlind(vantage.id),
          takeKill: ({ kind, step }, call) =>
            take(kills, (k) => {
              const isMeant = k.what === kind && k.region === region && (k.step ?? step) === step;
              return isMeant && k.call === call;
            }),
          takeStraggler: (where, write) =>
            take(stragglers, (s) => s.region === where && (s.write === 'any' || s.write === write)),
          onJudgement: (judgement) => story.judged(judgement),
          onMachine: (event) => story.machine(region, event),
          note: (text) => trace.line(clock.now(), region, text),
          signal: over.signal,
        }),
      );
    }
    await time.until(() => clock.now() >= startsAt + warmUpMs, warmUpMs + 1);

    const means: TroubleMeans = {
      cloud,
      nodes,
      faults,
      service,
      cells,
      personsStore: (region) => reach.ports(region, { kind: 'person', region }, newLife()).store,
      now: clock.now,
      note,
      onFault: story.fault,
    };
    for (const trouble of scene.troubles) {
      clock.after(trouble.at, () => {
        troubledAt = clock.now();
        const end = begin(trouble, means);
        if (!end || !('forMs' in trouble)) return;
        lasting.push(trouble);
        clock.after(trouble.forMs, () => {
          troubledAt = clock.now();
          lasting.splice(lasting.indexOf(trouble), 1);
          end();
        });
      });
    }
    const lastsMs = Math.max(0, ...scene.troubles.map(lengthOf));
    const endsAt = startsAt + warmUpMs + lastsMs + 1_000;
    await time.until(() => enough || clock.now() >= endsAt, lastsMs + 60_000);

    if (!enough && !options.withoutQuiet) {
      quiet = true;
      note('quiet from here on');
      const person = bringBack({ ...means, scene, clock, signal: over.signal });
      await time.until(() => enough || person.done(), quietMs);
      for (const rule of rules) for (const said of rule.end?.(truth) ?? []) complain(rule.name, said);
    }
    return {
      seed: scene.seed,
      violations,
      digest: trace.digest(),
      virtualMs: clock.now() - startsAt,
      ...story.sum(),
    };
  } finally {
    over.abort();
    const stopping = cloud.stop();
    await settle(time.until, stopping).catch(() => {});
    time.leave();
  }
}

function lengthOf(trouble: Trouble): number {
  if ('forMs' in trouble) return trouble.at + trouble.forMs;
  return trouble.kind === 'straggler' ? trouble.at + trouble.lateMs : trouble.at;
}

const words = new Set(['putObservation', 'writeHealth', 'writeTargets', 'traffic']);

function isWord({ by, method }: Call): boolean {
  return (by.kind === 'probe' || by.kind === 'judge') && words.has(method);
}

function observationOf({ ask }: Call): Observation {
  return ask as Observation;
}

async function settle(until: (done: () => boolean, ms: number) => Promise<boolean>, work: Promise<unknown>) {
  let over = false;
  const mark = () => {
    over = true;
  };
  work.then(mark, mark);
  await until(() => over, 3_600_000);
  await work;
}

function settingsOf({ world }: Scene): ServiceSettings {
  const { settings, problems } = resolveConfig({
    controls: ['https://one.test', 'https://two.test'],
    services: { llm: world.service },
  });
  const service = settings?.services[0];
  if (!service) throw new Error(`the scene's service has mistakes: ${JSON.stringify(problems)}`);
  return service;
}

function cloudSpec({ world }: Scene, service: ServiceSettings): Parameters<typeof createCloud>[0] {
  return {
    service: service.name,
    dnsName: service.dns?.name ?? 'llm.test',
    ttlMs: service.dns?.ttlMs ?? 60_000,
    port: 8000,
    regions: world.regions.map(({ name, weight, zones, nodesPerZone, max }) => ({
      name,
      weight,
      zones: zones.map((z) => ({ name: z.name, id: zoneId(z.id) })),
      nodesPerZone,
      max,
      group: service.regions.find((r) => r.region === name)?.groups[0] ?? '',
    })),
    bootMs: world.bootMs,
    loadMs: world.loadMs,
    deregistrationDelayMs: 30_000,
    balancerCheckMs: 5_000,
    balancerThreshold: 2,
    switchCheckMs: 10_000,
    switchThreshold: 3,
  };
}
