import { type DrillResult, foldRefusals, moveResult, type RunEvent, summarize } from '@evac/console';
import { type Incident, nodeId, regionName, type Subject, serviceName, zoneName } from '@evac/core';
import type { OrchestratorEvent } from '../orchestrator/event.ts';
import { judgePromises } from './promises.ts';
import type { Scenario } from './scenario.ts';
import { requestResult, type Stage } from './stage.ts';
import { subjectOf } from './struck.ts';
import { detectedAt, isCalm, isSettled, type Scene, trafficStoppedAt } from './watch-scene.ts';

/** How long to wait for a move, in intervals: a replacement loads its model meanwhile. */
const patienceIntervals = 60;
/** How long a fault that must lead to nothing is left on. */
const temptationIntervals = 25;

export interface PlayOptions {
  scenario: Scenario;
  target: string | null;
  /** Waits for the fail-back of what was moved, too. */
  failBack: boolean;
  /** Called when something on the timeline has changed. */
  onScene?(scene: Scene): void;
}

/** Breaks one thing on a stage, watches until it is settled, mends it, and says what clients saw. */
export async function play(stage: Stage, options: PlayOptions): Promise<DrillResult> {
  const { scenario } = options;
  const from = Date.now();
  const requestsBefore = stage.results.length;
  await stage.until(() => false, 3 * stage.intervalMs);
  const scene = await strike(stage, scenario, options.target);
  options.onScene?.(scene);
  const steadyMs = 3 * stage.intervalMs;

  if (scenario.move) {
    await stage.until(() => isSettled(scene), patienceIntervals * stage.intervalMs);
    await stage.until(() => isCalm(scene, Date.now(), steadyMs), 40 * stage.intervalMs);
  } else {
    await stage.until(() => false, temptationIntervals * stage.intervalMs);
  }
  const stoppedAt = trafficStoppedAt(scene, Date.now());
  const mendedAt = Date.now();
  await mend(stage, scenario);
  const held = (i: Incident) => i.closedAt === null;
  const backBy = patienceIntervals * stage.intervalMs;
  if (options.failBack) await stage.until(() => isBack(scene), backBy);
  else await stage.until(() => !scene.incidents().some(held) || isSettled(scene), backBy);
  const endedAt = Date.now();

  const found = detectedAt(scene);
  const summary = summarize({
    startedAt: from,
    faultAt: scene.faultAt,
    mendedAt,
    endedAt,
    requests: stage.results.slice(requestsBefore).map(requestResult),
    events: [
      ...(found === null ? [] : [{ at: found, kind: 'detected' as const }]),
      ...(stoppedAt === null ? [] : [{ at: stoppedAt, kind: 'traffic-stopped' as const }]),
    ],
    steadyMs,
  });
  const failed = summary.requests.failed - summary.failedBeforeFault;
  const promises = judgePromises(scene, { ...summary, failed });
  return {
    scenario: scenario.name,
    about: scenario.about,
    seed: stage.seed,
    intervalMs: stage.intervalMs,
    ...summary,
    moves: scene.incidents().map((i) => moveResult(i, scene.faultAt)),
    refusals: foldRefusals(refusalsOf(scene), scene.faultAt),
    passed: promises.every((p) => p.held),
    promises,
    startedAt: from,
    durationMs: endedAt - from,
    faults: scenario.faults.map((name, i) => ({
      name,
      target: i === 0 ? targetName(scene.subject) : null,
      onMs: scene.faultAt - from,
      offMs: mendedAt - from,
    })),
    events: timeline(scene, { from, mendedAt, stoppedAt, recoveredMs: summary.recoveredMs }),
    incidents: scene.incidents(),
    world: {
      regions: stage.view().regions.map((r) => ({
        name: r.name,
        weight: r.weight,
        zones: r.zones.map((z) => ({ name: z.name, nodes: r.nodes.filter((n) => n.zone === z.name).length })),
      })),
      dnsName: stage.world.dnsName,
      ttlMs: stage.world.ttlMs,
      scale: stage.scale,
    },
  };
}

async function strike(stage: Stage, scenario: Scenario, target: string | null): Promise<Scene> {
  const eventsBefore = stage.events.length;
  const known = new Set(allIncidents(stage).map((i) => i.id));
  const [first, ...rest] = scenario.faults;
  if (!first) throw new Error(`${scenario.name} breaks nothing`);
  // What else is broken is broken first: the fault that the clock starts with comes last.
  const before = stage.view();
  const struck = target ?? null;
  for (const name of rest) await stage.admin.fault({ name, target: null, on: true });
  const faultAt = Date.now();
  const [changed] = await stage.admin.fault({ name: first, target: struck, on: true });
  return {
    scenario,
    stage,
    subject: changed ? subjectOf(before, first, changed.target) : null,
    faultAt,
    incidents: () => allIncidents(stage).filter((i) => !known.has(i.id)),
    told: () => stage.events.slice(eventsBefore).filter((e) => e.at >= faultAt),
  };
}

async function mend(stage: Stage, scenario: Scenario): Promise<void> {
  // A node that was replaced took its fault along: then there is nothing to take off.
  for (const name of scenario.faults)
    await stage.admin.fault({ name, target: null, on: false }).catch(() => []);
}

function allIncidents(stage: Stage): Incident[] {
  return stage
    .view()
    .regions.flatMap((r) => r.incidents)
    .toSorted((a, b) => a.openedAt - b.openedAt);
}

/** Everything that was moved has been brought back, and every incident is closed. */
function isBack(scene: Scene): boolean {
  const incidents = scene.incidents();
  const moved = incidents.some((i) => i.move === 'evacuate-zone' || i.move === 'fail-over-region');
  const back = incidents.some((i) => i.move === 'fail-back' && i.outcome === 'recovered');
  return (!moved || back) && incidents.every((i) => i.closedAt !== null);
}

function targetName(subject: Subject | null): string | null {
  if (!subject) return null;
  return subject.kind === 'node' ? subject.node : subject.kind === 'zone' ? subject.zone : subject.region;
}

/** The refusals as the report folds them, from what the orchestrator told. */
function refusalsOf(scene: Scene) {
  return scene.told().flatMap((e) => {
    if (e.kind !== 'refused') return [];
    const { move, guard, because, unblock, subject } = e;
    const candidate = {
      move,
      subject: readSubject(subject),
      service: serviceName(scene.stage.world.service),
      verb: 'automatic' as const,
      by: 'evac',
      because,
      since: e.at,
    };
    return [{ at: e.at, refusal: { candidate, guard, because, unblock } }];
  });
}

/** A subject from its path, "us-west-2/us-west-2a/i-1". */
function readSubject(path: string): Subject {
  const [region = '', zone, node] = path.split('/');
  if (zone === undefined) return { kind: 'region', region: regionName(region) };
  if (node === undefined) return { kind: 'zone', region: regionName(region), zone: zoneName(zone) };
  return { kind: 'node', region: regionName(region), zone: zoneName(zone), node: nodeId(node) };
}

function timeline(
  scene: Scene,
  times: { from: number; mendedAt: number; stoppedAt: number | null; recoveredMs: number | null },
): RunEvent[] {
  const { scenario, faultAt } = scene;
  const target = targetName(scene.subject);
  const on = target === null ? '' : ` on ${target}`;
  const marks: { at: number | null; kind: RunEvent['kind']; text: string }[] = [
    { at: faultAt, kind: 'fault-on', text: `${scenario.faults.join(' and ')}${on}` },
    { at: detectedAt(scene), kind: 'detected', text: 'found out' },
    { at: times.stoppedAt, kind: 'traffic-stopped', text: `the last new traffic${on}` },
    {
      at: times.recoveredMs === null ? null : faultAt + times.recoveredMs,
      kind: 'recovered',
      text: 'every request is answered again',
    },
    { at: times.mendedAt, kind: 'fault-off', text: `${scenario.faults.join(' and ')} taken off` },
  ];
  const told = scene.told().flatMap((e) => eventLine(e));
  return [...marks.flatMap((m) => (m.at === null ? [] : [{ ...m, at: m.at }])), ...told]
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, kind, text }) => ({ atMs: at - times.from, kind, text }));
}

/** What of the orchestrator's talk belongs on a timeline. */
export function eventLine(e: OrchestratorEvent): { at: number; kind: RunEvent['kind']; text: string }[] {
  switch (e.kind) {
    case 'move':
      return [{ at: e.at, kind: 'move', text: `${e.move} of ${e.subject}: ${e.text}` }];
    case 'refused':
      return [{ at: e.at, kind: 'refused', text: e.text }];
    case 'alert':
      return [{ at: e.at, kind: 'alert', text: e.text }];
    case 'fleet':
      return [{ at: e.at, kind: 'alert', text: `${e.verdict}: ${e.text}` }];
    case 'resumed':
      return [{ at: e.at, kind: 'note', text: e.text }];
    default:
      return [];
  }
}
