import type {
  AlarmMemory,
  Clock,
  CloudPorts,
  Decision,
  IncidentId,
  MoveName,
  PlannedMove,
  ProbePort,
  Random,
  RegionName,
  ServiceSettings,
  Settings,
  Snapshot,
  Store,
  Subject,
  Vantage,
  Verb,
} from '@evac/core';
import type { FoldMemory } from './cell/fold.ts';

/** One region's cell: everything a step, a round or a judgement may touch. Nothing here is global. */
export interface Cell {
  region: RegionName;
  settings: Settings;
  ports: CloudPorts;
  /** The other regions' stores, read-only: what they know of themselves. Any may be gone. */
  peers: { region: RegionName; store: Pick<Store, 'incidents' | 'readHealth'> }[];
  probe: ProbePort;
  vantages: Vantage[];
  clock: Clock;
  random: Random;
  machines: MachineRunner;
  /** Of the alarms that went off, where the judge is told of any. */
  alarms?: AlarmMemory;
  /** Kept by a judge from one judgement to the next; left out, all that is folded is written. */
  folded?: FoldMemory;
}

/** Starts executions. Step Functions on AWS, aws-local-stepfunctions here. */
export interface MachineRunner {
  /** Starting a name that runs or has run is no error: it says so, and nothing runs twice. */
  start(ask: { machine: MoveName; name: string; input: MoveInput }): Promise<'started' | 'exists'>;
  /** Names of the executions that run now. */
  running(): Promise<string[]>;
}

/** An execution's input. A person gives only service, zone (or node, region) and reason; Admit fills in the rest. */
export interface MoveInput {
  incident: IncidentId;
  service: ServiceSettings['name'];
  move: MoveName;
  subject: Subject;
  cell: RegionName;
  verb: Verb;
  by: string;
  because: string;
  needsApproval: boolean;
  /** Seconds, for the machine's Wait states. */
  waits: { pollSeconds: number; holdSeconds: number };
}

/** What every task of every machine sends to its handler. */
export interface StepInput {
  step: string;
  execution: string;
  /** Seconds after which the machine gives this up and may ask again; none from an execution that is older than this field. */
  timeoutSeconds?: number;
  input: MoveInput;
  /** From Admit. */
  lease: { scope: string; token: number } | null;
  /** Set by the Catch that leads to Revert. */
  error: { Error: string; Cause: string } | null;
}

/** What a step says: the machine's Choice states read `next`, a person reads `text`. `mended`: no more of the move is needed. */
export interface StepResult {
  next: 'go' | 'wait' | 'stop' | 'mended';
  text: string;
  /** The lease to go on with: the caller's own unless the step took a new one. */
  lease?: { scope: string; token: number } | null;
}

/** One judgement of one service, for logs, views and replay. */
export interface Judgement {
  snapshot: Snapshot;
  decision: Decision;
  started: PlannedMove[];
}
