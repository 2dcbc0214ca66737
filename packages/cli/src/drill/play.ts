import { type DrillResult, moveResult, summarize } from '@evac/console';
import { type Incident, isHeld, subjectName } from '@evac/core';
import { UserError } from '../user-error.ts';
import { judgePromises } from './promises.ts';
import type { Scenario } from './scenario.ts';
import { requestResult, type Stage } from './stage.ts';
import { subjectOf } from './struck.ts';
import { refusals, timeline } from './timeline.ts';
import { detectedAt, isCalm, isSettled, type Scene, trafficStoppedAt } from './watch-scene.ts';

/** How long to wait for a move, in intervals, unless told otherwise: a replacement loads its model meanwhile. */
const usualPatience = 60;
/** How long a fault that must lead to nothing is left on. */
const temptationIntervals = 25;

export interface PlayOptions {
  scenario: Scenario;
  target: string | null;
  /** Waits for the fail-back of what was moved, too. */
  failBack: boolean;
  /** How long to wait for a move, and again for its end, in intervals. */
  patience?: number;
  /** Called when something on the timeline has changed. */
  onScene?(scene: Scene): void;
}

/** Breaks one thing on a stage, watches until it is settled, mends it, and says what clients saw. */
export async function play(stage: Stage, options: PlayOptions): Promise<DrillResult> {
  const { scenario, patience = usualPatience } = options;
  const from = Date.now();
  const requestsBefore = stage.results.length;
  const steadyMs = 3 * stage.intervalMs;
  await stage.pass(steadyMs);
  const scene = await strike(stage, scenario, options.target);
  options.onScene?.(scene);

  if (scenario.move) {
    await stage.until(() => isSettled(scene), patience * stage.intervalMs);
    await stage.until(() => isCalm(scene, Date.now(), steadyMs), 40 * stage.intervalMs);
  } else {
    await stage.pass(temptationIntervals * stage.intervalMs);
  }
  const stoppedAt = trafficStoppedAt(scene, Date.now());
  const mendedAt = Date.now();
  await mend(stage, scenario);
  const isOver = () => (options.failBack ? isBack(scene) : scene.incidents().every(isClosedOrHeld));
  await stage.until(isOver, patience * stage.intervalMs);
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
    refusals: refusals(scene),
    passed: promises.every((p) => p.held),
    promises,
    startedAt: from,
    durationMs: endedAt - from,
    faults: scenario.faults.map((name, i) => ({
      name,
      target: i === 0 && scene.subject !== null ? subjectName(scene.subject) : null,
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
  for (const name of rest) await stage.admin.fault({ name, target: null, on: true });
  const faultAt = Date.now();
  const [changed] = await stage.admin.fault({ name: first, target, on: true }).catch((error: Error) => {
    throw target === null ? error : new UserError(error.message);
  });
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

function isClosedOrHeld(incident: Incident): boolean {
  return incident.closedAt !== null || isHeld(incident);
}

/** Everything that was moved has been brought back, and every incident is closed. */
function isBack(scene: Scene): boolean {
  const incidents = scene.incidents();
  const moved = incidents.some((i) => i.move === 'evacuate-zone' || i.move === 'fail-over-region');
  const back = incidents.some((i) => i.move === 'fail-back' && i.outcome === 'recovered');
  return (!moved || back) && incidents.every((i) => i.closedAt !== null);
}
