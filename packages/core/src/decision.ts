import type { HealthState } from './health.ts';
import type { NodeId, RegionName, ZoneName } from './ids.ts';
import type { Candidate, PlannedMove } from './move.ts';
import type { CheckKind, OutcomeClass, Reason } from './outcome.ts';

export const guardNames = [
  'paused',
  'maintenance',
  'lease',
  'cooldown',
  'quorum',
  'freshness',
  'fleet',
  'contrast',
  'subsumed',
  'last-one-standing',
  'blast-radius',
  'breaker',
  'capacity',
  'readiness',
  'ownership',
  'approval',
] as const;
export type GuardName = (typeof guardNames)[number];

/** "refused by cooldown: us-west-2a was evacuated 4m ago; clear in 6m, or force" is because; unblock. */
export interface Refusal {
  candidate: Candidate;
  guard: GuardName;
  because: string;
  unblock: string;
}

export interface NodeVerdict {
  node: NodeId;
  zone: ZoneName;
  verdict: HealthState;
  /** Vantages that say `failing` or `dead`, and those that can see it at all. */
  bad: number;
  seeing: number;
  /** A majority's last outcome failed: with a bad verdict it fails now, without one it is not yet a verdict. */
  suspect: boolean;
  /** Of the worst that a vantage has to say. */
  class: OutcomeClass;
  reason: Reason;
  detail: string;
  since: number;
  /** The check whose present run of failures began first, when that was, and its last failure; null while there is none. */
  failing: { check: CheckKind; since: number; lastAt: number } | null;
  /** When each check last had a good answer, from any vantage. */
  answeredAt: Partial<Record<CheckKind, number>>;
}

export interface ZoneVerdict {
  zone: ZoneName;
  verdict: 'healthy' | 'suspected' | 'impaired' | 'unknown';
  because: string;
  since: number;
  /** Failure shares over the window: here, and in the other zones together. */
  share: number | null;
  restShare: number | null;
  /** One-sided and Holm-corrected; null when there was too little to test. */
  p: number | null;
  badRounds: number;
}

export interface RegionVerdict {
  region: RegionName;
  verdict: 'serving' | 'suspected' | 'down' | 'unknown';
  because: string;
  since: number;
}

export interface FleetVerdict {
  verdict:
    | 'normal'
    | 'bad-release'
    | 'wrong-probe'
    | 'overloaded'
    | 'failing-everywhere'
    | 'suspect-vantage'
    | 'unknown';
  because: string;
  affected: number;
  total: number;
}

export interface RevisionVerdict {
  verdict: 'same' | 'differs' | 'unknown';
  because: string;
}

export interface Verdicts {
  nodes: NodeVerdict[];
  zones: ZoneVerdict[];
  regions: RegionVerdict[];
  fleet: FleetVerdict;
  revision: RevisionVerdict;
}

/** Something a person or a scaler should know that no move can mend. */
export interface Alert {
  kind:
    | 'scale-out'
    | 'wrong-probe'
    | 'bad-release'
    | 'suspect-vantage'
    | 'vantage-silent'
    | 'refused'
    | 'certificate';
  severity: 'info' | 'warning' | 'critical';
  /** A node, a vantage, the path of a move's subject, or `fleet`: with the kind, what makes it the same alert again. */
  subject: string;
  text: string;
}

/** What to do, and for the rest why not. */
export interface Decision {
  at: number;
  service: string;
  cell: RegionName;
  verdicts: Verdicts;
  moves: PlannedMove[];
  refusals: Refusal[];
  alerts: Alert[];
}

/** "refused by GUARD: BECAUSE; UNBLOCK" */
export function refusalSentence(refusal: Refusal): string {
  return `refused by ${refusal.guard}: ${refusal.because}; ${refusal.unblock}`;
}
