import type { IncidentId, NodeId, RegionName, ServiceName, ZoneName } from './ids.ts';

export const moveNames = ['replace-node', 'evacuate-zone', 'fail-over-region', 'fail-back'] as const;
export type MoveName = (typeof moveNames)[number];

/** What a move is about. A node lies in a zone, a zone in a region. */
export type Subject =
  | { kind: 'node'; region: RegionName; zone: ZoneName; node: NodeId }
  | { kind: 'zone'; region: RegionName; zone: ZoneName }
  | { kind: 'region'; region: RegionName };

/** `automatic`: Evac itself. `recover`: a person, the evidence must agree. `force`: a person, against some guards. */
export type Verb = 'automatic' | 'recover' | 'force';

/** A move that the evidence, or a person, suggests. Guards decide whether it may begin. */
export interface Candidate {
  move: MoveName;
  service: ServiceName;
  subject: Subject;
  verb: Verb;
  /** `evac`, or who asked. */
  by: string;
  /** The evidence, or the person's reason, as one sentence. */
  because: string;
  /** When the trouble began as far as the evidence says, epoch ms. */
  since: number;
}

/** A candidate that passed every guard. */
export interface PlannedMove extends Candidate {
  incident: IncidentId;
  /** The cell that runs it. */
  cell: RegionName;
  needsApproval: boolean;
}

/** "us-west-2", "us-west-2/us-west-2a", "us-west-2/us-west-2a/i-1": a prefix of what lies inside it. */
export function subjectPath(subject: Subject): string {
  switch (subject.kind) {
    case 'region':
      return subject.region;
    case 'zone':
      return `${subject.region}/${subject.zone}`;
    case 'node':
      return `${subject.region}/${subject.zone}/${subject.node}`;
  }
}

/** The subject's own name, as a person says it. */
export function subjectName(subject: Subject): string {
  if (subject.kind === 'node') return subject.node;
  return subject.kind === 'zone' ? subject.zone : subject.region;
}

/** True if `inner` is `outer` or lies inside it. */
export function contains(outer: Subject, inner: Subject): boolean {
  if (outer.region !== inner.region) return false;
  if (outer.kind === 'region') return true;
  if (inner.kind === 'region' || outer.zone !== inner.zone) return false;
  if (outer.kind === 'zone') return true;
  return inner.kind === 'node' && outer.node === inner.node;
}
