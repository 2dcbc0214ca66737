import type { RegionName, ServiceName, ZoneId, ZoneName } from './ids.ts';
import type { MoveName } from './move.ts';
import type { ProbeAsk, ProgressAsk } from './probe-spec.ts';

/**
 * The resolved configuration: what `evac.config.ts` means once presets, defaults and units are applied.
 * Every duration is in milliseconds. The functions read this and never the schema that made it, so that
 * zod (455 KB) stays out of their bundles.
 */

export const presetNames = [
  'vllm',
  'sglang',
  'tgi',
  'triton',
  'trtllm',
  'dynamo',
  'llama.cpp',
  'ollama',
  'lmdeploy',
  'bentoml',
  'ray-serve',
  'sagemaker',
  'http',
] as const;
export type PresetName = (typeof presetNames)[number];

export interface Timing {
  /** Shallow rounds. */
  intervalMs: number;
  deepIntervalMs: number;
  /** Between a first bad (or good) outcome and its confirmation. */
  fastIntervalMs: number;
  /** A node younger than this is `starting`. */
  graceMs: number;
  /** An observation older than this is `unknown`. */
  freshMs: number;
  /** Pending work without a new token for this long is a hang. */
  noProgressMs: number;
  /** The owner's promise: a failed node, zone or region is out of the way within this. */
  recoveryMs: number;
}

export interface Thresholds {
  /** Failures in a row that stop new traffic. */
  drainAfter: number;
  /** Failures in a row that replace. */
  replaceAfter: number;
  /** Successes in a row that clear. */
  healthyAfter: number;
  /** The zone test's false-alarm level (after Holm), per round. */
  zoneAlpha: number;
  /** The zone's failure share must exceed the rest's by this much. */
  zoneMinEffect: number;
  /** Fewer outcomes than this in a window say nothing. */
  zoneMinVolume: number;
  /** The zone is impaired when `zoneM` of the last `zoneN` rounds say so. */
  zoneM: number;
  zoneN: number;
  /** A latency ratio over the other zones' median that counts as impact. */
  zoneSlowFactor: number;
  /** This share of all nodes, over several zones, failing at once is no node's fault. */
  fleetShare: number;
}

export type PolicyMode = 'observe' | 'approve' | 'automatic';

export interface Limits {
  /** At most this share of a region's nodes, rounded down but at least one, may be out through us at once. */
  maxShare: number;
  /** Moves begun in an hour, over a service. */
  maxMovesPerHour: number;
  /** Moves that failed or were reverted in an hour before everything stops until a person resets it. */
  breakerAfter: number;
  cooldownMs: number;
  /** Each repetition on the same subject within a day multiplies the cooldown by this. */
  cooldownGrowth: number;
  /** Survivors must be able to carry this share of the present load. */
  capacityShare: number;
  /** A zone or region must have been healthy this long before fail-back. */
  failBackAfterMs: number;
  approvalMs: number;
}

export interface MaintenanceWindow {
  /** Epoch ms. */
  from: number;
  to: number;
  reason: string;
}

export interface ServiceRegion {
  region: RegionName;
  /** Route 53 weight in normal times; 0 is a standby. */
  weight: number;
  /** Auto Scaling group names. */
  groups: string[];
  /** The region's own public endpoint, asked by every region's outside vantage. Empty: there is none, and nothing acts. */
  endpoint: string;
  zones: { name: ZoneName; id: ZoneId }[];
}

export interface ServiceSettings {
  name: ServiceName;
  preset: PresetName;
  /** The model id that every node must answer with; null accepts any. */
  model: string | null;
  port: number;
  regions: ServiceRegion[];
  dns: { name: string; control: 'switch' | 'records'; ttlMs: number } | null;
  /** Whether a failover target must serve the same revision. */
  revisionMustMatch: boolean;
  shallow: ProbeAsk;
  deep: ProbeAsk | null;
  progress: ProgressAsk | null;
  timing: Timing;
  thresholds: Thresholds;
  limits: Limits;
  policy: Record<MoveName, PolicyMode>;
  /** A node whose server a restart may mend is restarted once a day before it is replaced. */
  restartFirst: boolean;
  /** What becomes of a node that was replaced. */
  retire: 'terminate' | 'keep';
  /** The stages of a fail-back, in percent of the normal weight. */
  failBackStages: number[];
  maintenance: MaintenanceWindow[];
}

export interface Settings {
  /** Asked by every vantage before it believes what it sees. */
  controls: string[];
  services: ServiceSettings[];
}
