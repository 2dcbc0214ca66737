import type { IncidentId, RegionName, ServiceName } from './ids.ts';
import { contains, type MoveName, type Subject, subjectPath, type Verb } from './move.ts';

/**
 * `recovered`: done and proven. `reverted`: begun, could not be finished, undone. `refused`: a guard said no at
 * Admit, or a person declined; nothing was done. `subsumed`: a larger move took over. `failed`: could neither be
 * finished nor undone, or would do harm if it were undone; a person is needed.
 */
export const incidentOutcomes = ['recovered', 'reverted', 'refused', 'subsumed', 'failed'] as const;
export type IncidentOutcome = (typeof incidentOutcomes)[number];

/** What a step wrote. `intent` is written before an act, `done` after it; the rest are notes. */
export type EventPhase = 'intent' | 'done' | 'undone' | 'waiting' | 'failed' | 'note';

export interface IncidentEvent {
  /** 1, 2, 3 …: the store gives it. */
  seq: number;
  at: number;
  /** The step's name: `drain`, `launch-replacement`. */
  step: string;
  phase: EventPhase;
  /** One sentence for the timeline. */
  text: string;
  /** What a second run of the step, or its undoing, has to know. Plain JSON. */
  data?: Record<string, unknown>;
}

/** One move's record, from evidence to proof. */
export interface Incident {
  id: IncidentId;
  service: ServiceName;
  move: MoveName;
  subject: Subject;
  verb: Verb;
  by: string;
  because: string;
  /** The region whose cell runs it and whose store holds it. */
  cell: RegionName;
  openedAt: number;
  closedAt: number | null;
  outcome: IncidentOutcome | null;
  /** Held or extended: an evacuated zone stays "open" to its fail-back, though its machine has ended. */
  events: IncidentEvent[];
}

/** The last event of a step in one of these phases. */
export function lastEvent(
  incident: Incident,
  step: string,
  ...phases: EventPhase[]
): IncidentEvent | undefined {
  return incident.events.findLast(
    (e) => e.step === step && (phases.length === 0 || phases.includes(e.phase)),
  );
}

/** An evacuation that is done and proven stays open for as long as it holds its zone empty: nothing moves any more. */
export function isHeld(incident: Incident): boolean {
  const { move, closedAt } = incident;
  return move === 'evacuate-zone' && closedAt === null && lastEvent(incident, 'prove', 'done') !== undefined;
}

/** Whether what a move has taken out has its traffic back: an evacuation may not have noticed it yet. */
export function isFailedBack(moved: Incident, incidents: readonly Incident[]): boolean {
  return failBacksOf(moved, incidents).some((back) => back.outcome === 'recovered');
}

/** The fail-backs, open or closed, of what a move has taken out: those of its subject that were opened since. */
export function failBacksOf(moved: Incident, incidents: readonly Incident[]): Incident[] {
  const path = subjectPath(moved.subject);
  return incidents.filter(
    (i) => i.move === 'fail-back' && i.openedAt >= moved.openedAt && subjectPath(i.subject) === path,
  );
}

/** Whether a region was failed over, and no fail-back of it has succeeded since. */
export function isFailedOver(region: RegionName, incidents: readonly Incident[]): boolean {
  return incidents.some((i) => hasTakenOver(i) && i.subject.region === region && !isFailedBack(i, incidents));
}

/** Whether a failover took its region out of DNS and left it so: it is proven, or it failed and DNS was not turned back. */
export function hasTakenOver(incident: Incident): boolean {
  if (incident.move !== 'fail-over-region') return false;
  if (incident.outcome !== 'failed') return incident.outcome === 'recovered';
  const turned = lastEvent(incident, 'flip', 'intent', 'done', 'undone');
  return turned !== undefined && turned.phase !== 'undone';
}

/**
 * The move that left a dead node out of the load balancer: since others served and no replacement was to be had, or since
 * it failed and could not put it back. Null if none did, or the node has its traffic back.
 */
export function leftOutBy(node: Subject, incidents: readonly Incident[]): Incident | null {
  const path = subjectPath(node);
  const last = incidents
    .filter((i) => i.move === 'replace-node' && subjectPath(i.subject) === path && lastEvent(i, 'drain'))
    .toSorted((a, b) => b.openedAt - a.openedAt)[0];
  if (!last || last.closedAt === null || isFailedBack(last, incidents)) return null;
  const drained = lastEvent(last, 'drain', 'intent', 'done', 'undone');
  const isLeft = last.outcome === 'failed' && drained !== undefined && drained.phase !== 'undone';
  return isLeft || last.events.some((e) => e.step === 'drain' && e.data?.leftOut === true) ? last : null;
}

/**
 * The open move of the zone or region that the subject lies in. Not an evacuation that is held: what died in an empty
 * zone must be replaced before the zone can have its traffic back.
 */
export function largerMove(incidents: Incident[], subject: Subject): Incident | undefined {
  return incidents.find(
    (i) =>
      i.closedAt === null && i.subject.kind !== subject.kind && contains(i.subject, subject) && !isHeld(i),
  );
}
