import type {
  CloudPorts,
  MoveName,
  NodeId,
  RegionName,
  ServiceSettings,
  Subject,
  VantageId,
  Verb,
  ZoneName,
} from '@evac/core';
import type { ActiveFault, CloudView, FaultName } from '@evac/sim';
import type { admitMove, judgeService, machines, resumeOpen, stillNeeded } from '@evac/workflow';

/** What one seed draws: a world, and what happens to it. Plain data, so that it can be printed, kept and shrunk. */
export interface Scene {
  seed: number;
  world: DrawnWorld;
  troubles: Trouble[];
}

export interface DrawnWorld {
  regions: {
    name: RegionName;
    weight: number;
    zones: { name: ZoneName; id: string }[];
    nodesPerZone: number;
    /** The group's maximum. */
    max: number;
  }[];
  /** The service in the words of a config, as an owner would write it; resolved by core/config. */
  service: Record<string, unknown>;
  /** Requests a second, over all regions. */
  rate: number;
  bootMs: number;
  loadMs: number;
  /** What a call of a port takes when all is well. */
  latencyMs: number;
  /** What each region's clocks are ahead of the store's; within 5 s of each other. */
  skewMs: Record<string, number>;
}

interface Lasting {
  /** From the scene's start, in ms. */
  at: number;
  forMs: number;
}

/** One thing that goes wrong, or that a person does. What lasts ends by itself, so that any subset is a scene too. */
export type Trouble =
  /** The target is a node as `us-west-2a/0` (the first of the zone at that moment), a zone, a region, or `world`. */
  | ({ kind: 'fault'; name: FaultName; target: string } & Lasting)
  /** A zone's capacity to launch: none, or so many. */
  | ({ kind: 'capacity'; zone: ZoneName; left: number } & Lasting)
  /** The probe function of a vantage: killed in the middle, not started, started late, or started twice. */
  | ({ kind: 'probe'; vantage: VantageId; what: 'killed' | 'skipped' | 'late' | 'doubled' } & Lasting)
  /** A vantage that cannot reach the nodes of a zone, though everybody else can. */
  | ({ kind: 'cut-off'; vantage: VantageId; from: ZoneName } & Lasting)
  /** A vantage whose network is gone: it reaches nothing, its controls neither, though its store takes what it writes. */
  | ({ kind: 'blind'; vantage: VantageId } & Lasting)
  /** A share of the calls of one region's port (`*`: all of them) goes wrong. */
  | ({
      kind: 'port';
      region: RegionName;
      port: keyof CloudPorts | '*';
      what: 'throttled' | 'slow' | 'gone' | 'stale' | 'lost' | 'contention';
      share: number;
    } & Lasting)
  /**
   * The next run of a step, or of a judgement, that comes to its `call`-th call that changes anything dies there: before or
   * after it took effect.
   */
  | {
      kind: 'kill';
      at: number;
      what: 'step' | 'judge';
      /** Of this step only. */
      step?: 'launch';
      region: RegionName;
      call: number;
      after: boolean;
    }
  /**
   * The next run of a step that writes to its store (`intent`: that writes what it is about to do) hangs there for `lateMs`,
   * and then goes on, though every execution of the region was stopped meanwhile, as from the console.
   */
  | { kind: 'straggler'; at: number; region: RegionName; write: 'any' | 'intent'; lateMs: number }
  /** Every execution of a region is stopped, as from the console. */
  | { kind: 'abort'; at: number; region: RegionName }
  /** The same alarm, so many times at once. */
  | { kind: 'alarm'; at: number; region: RegionName; times: number }
  | ({ kind: 'pause'; region: RegionName; move: MoveName | null } & Lasting)
  | { kind: 'answer'; at: number; region: RegionName; granted: boolean }
  | { kind: 'reset-breaker'; at: number; region: RegionName }
  | {
      kind: 'request';
      at: number;
      region: RegionName;
      verb: Exclude<Verb, 'automatic'>;
      move: MoveName;
      target: string;
    };

/** What a test may put another one in place of, to see that the simulation notices. */
export interface Parts {
  judgeService: typeof judgeService;
  admitMove: typeof admitMove;
  stillNeeded: typeof stillNeeded;
  resumeOpen: typeof resumeOpen;
  machines: typeof machines;
  /** Between the system and the cloud's ports of one region; `by` is who calls. */
  ports(ports: CloudPorts, by: Process): CloudPorts;
  settings(service: ServiceSettings): ServiceSettings;
}

/** One run of one function, as Lambda runs it; it may die at any call. */
export interface Process {
  kind: 'probe' | 'judge' | 'step' | 'person';
  region: RegionName;
  /** Of a step. */
  execution?: string;
  incident?: string;
  step?: string;
  token?: { scope: string; token: number } | null;
}

/** A call of a port, at the moment it takes effect. */
export interface Call {
  at: number;
  /** Whose port it is. */
  region: RegionName;
  port: keyof CloudPorts;
  method: string;
  ask: unknown;
  by: Process;
}

/** What is really so, whatever anybody believes. Read-only. */
export interface Truth {
  now: number;
  /** When the scene began: its troubles count from here. */
  startedAt: number;
  scene: Scene;
  service: ServiceSettings;
  view(): CloudView;
  /** Where a request of this region would go now. */
  routable(region: RegionName): { node: NodeId; zone: ZoneName }[];
  /** Since when a client could not be served by this node (it fails, loads or is gone); null while it serves. */
  badSince(node: NodeId): number | null;
  /** Since when the region as a whole is dark; null while it is not. */
  darkSince(region: RegionName): number | null;
  faults(): readonly (ActiveFault & { since: number })[];
  /** Since when the vantage reaches nothing at all, by a trouble of its own; null while it does. */
  blindSince(vantage: VantageId): number | null;
  /** When the last trouble began or ended, or the last person did something. */
  troubledAt(): number;
  /** True once nothing is broken any more and nothing more will be. */
  quiet(): boolean;
  /** Share of the requests of each past second that were answered, oldest first; null for a second without any. */
  answered: readonly (number | null)[];
}

/**
 * One rule that must hold whatever happens. Each hook returns a sentence for every breach it sees; it keeps its own
 * state in a closure, made anew for each scene. It sees every call, but for what probes and judgements only read.
 */
export interface Invariant {
  name: string;
  /** Also hears what vantages tell, what load balancers count and what judgements keep of both: most of all calls. */
  hearsWords?: true;
  /** Just before a call takes effect; what it returns is kept for {@link after}. */
  before?(call: Call, truth: Truth): unknown;
  /** Just after, with its result or error. */
  after?(
    call: Call,
    outcome: { result: unknown } | { error: unknown },
    truth: Truth,
    kept: unknown,
  ): string | null;
  /** Every second. */
  second?(truth: Truth): string | null;
  /** After the quiet time that follows the last trouble. */
  end?(truth: Truth): string[];
}

export interface Violation {
  invariant: string;
  /** From the scene's start. */
  atMs: number;
  text: string;
}

export interface Move {
  move: MoveName;
  subject: Subject;
  verb: Verb;
  outcome: string | null;
  openedMs: number;
  closedMs: number | null;
}

export interface SceneResult {
  seed: number;
  violations: Violation[];
  /** Of the whole trace. */
  digest: string;
  virtualMs: number;
  moves: Move[];
  /** By guard. */
  refusals: Record<string, number>;
  /** For each fault that led to a move on its target: to the verdict (detected) and to the move's proof (recovered). */
  faults: { name: FaultName; detectedMs: number | null; recoveredMs: number | null }[];
}
