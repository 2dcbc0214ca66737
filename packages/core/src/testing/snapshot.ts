import { type CheckHealth, type Health, type HealthState, newHealth } from '../health.ts';
import {
  incidentId,
  nodeId,
  regionName,
  serviceName,
  targetId,
  vantageId,
  zoneId,
  zoneName,
} from '../ids.ts';
import type { Incident } from '../incident.ts';
import type { Candidate, Subject } from '../move.ts';
import type { Outcome } from '../outcome.ts';
import type { ServiceSettings } from '../settings.ts';
import type { Snapshot, ZoneRound } from '../snapshot.ts';
import type { Target } from '../target.ts';

/** Worlds for tests: two regions by three zones by two nodes, all well, at `now`; each test breaks what it is about. */
export const now = 1_800_000_000_000;
const service = serviceName('llm');
export const west = regionName('us-west-2');
export const east = regionName('us-east-1');
const zones = ['a', 'b', 'c'].map((letter) => ({
  name: zoneName(`us-west-2${letter}`),
  id: zoneId(`usw2-az${letter}`),
}));
export const zoneA = zoneName('us-west-2a');
export const zoneB = zoneName('us-west-2b');
export const zoneC = zoneName('us-west-2c');

export function settings(change: Partial<ServiceSettings> = {}): ServiceSettings {
  const auto = 'automatic' as const;
  return {
    name: service,
    preset: 'vllm',
    model: null,
    port: 8000,
    regions: [
      { region: west, weight: 100, groups: ['llm'], endpoint: 'https://west.test', zones },
      {
        region: east,
        weight: 100,
        groups: ['llm'],
        endpoint: 'https://east.test',
        zones: zones.map((z) => ({
          name: zoneName(z.name.replace('west-2', 'east-1')),
          id: zoneId(z.id.replace('usw2', 'use1')),
        })),
      },
    ],
    dns: { name: 'llm.test', control: 'switch', ttlMs: 30_000 },
    revisionMustMatch: true,
    shallow: { kind: 'tcp', timeoutMs: 3_000, connection: 'fresh' },
    deep: null,
    progress: null,
    timing: {
      intervalMs: 5_000,
      deepIntervalMs: 30_000,
      fastIntervalMs: 1_000,
      graceMs: 1_200_000,
      freshMs: 15_000,
      noProgressMs: 90_000,
      recoveryMs: 120_000,
    },
    thresholds: {
      drainAfter: 2,
      replaceAfter: 4,
      healthyAfter: 3,
      zoneAlpha: 1e-6,
      zoneMinEffect: 0.2,
      zoneMinVolume: 6,
      zoneM: 2,
      zoneN: 12,
      zoneSlowFactor: 3,
      fleetShare: 0.5,
    },
    limits: {
      maxShare: 0.34,
      maxMovesPerHour: 10,
      breakerAfter: 3,
      cooldownMs: 600_000,
      cooldownGrowth: 2,
      capacityShare: 0.5,
      failBackAfterMs: 300_000,
      approvalMs: 900_000,
    },
    policy: { 'replace-node': auto, 'evacuate-zone': auto, 'fail-over-region': auto, 'fail-back': auto },
    restartFirst: false,
    retire: 'terminate',
    failBackStages: [10, 50, 100],
    maintenance: [],
    ...change,
  };
}

export const nodes = zones.flatMap(({ name }) =>
  [1, 2].map((n) => ({ zone: name, id: nodeId(`i-${name.at(-1)}${n}`) })),
);

export function nodeTarget(node: (typeof nodes)[number]): Target {
  return {
    kind: 'node',
    id: targetId(`node/${node.id}`),
    service,
    region: west,
    zone: node.zone,
    node: node.id,
    launchedAt: now - 86_400_000,
    address: { protocol: 'http', host: '10.0.0.1', port: 8000 },
  };
}

const vantages = zones.map(({ name }) => ({
  id: vantageId(`in/${name}`),
  region: west,
  zone: name,
  lastAt: now - 1_000,
  blind: false,
}));

export function check(change: Partial<CheckHealth> = {}): CheckHealth {
  return {
    failures: 0,
    successes: 9,
    bad: false,
    lastAt: now - 1_000,
    lastClass: 'ok',
    lastReason: 'answered',
    lastDetail: '200 in 12 ms',
    failingSince: null,
    latencyMs: 12,
    ...change,
  };
}

/** A check as it looks when its target has come to be in that state. */
export function checkIn(state: HealthState): CheckHealth {
  const failed = {
    lastClass: 'failed',
    lastReason: 'connect-refused',
    lastDetail: 'connection refused',
    successes: 0,
    bad: true,
    failingSince: now - 10_000,
  } as const;
  if (state === 'dead') return check({ ...failed, failures: 4 });
  if (state === 'failing') return check({ ...failed, failures: 2 });
  if (state === 'saturated')
    return check({ lastClass: 'saturated', lastReason: 'too-many-requests', lastDetail: '429' });
  if (state === 'unknown') return check({ lastAt: now - 60_000 });
  return check();
}

function health(target: string, vantage: string, state: HealthState): Health {
  const fresh = newHealth(
    targetId(target),
    vantageId(vantage),
    state === 'starting' ? now - 1_000 : now - 86_400_000,
  );
  return {
    ...fresh,
    state,
    since: now - 3_600_000,
    started: state !== 'starting',
    checks: { shallow: checkIn(state) },
  };
}

export function rounds(
  failedOf: (zone: string, round: number) => number,
  total = 6,
  count = 12,
): ZoneRound[] {
  return Array.from({ length: count }, (_, round) =>
    zones.map(({ name }): ZoneRound => {
      const failed = failedOf(name, round);
      const here = nodes.filter((n) => n.zone === name).map((n) => n.id);
      return {
        zone: name,
        source: 'probe',
        at: now - (count - round) * 5_000,
        total,
        failed,
        nodes: 2,
        affected: failed > 0 ? here : [],
        latencyMs: 12,
      };
    }),
  ).flat();
}

export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  const outside = (state: HealthState) => [
    { from: west, state, reason: 'answered', at: now - 1_000, since: now - 3_600_000, failing: null },
  ];
  return {
    service,
    cell: west,
    targets: nodes.map(nodeTarget),
    health: nodes.flatMap((n) => vantages.map((v) => health(`node/${n.id}`, v.id, 'healthy'))),
    vantages: [
      ...vantages,
      { id: vantageId('out/us-west-2'), region: west, zone: null, lastAt: now - 1_000, blind: false },
    ],
    rounds: rounds(() => 0),
    fleet: {
      groups: [{ name: 'llm', desired: 6, min: 3, max: 9, zones: zones.map((z) => z.name), suspended: [] }],
      nodes: nodes.map((n) => ({
        id: n.id,
        group: 'llm',
        zone: n.zone,
        lifecycle: 'in-service',
        launchedAt: now - 86_400_000,
        host: '10.0.0.1',
        port: 8000,
        protected: false,
      })),
    },
    balancer: nodes.map((n) => ({
      targetGroup: 'llm',
      node: n.id,
      port: 8000,
      zone: n.zone,
      state: 'healthy',
    })),
    shifts: [],
    regions: [west, east].map((region) => ({
      region,
      reachable: true,
      insideAt: now - 1_000,
      outside: outside('healthy'),
      healthyNodes: 6,
      totalNodes: 6,
      revision: 'sim-1',
      weight: 100,
      switchedOff: region === west ? null : false,
    })),
    incidents: [],
    pauses: [],
    breakerResetAt: null,
    requests: [],
    ...change,
  };
}

/** The nodes with these ids, as `seenBy` vantages (all by default) see them. */
export function withNodes(state: HealthState, ids: readonly string[], seenBy = vantages.length): Snapshot {
  const world = snapshot();
  const seers = vantages.slice(0, seenBy).map((v) => v.id);
  return {
    ...world,
    health: world.health.map((h) =>
      ids.some((id) => h.target === `node/${id}`) && seers.includes(h.vantage)
        ? health(h.target, h.vantage, state)
        : h,
    ),
  };
}

/** The same nodes after their first failed outcome: nothing is confirmed yet. */
export function withFirstFailures(ids: readonly string[]): Snapshot {
  const world = snapshot();
  const once = { ...checkIn('failing'), failures: 1, bad: false };
  return {
    ...world,
    health: world.health.map((h) =>
      ids.some((id) => h.target === `node/${id}`) ? { ...h, checks: { shallow: once } } : h,
    ),
  };
}

/** i-a1's generations fail since ten seconds; these nodes have generated well since. */
export function withBadGenerations(...well: string[]): Snapshot {
  const world = snapshot();
  return {
    ...world,
    health: world.health.map((h) => {
      const deep =
        h.target === 'node/i-a1'
          ? checkIn('dead')
          : check({ lastAt: now - (well.some((id) => h.target === `node/${id}`) ? 5_000 : 20_000) });
      return { ...h, checks: { ...h.checks, deep } };
    }),
  };
}

/** The other region as it looks from here when it has vanished. */
export function withEastDown(forMs = 20_000): Snapshot {
  const world = snapshot();
  return {
    ...world,
    regions: world.regions.map((r) =>
      r.region === east
        ? {
            ...r,
            reachable: false,
            insideAt: null,
            outside: r.outside.map((o) => ({
              ...o,
              state: 'dead' as const,
              reason: 'connection refused',
              since: now - forMs,
              failing: 'shallow' as const,
            })),
          }
        : r,
    ),
  };
}

export const nodeSubject = (id: string): Subject => {
  const node = nodes.find((n) => n.id === id);
  if (!node) throw new Error(`no node ${id} in this world`);
  return { kind: 'node', region: west, zone: node.zone, node: node.id };
};
export const zoneSubject = (zone = zoneA): Subject => ({ kind: 'zone', region: west, zone });
export const regionSubject = (region = east): Subject => ({ kind: 'region', region });

export function candidate(change: Partial<Candidate> = {}): Candidate {
  return {
    move: 'replace-node',
    service,
    subject: nodeSubject('i-a1'),
    verb: 'automatic',
    by: 'evac',
    because: 'it is dead',
    since: now - 10_000,
    ...change,
  };
}

export function incident(change: Partial<Incident> = {}): Incident {
  return {
    id: incidentId('earlier'),
    service,
    move: 'replace-node',
    subject: nodeSubject('i-a1'),
    verb: 'automatic',
    by: 'evac',
    because: 'it was dead',
    cell: west,
    openedAt: now - 120_000,
    closedAt: null,
    outcome: null,
    events: [],
    ...change,
  };
}

export function outcome(
  change: Partial<Pick<Outcome, 'check' | 'at' | 'latencyMs' | 'detail'>> & {
    class?: 'ok' | 'failed';
    reason?: Extract<Outcome, { class: 'failed' }>['reason'];
  } = {},
): Outcome {
  const base = {
    target: targetId('node/i-a1'),
    check: change.check ?? ('shallow' as const),
    at: change.at ?? now,
    latencyMs: change.latencyMs ?? 10,
    detail: change.detail ?? 'seen',
  };
  return change.class === 'failed'
    ? { ...base, class: 'failed', reason: change.reason ?? 'connect-refused' }
    : { ...base, class: 'ok', reason: 'answered' };
}
