import type { Pause, RegionName, ServiceName } from '@evac/core';
import type { Action } from './actions.ts';

/**
 * An account as far as a config is about it: plain data, read by read.ts and judged by others. What could not be read
 * is null, and then there is a gap that says why; what is not there is missing from its list, or says that it is absent.
 */
export interface Picture {
  stage: string;
  clock: ClockPicture | null;
  regions: RegionPicture[];
  names: NamePicture[];
  gaps: Gap[];
}

/** Something that was asked and not told. */
export interface Gap {
  region: RegionName;
  action: Action;
  /** `denied`: the permission is missing. `unanswered`: no answer, or none in time. `refused`: any other refusal. */
  why: 'denied' | 'unanswered' | 'refused';
  text: string;
}

/** Both in epoch ms, at the same moment, as well as can be told. */
export interface ClockPicture {
  region: RegionName;
  here: number;
  there: number;
}

export interface RegionPicture {
  region: RegionName;
  /** False: it does not answer, or refuses everything, and nothing more was asked. */
  answers: boolean;
  /** Zone IDs by name, as this account has them. */
  zones: Record<string, string> | null;
  groups: GroupPicture[] | null;
  targetGroups: TargetGroupPicture[] | null;
  loadBalancers: LoadBalancerPicture[] | null;
  subnets: { id: string; zone: string; free: number }[] | null;
  /** vCPUs by instance type. */
  vcpus: Record<string, number> | null;
  /** Everything of the account that runs here. */
  running: { type: string; spot: boolean; count: number }[] | null;
  /** EC2's quotas of vCPUs, by their names. */
  quotas: { name: string; code: string; value: number }[] | null;
  /** Elastic Load Balancing's, by name. */
  limits: Record<string, number> | null;
  alarms: AlarmPicture[] | null;
  /** Mute rules in force. */
  mutes: { name: string; alarms: string[]; until: number | null }[] | null;
  /** Whether the config's event bus is there; null also where it has none. */
  eventBus: 'there' | 'absent' | null;
  /** As many runs of functions as Lambda allows at once, without those that are reserved. */
  runsAtOnce: number | null;
  cell: CellPicture;
}

export interface GroupPicture {
  name: string;
  beingDeleted: boolean;
  min: number;
  max: number;
  desired: number;
  /** With those that are being kept empty. */
  zones: string[];
  subnets: string[];
  healthChecks: string[];
  graceMs: number;
  suspended: string[];
  targetGroups: string[];
  /** What it does in a zone that it is shifted away from; null: it takes part in no zonal shift. */
  zonalShift: 'replaces' | 'ignores' | null;
  instances: { id: string; zone: string; inService: boolean }[];
  /** Of the instances that it has and may launch. */
  types: string[];
  spot: boolean;
}

export interface TargetGroupPicture {
  arn: string;
  name: string;
  port: number;
  loadBalancers: string[];
  deregistrationMs: number | null;
  targets: { id: string; state: string }[] | null;
}

export interface LoadBalancerPicture {
  arn: string;
  name: string;
  type: string;
  internal: boolean;
  state: string;
  dnsName: string;
  zones: string[];
  /** Whether ARC may shift it. */
  shiftable: boolean | null;
  /** Zone IDs that it is shifted away from now. */
  shifts: string[] | null;
}

export interface AlarmPicture {
  name: string;
  state: string;
  actionsEnabled: boolean;
  /** What suppresses a composite alarm's actions now. */
  suppressedBy: string | null;
}

export const partKinds = [
  'table',
  'stream',
  'ttl',
  'backups',
  'protection',
  'function',
  'concurrency',
  'mapping',
  'machine',
  'schedule',
  'rule',
  'topic',
] as const;

/** One resource of a cell, or one setting of it. */
export interface Part {
  kind: (typeof partKinds)[number];
  name: string;
  /** In AWS's own word; `absent` where it is not there. Of a topic, how many have subscribed. */
  state: string;
}

export interface CellPicture {
  parts: Part[];
  /** By service: when each vantage was last heard, in epoch ms. */
  observations: { service: ServiceName; vantages: { vantage: string; at: number }[] }[] | null;
  pauses: Pause[] | null;
}

export interface NamePicture {
  service: ServiceName;
  name: string;
  /** Why no hosted zone can be told; null where there is one, or that could not be read. */
  zoneProblem: string | null;
  records: RecordPicture[] | null;
  checks: CheckPicture[];
}

export interface RecordPicture {
  /** Whose it is; null: nobody's of the service. */
  region: RegionName | null;
  identifier: string | null;
  type: string;
  /** Null: it is not weighted. */
  weight: number | null;
  /** Null: an alias. */
  ttlMs: number | null;
  check: string | null;
}

export interface CheckPicture {
  id: string;
  absent: boolean;
  type: string;
  inverted: boolean;
  disabled: boolean;
  path: string;
  intervalMs: number;
  failures: number;
  children: string[];
  /** Of a calculated check: so many children have to be healthy. */
  threshold: number;
  /** The share of checkers that see success, before inversion; null where none has said anything. */
  success: number | null;
}
