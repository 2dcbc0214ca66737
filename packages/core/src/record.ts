import type { Decision } from './decision.ts';
import type { ServiceSettings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';

/** Raised when a line comes to mean something else; what is merely added needs no new number. */
export const recordVersion = 1;

/** The settings that later lines name by their digest. */
export interface RecordedSettings {
  kind: 'settings';
  version: number;
  digest: string;
  /** How much faster than the config's own durations the cells ran: 0.2 is five times. */
  scale: number;
  settings: ServiceSettings;
}

/** One judgement: what was known, and what was made of it. */
export interface RecordedJudgement {
  kind: 'judgement';
  version: number;
  /** The time that the decision was made for, epoch ms. */
  at: number;
  settings: string;
  snapshot: Snapshot;
  decision: Decision;
}

export type RecordLine = RecordedSettings | RecordedJudgement;

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };
/** Every field that must be there, typed so that a new one is not forgotten here; `true` asks for no more. */
type Shape<T> = T extends readonly (infer Item)[]
  ? [Shape<Item>]
  : T extends string | number | boolean
    ? true
    : { [K in keyof Present<T>]: true | Shape<NonNullable<T[K]>> };

const snapshotShape: Shape<Snapshot> = {
  service: true,
  cell: true,
  targets: [{ kind: true, id: true, service: true, region: true, address: true, launchedAt: true }],
  health: [
    {
      target: true,
      vantage: true,
      state: true,
      since: true,
      startingSince: true,
      started: true,
      checks: true,
      progress: true,
      model: true,
      revision: true,
    },
  ],
  vantages: [{ id: true, region: true, zone: true, lastAt: true, blind: true }],
  rounds: [
    {
      zone: true,
      source: true,
      at: true,
      total: true,
      failed: true,
      nodes: true,
      affected: true,
      latencyMs: true,
    },
  ],
  fleet: true,
  balancer: true,
  shifts: true,
  regions: [
    {
      region: true,
      reachable: true,
      insideAt: true,
      outside: true,
      healthyNodes: true,
      totalNodes: true,
      revision: true,
      weight: true,
      switchedOff: true,
    },
  ],
  incidents: [
    {
      id: true,
      service: true,
      move: true,
      subject: true,
      verb: true,
      by: true,
      because: true,
      cell: true,
      openedAt: true,
      closedAt: true,
      outcome: true,
      events: true,
    },
  ],
  pauses: true,
  breakerResetAt: true,
  requests: true,
};

/** What probes and steps read, and no decision does. */
type Unread =
  | 'preset'
  | 'model'
  | 'port'
  | 'deep'
  | 'progress'
  | 'restartFirst'
  | 'retire'
  | 'failBackStages';

const settingsShape: Shape<Omit<ServiceSettings, Unread>> = {
  name: true,
  regions: [{ region: true, weight: true, groups: true, endpoint: true, zones: true }],
  dns: true,
  revisionMustMatch: true,
  shallow: true,
  timing: {
    intervalMs: true,
    deepIntervalMs: true,
    fastIntervalMs: true,
    graceMs: true,
    freshMs: true,
    noProgressMs: true,
    recoveryMs: true,
  },
  thresholds: {
    drainAfter: true,
    replaceAfter: true,
    healthyAfter: true,
    zoneAlpha: true,
    zoneMinEffect: true,
    zoneMinVolume: true,
    zoneM: true,
    zoneN: true,
    zoneSlowFactor: true,
    fleetShare: true,
  },
  limits: {
    maxShare: true,
    maxMovesPerHour: true,
    breakerAfter: true,
    cooldownMs: true,
    cooldownGrowth: true,
    capacityShare: true,
    failBackAfterMs: true,
    approvalMs: true,
  },
  policy: { 'replace-node': true, 'evacuate-zone': true, 'fail-over-region': true, 'fail-back': true },
  maintenance: [{ from: true, to: true, reason: true }],
};

const decisionShape: Shape<Decision> = {
  at: true,
  service: true,
  cell: true,
  verdicts: { nodes: true, zones: true, regions: true, fleet: true, revision: true },
  moves: true,
  refusals: true,
  alerts: true,
};

const judgementShape: Shape<RecordedJudgement> = {
  kind: true,
  version: true,
  at: true,
  settings: true,
  snapshot: snapshotShape,
  decision: decisionShape,
};

/** A line of a record as this version understands it; `missing` names what a decision needs and the line has not. */
export type ReadLine =
  | { kind: 'settings'; digest: string; scale: number; settings: ServiceSettings | null; missing: string[] }
  | { kind: 'judgement'; judgement: RecordedJudgement | null; missing: string[] }
  /** What a later version may have added. */
  | { kind: 'other' };

/** Reads a line that any version has written: what is unknown is left alone, what is missing is named. */
export function readLine(content: unknown): ReadLine {
  if (!isObject(content)) return { kind: 'other' };
  if (content.kind === 'judgement') {
    const gaps = missing(content, judgementShape);
    return {
      kind: 'judgement',
      judgement: has<RecordedJudgement>(content, gaps) ? content : null,
      missing: gaps,
    };
  }
  if (content.kind !== 'settings') return { kind: 'other' };
  const { digest, scale, settings } = content;
  if (typeof digest !== 'string' || typeof scale !== 'number') return { kind: 'other' };
  const gaps = missing(settings, settingsShape, 'settings');
  return {
    kind: 'settings',
    digest,
    scale,
    settings: has<ServiceSettings>(settings, gaps) ? settings : null,
    missing: gaps,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Our own writer made it, and no field that is needed is missing. */
function has<T>(value: unknown, gaps: string[]): value is T {
  return value !== undefined && gaps.length === 0;
}

interface Fields {
  [name: string]: true | Fields | [true | Fields];
}

function missing(value: unknown, shape: true | Fields | [true | Fields], path = ''): string[] {
  if (shape === true) return [];
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${path} (a list)`];
    return [...new Set(value.flatMap((item) => missing(item, shape[0], `${path}[]`)))];
  }
  if (!isObject(value)) return [`${path} (an object)`];
  const fields = new Map(Object.entries(value));
  return Object.entries(shape).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return fields.has(name) ? missing(fields.get(name), inner, at) : [at];
  });
}
