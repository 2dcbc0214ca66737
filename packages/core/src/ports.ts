import type { Health } from './health.ts';
import type { IncidentId, NodeId, RegionName, ServiceName, ZoneId, ZoneName } from './ids.ts';
import type { Incident, IncidentEvent, IncidentOutcome } from './incident.ts';
import type { Outcome } from './outcome.ts';
import type { ProbeAsk, ProgressAsk } from './probe-spec.ts';
import type { FleetFact, Pause, ShiftFact, TargetFact, ZoneRound } from './snapshot.ts';
import type { Observation, Target } from './target.ts';

/**
 * What Evac needs of the world. Every method takes one plain argument and returns plain JSON, rejects with a
 * {@link PortError} or an error of the transport, and may be called twice with the same argument.
 * Ports act on one region, their own; only dns is global.
 */

export const portErrorCodes = [
  'throttled',
  'unavailable',
  'contention',
  'no-capacity',
  'at-limit',
  'not-found',
  'conflict',
  'stale-token',
  'invalid',
] as const;
export type PortErrorCode = (typeof portErrorCodes)[number];

/** A refusal of the cloud that a step must tell apart from others. */
export class PortError extends Error {
  readonly code: PortErrorCode;
  constructor(code: PortErrorCode, message: string) {
    super(message);
    this.name = 'PortError';
    this.code = code;
  }
}

export interface Fleet {
  describe(ask: { service: ServiceName }): Promise<FleetFact>;
  /**
   * Launches one node into a zone and raises the desired capacity by one. The same `token` never launches a second.
   * Rejects with `no-capacity` (this zone has none now) or `at-limit` (the group's maximum).
   */
  launch(ask: { group: string; zone: ZoneName; token: string }): Promise<{ node: NodeId }>;
  /** With `decrement`, lowers the desired capacity by one: no replacement. A node that is gone is no error. */
  terminate(ask: { node: NodeId; decrement: boolean }): Promise<void>;
  /** Detaches the node, alive, for forensics; decrement as in {@link terminate}. */
  keep(ask: { node: NodeId; decrement: boolean }): Promise<void>;
  suspend(ask: { group: string; process: 'AZRebalance' }): Promise<void>;
  resume(ask: { group: string; process: 'AZRebalance' }): Promise<void>;
  /** The zones new launches may use. Asked for again, it ends what a call that was interrupted had begun. */
  setZones(ask: { group: string; zones: ZoneName[] }): Promise<void>;
  /** Rejects with `at-limit` outside of the group's minimum and maximum. */
  setDesired(ask: { group: string; desired: number }): Promise<void>;
}

export interface Balancer {
  health(ask: { service: ServiceName }): Promise<TargetFact[]>;
  /** Unknown targets are no error, as in ELB. */
  deregister(ask: { targetGroup: string; node: NodeId; port: number }): Promise<void>;
  register(ask: { targetGroup: string; node: NodeId; port: number }): Promise<void>;
  /** Request counters per zone and bucket since `since`: evidence beside the probes. None need be there while no request fails. */
  traffic(ask: { service: ServiceName; since: number }): Promise<ZoneRound[]>;
}

export interface ZonalShift {
  /** Shifts in force on the service's load balancer. */
  list(ask: { service: ServiceName }): Promise<ShiftFact[]>;
  /** Rejects with `conflict` when another shift is in force. */
  start(ask: {
    service: ServiceName;
    awayFrom: ZoneId;
    expiresInMs: number;
    comment: string;
  }): Promise<ShiftFact>;
  extend(ask: { id: string; expiresInMs: number }): Promise<void>;
  /** A shift that has ended is no error. */
  cancel(ask: { id: string }): Promise<void>;
}

/** Runs a command on a node (SSM on AWS), and only this one. */
export interface Restart {
  /**
   * Restarts the inference server on the node, not the machine. Resolves once the server was started anew: it loads its
   * model after that. The same `token` never restarts twice. Rejects with `not-found` when the node is gone, and with
   * `unavailable` when it cannot be reached.
   */
  restart(ask: { node: NodeId; token: string }): Promise<void>;
}

export interface DnsRecord {
  region: RegionName;
  weight: number;
  /** What the health check says now; true where there is none, null where it could not be asked. */
  healthy: boolean | null;
}

export interface Dns {
  records(ask: { service: ServiceName }): Promise<DnsRecord[]>;
  /** All or nothing. */
  setWeights(ask: { service: ServiceName; weights: Record<string, number> }): Promise<{ change: string }>;
  /** True once the change is answered by every authoritative server. */
  inSync(ask: { change: string }): Promise<boolean>;
  /** What the authoritative servers answer now, by region: asks them, not the API. */
  answers(ask: { service: ServiceName }): Promise<RegionName[]>;
}

/** Lives in the region that takes over; on means "that region is out". */
export interface Switch {
  read(ask: { service: ServiceName; region: RegionName }): Promise<boolean>;
  write(ask: { service: ServiceName; region: RegionName; on: boolean }): Promise<void>;
}

export interface Lease {
  scope: string;
  holder: IncidentId;
  token: number;
  expiresAt: number;
}

/** One region's memory. Conditional writes make races harmless. */
export interface Store {
  /** What the probes are to ask: written by the cell that may describe the fleet, read by vantages that may not. */
  writeTargets(ask: { service: ServiceName; targets: Target[] }): Promise<void>;
  /** Empty until somebody has written. */
  readTargets(ask: { service: ServiceName }): Promise<Target[]>;
  putObservation(observation: Observation): Promise<void>;
  /** The last one of each vantage. */
  observations(ask: { service: ServiceName }): Promise<Observation[]>;
  readHealth(ask: {
    service: ServiceName;
  }): Promise<{ health: Health[]; rounds: ZoneRound[]; version: number }>;
  /** False if another writer was first: read again. Each write is the next version. */
  writeHealth(ask: {
    service: ServiceName;
    health: Health[];
    rounds: ZoneRound[];
    version: number;
  }): Promise<boolean>;
  /** Null if another holder's lease has not expired. The same holder gets a new, higher token. */
  acquireLease(ask: { scope: string; holder: IncidentId; ttlMs: number }): Promise<Lease | null>;
  releaseLease(ask: { scope: string; token: number }): Promise<void>;
  /** False if it exists. */
  openIncident(ask: { incident: Incident }): Promise<boolean>;
  incident(ask: { id: IncidentId }): Promise<Incident | null>;
  /** Open ones, and those closed since. */
  incidents(ask: { service: ServiceName; since: number }): Promise<Incident[]>;
  /**
   * Appends and renews the lease in one write; rejects with `stale-token` unless `token` is the scope's present one
   * and its lease has not expired. An act may follow only a write that succeeded.
   */
  record(ask: {
    id: IncidentId;
    scope: string;
    token: number;
    ttlMs: number;
    event: Omit<IncidentEvent, 'seq' | 'at'>;
  }): Promise<IncidentEvent>;
  /** Closing twice keeps the first outcome. */
  closeIncident(ask: { id: IncidentId; outcome: IncidentOutcome; text: string }): Promise<void>;
  pauses(): Promise<Pause[]>;
  addPause(pause: Pause): Promise<void>;
  removePause(ask: { id: string }): Promise<void>;
  breakerResetAt(): Promise<number | null>;
  resetBreaker(ask: { by: string; reason: string }): Promise<void>;
}

export interface Notification {
  severity: 'info' | 'warning' | 'critical';
  service: ServiceName;
  title: string;
  text: string;
  incident: IncidentId | null;
}

export interface Notify {
  send(notification: Notification): Promise<void>;
}

export interface Clock {
  /** Epoch ms. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `run` later, unless called off with what this returns: cheaper than a sleep that is aborted, where a clock can. */
  after?(ms: number, run: () => void): () => void;
}

export interface Random {
  /** At least 0, below 1. */
  next(): number;
}

export interface ProbePort {
  /** Never rejects: what goes wrong is the outcome. */
  ask(ask: {
    target: Target;
    check: 'shallow' | 'deep';
    probe: ProbeAsk;
    progress: ProgressAsk | null;
    /** The model the service must answer with; null accepts any. */
    model: string | null;
    signal?: AbortSignal;
  }): Promise<Outcome>;
}

/** One region's cloud, as its cell sees it. */
export interface CloudPorts {
  fleet: Fleet;
  balancer: Balancer;
  zonalShift: ZonalShift;
  restart: Restart;
  dns: Dns;
  switch: Switch;
  store: Store;
  notify: Notify;
}
