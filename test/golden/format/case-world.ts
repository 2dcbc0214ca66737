import type { CheckKind, IncidentOutcome, MoveName, NodeLifecycle, Verb } from '@evac/core';

/** A snapshot as a base world in which all is well, and what is different. README.md tells every field. */
export interface CaseWorld {
  about: string;
  world?: { regions?: number; zones?: number; nodes?: number };
  cell?: string;
  nodes?: Record<string, NodeState | NodeChange>;
  vantages?: Record<string, 'silent' | 'blind' | 'never'>;
  zones?: Record<string, ZoneChange>;
  regions?: Record<string, 'down' | RegionChange>;
  incidents?: CaseIncident[];
  requests?: CaseRequest[];
  pauses?: CasePause[] | null;
  shifts?: string[] | null;
  fleet?: null;
  balancer?: null;
  breakerReset?: string;
}

export const nodeStates = [
  'healthy',
  'suspect',
  'failing',
  'dead',
  'clearing',
  'saturated',
  'starting',
  'misconfigured',
  'unknown',
  'absent',
] as const;
export type NodeState = (typeof nodeStates)[number];

export interface NodeChange {
  state: NodeState;
  check?: CheckKind;
  reason?: string;
  detail?: string;
  for?: string;
  ago?: string;
  seenBy?: string[];
  stuck?: string;
  /** `/health`, which failed too, is answered since its generation was refused for loading. */
  over?: true;
  age?: string;
  lifecycle?: NodeLifecycle;
  /** Not in the load balancer. */
  out?: true;
}

interface ZoneChange {
  failed?: number;
  rounds?: number;
  affected?: string[];
  latency?: number;
  traffic?: { requests: number; failed: number };
}

interface RegionChange {
  outside?: Record<string, 'healthy' | 'failing' | 'dead' | 'clearing' | 'saturated' | 'stale' | null>;
  inside?: string | null;
  reachable?: boolean;
  revision?: string | null;
  weight?: number | null;
  switchedOff?: boolean;
  for?: string;
  check?: 'shallow' | 'deep';
}

interface CaseIncident {
  move: MoveName;
  subject: string;
  opened: string;
  closed?: string;
  outcome?: IncidentOutcome;
  done?: string[];
  /** It left its node out of the load balancer. */
  leftOut?: true;
}

interface CaseRequest {
  verb: Verb;
  move: MoveName;
  subject: string;
}

interface CasePause {
  reason: string;
  move?: MoveName;
  service?: string;
  endsIn?: string;
  endedAgo?: string;
}
