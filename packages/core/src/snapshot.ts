import type { Health, HealthState } from './health.ts';
import type { NodeId, RegionName, ServiceName, VantageId, ZoneId, ZoneName } from './ids.ts';
import type { Incident } from './incident.ts';
import type { Candidate, MoveName } from './move.ts';
import type { CheckKind } from './outcome.ts';
import type { Target } from './target.ts';

/** Everything one decision may look at: plain data, so that it can be kept, replayed and compared. */
export interface Snapshot {
  service: ServiceName;
  /** The region whose cell decides. */
  cell: RegionName;
  targets: Target[];
  /** Of every vantage whose observations this cell's store holds. */
  health: Health[];
  vantages: VantageFact[];
  /** The last rounds' counts per zone of this region, oldest first. */
  rounds: ZoneRound[];
  /** Null where the cloud's API did not answer: nothing that needs it may move. */
  fleet: FleetFact | null;
  balancer: TargetFact[] | null;
  shifts: ShiftFact[] | null;
  regions: RegionFact[];
  /** Open ones, and those closed within the last day, of this cell and of the peers that answered. */
  incidents: Incident[];
  /** Null when the store could not be read: then everything counts as paused. */
  pauses: Pause[] | null;
  /** When a person last reset the breaker, epoch ms. */
  breakerResetAt: number | null;
  /** Moves that a person asks for. */
  requests: Candidate[];
  /** That went off lately; absent in records of earlier versions, and where none are kept. */
  alarms?: AlarmFact[];
}

/** An alarm of CloudWatch that went into ALARM, and what it is about: told beside the evidence, and no part of it. */
export interface AlarmFact {
  name: string;
  /** When it went off, epoch ms. */
  at: number;
  region: RegionName;
  zone: ZoneName | null;
  node: NodeId | null;
  /** What says what it is about: the config, its tags, or its metrics' dimensions. */
  because: 'config' | 'tags' | 'dimensions';
}

export interface VantageFact {
  id: VantageId;
  region: RegionName;
  zone: ZoneName | null;
  /** When its last observation arrived; null if never. */
  lastAt: number | null;
  blind: boolean;
}

/** What was seen of one zone in one round: probes, or the load balancer's own request counters. */
export interface ZoneRound {
  zone: ZoneName;
  source: 'probe' | 'traffic';
  at: number;
  total: number;
  failed: number;
  /** Nodes asked, and those of them with a failed outcome; empty where the source does not tell nodes apart. */
  nodes: number;
  affected: NodeId[];
  /** A typical latency of what was answered; null when nothing was. */
  latencyMs: number | null;
  /** Each vantage's part of it; absent where the source has no vantages, and in records of earlier versions. */
  seen?: SeenPart[];
}

export interface SeenPart {
  vantage: VantageId;
  total: number;
  failed: number;
  /** Nodes that failed it; absent where none did, and in records of earlier versions. */
  affected?: NodeId[];
}

export type NodeLifecycle = 'pending' | 'in-service' | 'terminating' | 'terminated';

export interface NodeFact {
  id: NodeId;
  group: string;
  zone: ZoneName;
  lifecycle: NodeLifecycle;
  launchedAt: number;
  /** Where its target group sends traffic. */
  host: string;
  port: number;
  protected: boolean;
}

export interface GroupFact {
  name: string;
  desired: number;
  min: number;
  max: number;
  zones: ZoneName[];
  /** Processes now suspended: `AZRebalance`. */
  suspended: string[];
}

export interface FleetFact {
  groups: GroupFact[];
  nodes: NodeFact[];
}

/** As ELB names them. */
export type TargetState =
  | 'initial'
  | 'healthy'
  | 'unhealthy'
  | 'unhealthy.draining'
  | 'unused'
  | 'draining'
  | 'unavailable';

export interface TargetFact {
  targetGroup: string;
  node: NodeId;
  port: number;
  zone: ZoneName;
  state: TargetState;
}

export interface ShiftFact {
  id: string;
  resource: string;
  awayFrom: ZoneId;
  expiresAt: number;
  applied: boolean;
}

/** What one region's cell says of itself, or what is known of it from here. */
export interface RegionFact {
  region: RegionName;
  /** Whether its cell's store answered us; always true of our own. */
  reachable: boolean;
  /** When its inside vantages last wrote; null if never, or if it did not answer. */
  insideAt: number | null;
  /** Endpoint health as each region's outside vantage last saw it. */
  outside: {
    from: RegionName;
    state: HealthState;
    reason: string;
    at: number;
    since: number;
    /** The check that has failed for longest; null while none fails. */
    failing: CheckKind | null;
    /** It was bad, and its last answers were good (not enough of them yet to be cleared), or that it is full. */
    clearing?: boolean;
  }[];
  healthyNodes: number | null;
  totalNodes: number | null;
  revision: string | null;
  /** Its weight in DNS now; null if DNS could not be read. */
  weight: number | null;
  /** True if its switch has taken it out of DNS. */
  switchedOff: boolean | null;
}

/** A reason not to begin any move of `service` (or of any, when null). Several may hold at once. */
export interface Pause {
  id: string;
  service: ServiceName | null;
  move: MoveName | null;
  by: string;
  reason: string;
  at: number;
  /** Null until somebody ends it. */
  until: number | null;
}
