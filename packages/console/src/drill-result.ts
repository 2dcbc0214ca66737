import type { GuardName, Incident, IncidentOutcome, MoveName } from '@evac/core';

/**
 * What one drill found: the object that `--json` prints, and all that a report needs. Plain data. Milliseconds
 * throughout; a null says that the thing did not happen, or could not be measured.
 */
export interface DrillResult {
  scenario: string;
  /** The fault in one sentence, for a reader who does not know its name. */
  about: string;
  seed: number;
  intervalMs: number;
  /** From the fault to the first verdict or decision that names it. */
  detectedMs: number | null;
  /** From the fault until nothing that is broken is given new traffic. */
  trafficStoppedMs: number | null;
  /** From the fault to the first good answer after the last request that failed. */
  recoveredMs: number | null;
  requests: RequestCounts;
  /** The longest time in which no client got a good answer. */
  longestGapMs: number | null;
  moves: MoveResult[];
  refusals: RefusalResult[];
  passed: boolean;

  promises: PromiseResult[];
  /** When the load began, epoch ms: the zero of the times below. */
  startedAt: number;
  durationMs: number;
  faults: FaultSpan[];
  series: Bucket[];
  events: RunEvent[];
  incidents: Incident[];
  /** What clients saw when a request failed, most frequent first. */
  failures: { reason: string; count: number }[];
  /** Requests that failed before there was a fault: the world was not well, and the drill proves less. */
  failedBeforeFault: number;
  world: WorldShape;
}

export interface RequestCounts {
  total: number;
  failed: number;
  /** Of the requests that were answered well; null when none was. */
  p50Ms: number | null;
  p99Ms: number | null;
}

/** One move, its times counted from the fault. */
export interface MoveResult {
  move: MoveName;
  /** "us-west-2/us-west-2a/i-1" */
  subject: string;
  /** Null while it is open. */
  outcome: IncidentOutcome | null;
  steps: StepResult[];
}

export interface StepResult {
  step: string;
  startedMs: number;
  /** Null while it runs. */
  endedMs: number | null;
  state: StepState;
  /** The last thing it wrote. */
  text: string;
}

export type StepState = 'running' | 'done' | 'failed' | 'undone';

/** One refusal, however often it was repeated; times from the fault. */
export interface RefusalResult {
  move: MoveName;
  subject: string;
  guard: GuardName;
  because: string;
  unblock: string;
  firstMs: number;
  lastMs: number;
  count: number;
}

/** "Out of rotation within 9 s". Without a limit it is a plain yes or no: "No node is replaced". */
export interface PromiseResult {
  name: string;
  limitMs: number | null;
  actualMs: number | null;
  held: boolean;
}

/** A fault that was on, in ms from `startedAt`; `offMs` is null when it was left on. */
export interface FaultSpan {
  name: string;
  target: string | null;
  onMs: number;
  offMs: number | null;
}

/** What became of the requests that were asked in the `widthMs` from `atMs` (ms from the start of the series). */
export interface Bucket {
  atMs: number;
  widthMs: number;
  ok: number;
  failed: number;
  p50Ms: number | null;
  p99Ms: number | null;
}

export type RunEventKind =
  | 'fault-on'
  | 'fault-off'
  | 'detected'
  | 'traffic-stopped'
  | 'recovered'
  | 'move'
  | 'refused'
  | 'alert'
  | 'cloud'
  | 'note';

/** One line on the run's timeline; `atMs` is from the start of the run. */
export interface RunEvent {
  atMs: number;
  kind: RunEventKind;
  text: string;
}

export interface WorldShape {
  regions: { name: string; weight: number; zones: { name: string; nodes: number }[] }[];
  dnsName: string;
  ttlMs: number;
  /** 0.2 when everything ran five times faster than the defaults. */
  scale: number;
}

/** What one report shows: one drill, or several over one stretch of load. */
export interface Run {
  title: string;
  /** Epoch ms: the zero of `series` and `events`. */
  startedAt: number;
  durationMs: number;
  series: Bucket[];
  events: RunEvent[];
  /** In the order they ran; each keeps its own `startedAt`. */
  drills: DrillResult[];
}

/** One drill as a run of its own. */
export function runOfDrill(drill: DrillResult): Run {
  const { startedAt, durationMs, series, events } = drill;
  return { title: `Drill: ${drill.scenario}`, startedAt, durationMs, series, events, drills: [drill] };
}
