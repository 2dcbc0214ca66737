import type { PromiseResult } from '@evac/console';
import { type Incident, isHeld, subjectPath } from '@evac/core';
import { expectedIncident, type Scene, strayIncidents } from './watch-scene.ts';

/** The promises at an interval of 5 s, in ms (docs/architecture.md, the numbers); a drill at another interval is held to the same share of them. */
const at5s = { crash: 9_000, zoneVerdict: 20_000, regionAnswers: 90_000 };

export interface Measured {
  detectedMs: number | null;
  trafficStoppedMs: number | null;
  recoveredMs: number | null;
  /** Requests that failed since the fault. */
  failed: number;
}

/** What was promised for this kind of scenario, and what came of it. */
export function judgePromises(scene: Scene, measured: Measured): PromiseResult[] {
  const { scenario, stage } = scene;
  const { scale } = stage;
  if (scenario.move === null) return [nothingMoved(scene)];
  const incident = expectedIncident(scene);
  const name = scenario.move;
  const done = incident !== undefined && (incident.outcome === 'recovered' || isHeld(incident));
  const stayed = scenario.mayStay === true && incident?.outcome === 'reverted';
  const promises: PromiseResult[] = [
    { name: `one ${name}, done and proven`, limitMs: null, actualMs: null, held: done || stayed },
    nothingElseMoved(scene),
    {
      name: 'requests are answered again',
      limitMs: null,
      actualMs: measured.recoveredMs,
      held: measured.failed === 0 || measured.recoveredMs !== null,
    },
  ];
  if (name === 'replace-node') promises.push(outOfRotation(scene));
  if (scenario.faults[0] === 'node-crash')
    promises.push(within('no new traffic to it', at5s.crash * scale, measured.trafficStoppedMs));
  if (scenario.faults[0] === 'zone-loss')
    promises.push(within('the verdict on the zone', at5s.zoneVerdict * scale, zoneVerdictMs(scene)));
  if (name === 'fail-over-region')
    promises.push(
      within(
        'from the decision to the last client that was sent there',
        at5s.regionAnswers * scale,
        newAnswersMs(scene, measured),
      ),
    );
  return promises;
}

function within(name: string, limitMs: number, actualMs: number | null): PromiseResult {
  return { name, limitMs, actualMs, held: actualMs !== null && actualMs <= limitMs };
}

/** Two intervals from the verdict, which is the second bad outcome of a majority, to the end of new traffic. */
function outOfRotation(scene: Scene): PromiseResult {
  const incident = expectedIncident(scene);
  const drained = incident?.events.find((e) => e.step === 'drain' && e.phase === 'done')?.at ?? null;
  const second = firstVerdictAt(scene, ['failing', 'dead']);
  const actual = drained === null || second === null ? null : Math.max(0, drained - second);
  return within('out of rotation after the second bad outcome', 2 * scene.stage.intervalMs, actual);
}

function zoneVerdictMs(scene: Scene): number | null {
  const at = firstVerdictAt(scene, ['impaired']);
  return at === null ? null : at - scene.faultAt;
}

/** When one of these was first the verdict on what was struck, epoch ms. */
function firstVerdictAt({ subject, told }: Scene, verdicts: string[]): number | null {
  if (!subject) return null;
  const path = subjectPath(subject);
  const event = told().find(
    (e) => e.kind === 'verdict' && e.subject === path && verdicts.includes(e.verdict),
  );
  return event?.at ?? null;
}

function newAnswersMs(scene: Scene, { trafficStoppedMs }: Measured): number | null {
  const incident = expectedIncident(scene);
  if (!incident || trafficStoppedMs === null) return null;
  return Math.max(0, scene.faultAt + trafficStoppedMs - incident.openedAt);
}

function nothingMoved(scene: Scene): PromiseResult {
  const moved = scene.incidents().filter((i) => i.move !== 'fail-back' && i.outcome !== 'refused');
  return untouched('no node is drained or replaced, nothing is moved', moved);
}

function nothingElseMoved(scene: Scene): PromiseResult {
  return untouched('nothing else is touched', strayIncidents(scene));
}

function untouched(name: string, moved: Incident[]): PromiseResult {
  const held = moved.length === 0;
  const touched = moved.map((i) => `${i.move} of ${subjectPath(i.subject)}`).join(', ');
  return { name: held ? name : `${name} (${touched})`, limitMs: null, actualMs: null, held };
}
