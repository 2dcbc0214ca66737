import { contains, type Incident, isHeld, type Subject, subjectPath } from '@evac/core';
import type { OrchestratorEvent } from '../orchestrator/event.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { lastTrafficTo } from './struck.ts';

/** One fault on a stage: when it struck what, and how things stand with it since. */
export interface Scene {
  scenario: Scenario;
  stage: Pick<Stage, 'world' | 'intervalMs' | 'scale' | 'results' | 'view'>;
  /** The first fault's target; null for the world. */
  subject: Subject | null;
  faultAt: number;
  /** Incidents that opened since the fault, oldest first. */
  incidents(): Incident[];
  /** Told by the orchestrator since the fault. */
  told(): OrchestratorEvent[];
}

/** Long enough that clients and the balancer would have used what still gets traffic, in ms. */
const quietMs = (stage: Scene['stage']) => Math.max(1_500, 2 * stage.intervalMs);

/** The incident of the move that this scenario must bring about; one that was refused as it began moved nothing. */
export function expectedIncident(scene: Scene): Incident | undefined {
  const { scenario, subject } = scene;
  if (!scenario.move || !subject) return undefined;
  const path = subjectPath(subject);
  return scene
    .incidents()
    .find((i) => i.move === scenario.move && i.outcome !== 'refused' && subjectPath(i.subject) === path);
}

/** Whether the expected move has served its purpose: closed, or (an evacuation, which is then held) proven. */
export function isSettled(scene: Scene): boolean {
  const incident = expectedIncident(scene);
  return incident !== undefined && (incident.closedAt !== null || isHeld(incident));
}

/** When it was first judged that something is wrong with what was struck, or with all of it at once; epoch ms. */
export function detectedAt(scene: Scene): number | null {
  const { subject } = scene;
  const event = scene.told().find((e) => {
    if (e.kind === 'fleet' || (e.kind === 'alert' && e.alert !== 'vantage-silent')) return true;
    if (e.kind !== 'verdict' || e.verdict === 'cleared' || e.verdict === 'suspected') return false;
    return subject === null || `${e.subject}/`.startsWith(`${subjectPath(subject)}/`);
  });
  return event?.at ?? null;
}

/** When the subject got its last traffic, once it has had none for long enough to be sure; null while it gets some. */
export function trafficStoppedAt(scene: Scene, now: number): number | null {
  const { subject, stage, faultAt } = scene;
  if (!subject) return null;
  const last = lastTrafficTo(subject, stage.view(), stage.results);
  if (last === null || now - last < quietMs(stage)) return null;
  return Math.max(last, faultAt);
}

/** Nothing goes to the subject any more, and no client that asked lately was let down. */
export function isCalm(scene: Scene, now: number, steadyMs: number): boolean {
  const longAgo = now - 2 * steadyMs;
  const lately = scene.stage.results.some((r) => !r.ok && r.at > longAgo);
  return !lately && trafficStoppedAt(scene, now) !== null && now - scene.faultAt > 2 * steadyMs;
}

/** Incidents that touched anything but what was struck, or that in another way than the scenario's. */
export function strayIncidents(scene: Scene): Incident[] {
  const { subject, scenario } = scene;
  return scene.incidents().filter((incident) => {
    if (incident.move === 'fail-back' || incident.outcome === 'refused') return false;
    if (!subject || !contains(subject, incident.subject)) return true;
    if (incident.subject.kind !== subject.kind) return !isTakenBack(incident);
    return incident.move !== scenario.move;
  });
}

/**
 * Two failures in a row take a node out of rotation, rightly, before there can be evidence on its zone: that touches
 * nothing as long as it is put back and nothing is launched or ended for it.
 */
function isTakenBack({ outcome, events }: Incident): boolean {
  const lasting = events.some((e) => e.step === 'launch' || e.step === 'retire');
  return (outcome === 'reverted' || outcome === 'subsumed') && !lasting;
}
