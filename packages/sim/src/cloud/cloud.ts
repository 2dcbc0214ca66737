import type {
  Clock,
  CloudPorts,
  Incident,
  NodeId,
  Notification,
  Random,
  RegionName,
  TargetState,
  ZoneId,
  ZoneName,
} from '@evac/core';

/**
 * What the simulated cloud is made of. Durations are milliseconds of the clock that drives it: a world at scale 0.2
 * multiplies each by 0.2 and says so in `scale`.
 */
export interface CloudSpec {
  /** Multiplies what AWS fixes and nothing here names: propagation delays, a zonal shift's bounds. 1 if left out. */
  scale?: number;
  service: string;
  dnsName: string;
  ttlMs: number;
  port: number;
  regions: RegionSpec[];
  /** From launch to a listening server, and from there to a loaded model. */
  bootMs: number;
  loadMs: number;
  deregistrationDelayMs: number;
  /** The balancer's own health check: interval, and results in a row to change its mind. */
  balancerCheckMs: number;
  balancerThreshold: number;
  /** Route 53 health checks of the switches: interval, and results in a row. */
  switchCheckMs: number;
  switchThreshold: number;
}

export interface RegionSpec {
  name: RegionName;
  weight: number;
  group: string;
  zones: { name: ZoneName; id: ZoneId }[];
  nodesPerZone: number;
  /** Smallest size of the group; 1 if left out. */
  min?: number;
  /** Maximum size of the group. */
  max: number;
}

/** Makes and unmakes the machines that the simulated Auto Scaling group launches. */
export interface Machines {
  /**
   * Resolves once the machine listens; loading the model (`loadMs`, 0 for the first nodes) may go on after that. A
   * rejection is a failed launch: Auto Scaling tries again.
   */
  start(machine: {
    region: RegionName;
    zone: ZoneName;
    node: NodeId;
    loadMs: number;
  }): Promise<{ host: string; port: number }>;
  stop(node: NodeId): Promise<void>;
  /**
   * Starts the server on a machine anew; resolves once it listens, and its model loads for `loadMs` after that.
   * Rejects with a sentence when the machine cannot be reached.
   */
  restart(machine: { node: NodeId; loadMs: number }): Promise<void>;
}

/** The simulated cloud: state and time, no sockets. `live/` puts sockets around it, virtual time drives it bare. */
export interface Cloud {
  ports(region: RegionName): CloudPorts;
  /** The balancer's own checks report here. */
  reportTarget(node: NodeId, ok: boolean): void;
  /** Where a new request of this region may go now: registered, in a zone not shifted away; fail-open. */
  routable(region: RegionName): { node: NodeId; zone: ZoneName; host: string; port: number }[];
  /** Route 53's own checks of the switches report here: `ok` before inversion. */
  reportSwitch(watched: RegionName, from: RegionName, ok: boolean): void;
  /** What the authoritative server would answer: the regions in play with their weights. */
  answer(): { region: RegionName; weight: number }[];
  /** The counters the balancer publishes per zone. */
  countRequest(region: RegionName, zone: ZoneName, ok: boolean, latencyMs: number): void;
  /** Capacity that a zone has left to launch; null is unlimited. What a node gave up does not come back. */
  setCapacity(zone: ZoneName, left: number | null): void;
  /** Scale-in protection: Auto Scaling itself never ends this node; a terminate by id still does. */
  setProtected(node: NodeId, on: boolean): void;
  /** The observer's view, whatever is broken. */
  view(): CloudView;
  /** Called at everything worth a line on a timeline. */
  onEvent(listener: (event: CloudEvent) => void): void;
  /**
   * Fills the groups and waits until every node listens. These nodes have run for a day: they boot and load in no
   * time. Everything else takes the spec's durations.
   */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface CloudEvent {
  at: number;
  kind:
    | 'node-launched'
    | 'node-listening'
    | 'node-terminated'
    | 'node-restarted'
    | 'target-state'
    | 'shift-started'
    | 'shift-ended'
    | 'switch'
    | 'weights'
    | 'dns-answer'
    | 'notification';
  region: RegionName | null;
  zone: ZoneName | null;
  node: NodeId | null;
  text: string;
}

export interface CloudView {
  regions: {
    name: RegionName;
    weight: number;
    answered: boolean;
    zones: { name: ZoneName; id: ZoneId; shifted: boolean }[];
    nodes: {
      node: NodeId;
      zone: ZoneName;
      lifecycle: string;
      /** `unused` when no target group knows the node. */
      target: TargetState;
      host: string;
      port: number;
      launchedAt: number;
    }[];
    desired: number;
    suspended: string[];
    incidents: Incident[];
    /** What was sent to people, oldest first. */
    notifications: Notification[];
  }[];
}

export type CreateCloud = (spec: CloudSpec, machines: Machines, clock: Clock, random: Random) => Cloud;
