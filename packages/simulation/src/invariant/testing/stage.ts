import {
  type CloudPorts,
  type Incident,
  type IncidentEvent,
  type IncidentOutcome,
  incidentId,
  type MoveName,
  type NodeId,
  nodeId,
  type Outcome,
  type RegionName,
  regionName,
  type ServiceSettings,
  type Subject,
  serviceName,
  targetId,
  type VantageId,
  type Verb,
  vantageId,
  type ZoneName,
  zoneId,
  zoneName,
} from '@evac/core';
import type { ActiveFault, CloudView } from '@evac/sim';
import { settings as coreSettings } from '../../../../core/src/testing/snapshot.ts';
import type { Invariant, Process, Scene, Truth } from '../../contract.ts';

export const west = regionName('us-west-2');
export const east = regionName('us-east-1');
export const service = serviceName('chat');
export const startedAt = 1_800_000_000_000;

const zonesOf = (region: RegionName): ZoneName[] => ['a', 'b', 'c'].map((z) => zoneName(`${region}${z}`));
export const [zoneA, zoneB, zoneC] = zonesOf(west) as [ZoneName, ZoneName, ZoneName];

/** Two in each zone: `i-us-west-2a-0`. */
export const nodeOf = (zone: ZoneName, n = 0): NodeId => nodeId(`i-${zone}-${n}`);
export const regionOf = (zone: ZoneName): RegionName => regionName(zone.slice(0, -1));

export const ofNode = (zone: ZoneName, n = 0): Subject => ({
  kind: 'node',
  region: regionOf(zone),
  zone,
  node: nodeOf(zone, n),
});
export const ofZone = (zone: ZoneName): Subject => ({ kind: 'zone', region: regionOf(zone), zone });
export const ofRegion = (region: RegionName): Subject => ({ kind: 'region', region });

const usual = coreSettings();
const settings = coreSettings({
  name: service,
  regions: [west, east].map((region) => ({
    region,
    weight: 100,
    groups: [`chat-${region}`],
    endpoint: `https://chat.${region}.example.com`,
    zones: zonesOf(region).map((name) => ({ name, id: zoneId(`${name}-id`) })),
  })),
  dns: { name: 'chat.example.com', control: 'switch', ttlMs: 30_000 },
  deep: { kind: 'tcp', timeoutMs: 20_000, connection: 'fresh' },
  timing: { ...usual.timing, graceMs: 120_000 },
  limits: { ...usual.limits, failBackAfterMs: 600_000 },
});

const world: Scene['world'] = {
  regions: settings.regions.map(({ region, zones }) => ({
    name: region,
    weight: 100,
    zones,
    nodesPerZone: 2,
    max: 12,
  })),
  service: {},
  rate: 10,
  bootMs: 20_000,
  loadMs: 40_000,
  latencyMs: 20,
  skewMs: {},
};

type RegionView = CloudView['regions'][number];
type NodeView = RegionView['nodes'][number];

interface Made {
  by?: Process;
  region?: RegionName;
  error?: string;
}

interface Change {
  service?: Partial<ServiceSettings>;
  troubles?: Scene['troubles'];
  world?: Partial<Scene['world']>;
}

function createBase(invariant: Invariant, change: Change) {
  const bad = new Map<string, number>();
  const dark = new Map<RegionName, number>();
  const blind = new Map<VantageId, number>();
  const faults: (ActiveFault & { since: number })[] = [];
  const answered: (number | null)[] = [];
  const tokens = new Map<string, number>();
  let troubledAt = startedAt;
  const view: CloudView = {
    regions: settings.regions.map(
      ({ region, zones }): RegionView => ({
        name: region,
        weight: 100,
        answered: true,
        zones: zones.map((z) => ({ ...z, shifted: false })),
        nodes: zones.flatMap((z) =>
          [0, 1].map(
            (n): NodeView => ({
              node: nodeOf(z.name, n),
              zone: z.name,
              lifecycle: 'in-service',
              target: 'healthy',
              host: '10.0.0.1',
              port: 8000,
              launchedAt: startedAt - 86_400_000,
            }),
          ),
        ),
        desired: 6,
        suspended: [],
        incidents: [],
        notifications: [],
      }),
    ),
  };
  const regionView = (region: RegionName) => view.regions.find((r) => r.name === region) as RegionView;

  const truth = {
    now: startedAt,
    startedAt,
    scene: { seed: 1, world: { ...world, ...change.world }, troubles: change.troubles ?? [] },
    service: { ...settings, ...change.service },
    view: () => view,
    routable: (region: RegionName) => {
      const { nodes, zones } = regionView(region);
      const shifted = zones.filter((z) => z.shifted).map((z) => z.name);
      const open = nodes.filter(
        (n) => ['initial', 'healthy', 'unhealthy'].includes(n.target) && !shifted.includes(n.zone),
      );
      const healthy = open.filter((n) => n.target === 'healthy');
      return (healthy.length > 0 ? healthy : open).map(({ node, zone }) => ({ node, zone }));
    },
    badSince: (node: NodeId) => bad.get(node) ?? null,
    darkSince: (region: RegionName) => dark.get(region) ?? null,
    faults: () => faults,
    blindSince: (vantage: VantageId) => blind.get(vantage) ?? null,
    troubledAt: () => troubledAt,
    quiet: () => false,
    answered,
  };

  function call<P extends keyof CloudPorts>(
    port: P,
    method: keyof CloudPorts[P] & string,
    ask: unknown,
    result: unknown,
    made: Made = {},
    effect: () => void = () => {},
  ): string | null {
    const by = made.by ?? { kind: 'step', region: west };
    const one = { at: truth.now, region: made.region ?? by.region, port, method, ask, by };
    const kept = invariant.before?.(one, truth);
    if (made.error === undefined) effect();
    const ended = made.error === undefined ? { result } : { error: new Error(made.error) };
    return invariant.after?.(one, ended, truth, kept) ?? null;
  }

  const stage = {
    truth,
    view: regionView,
    call,
    second: (): string | null => invariant.second?.(truth satisfies Truth) ?? null,
    end: (): string[] => invariant.end?.(truth) ?? [],
    breaks(node: NodeId, ms: number): void {
      bad.set(node, startedAt + ms);
    },
    mends(node: NodeId) {
      bad.delete(node);
    },
    blinds(vantage: VantageId, ms: number) {
      blind.set(vantage, startedAt + ms);
    },
    goesDark(region: RegionName, ms: number) {
      dark.set(region, startedAt + ms);
      for (const { node } of regionView(region).nodes) bad.set(node, startedAt + ms);
    },
    strikes(fault: ActiveFault, ms: number) {
      faults.push({ ...fault, since: startedAt + ms });
      troubledAt = startedAt + ms;
    },
    heals() {
      faults.length = 0;
      troubledAt = truth.now;
    },
    /** So many seconds of requests, of which this share was answered. */
    answers(share: number | null, seconds: number) {
      for (let i = 0; i < seconds; i += 1) answered.push(share);
    },

    /** A run of a step of an incident, with the lease that it was last given. */
    step(incident: Incident, step: string): Process {
      const scope = scopeOf(incident);
      const token = tokens.get(scope);
      return {
        kind: 'step',
        region: incident.cell,
        execution: incident.id,
        incident: incident.id,
        step,
        token: token === undefined ? null : { scope, token },
      };
    },
    lease(incident: Incident, by: Process = stage.step(incident, 'admit'), ttlMs = 600_000): number {
      const scope = scopeOf(incident);
      const token = (tokens.get(scope) ?? 0) + 1;
      tokens.set(scope, token);
      const lease = { scope, holder: incident.id, token, expiresAt: truth.now + ttlMs };
      call('store', 'acquireLease', { scope, holder: incident.id, ttlMs }, lease, { by });
      return token;
    },
    open(incident: Incident): Incident {
      const by = stage.step(incident, 'admit');
      call('store', 'openIncident', { incident }, true, { by });
      return incident;
    },
    record(
      incident: Incident,
      event: Pick<IncidentEvent, 'step' | 'phase'> & Partial<IncidentEvent>,
      by: Process = stage.step(incident, event.step),
    ): string | null {
      const written = { text: event.step, ...event, seq: 1, at: truth.now };
      const ask = {
        id: incident.id,
        scope: scopeOf(incident),
        token: by.token?.token ?? tokens.get(scopeOf(incident)) ?? 0,
        ttlMs: 600_000,
        event: { text: event.step, ...event },
      };
      return call('store', 'record', ask, written, { by });
    },
    /** Opens it, takes the lease, reads the store and admits it; the complaint, if there is one. */
    admit(incident: Incident): string | null {
      stage.open(incident);
      stage.lease(incident);
      return stage.readmit(incident);
    },
    readmit(incident: Incident, step = 'admit'): string | null {
      const by = stage.step(incident, step);
      call('store', 'incidents', { service, since: 0 }, [], { by });
      call('store', 'pauses', undefined, [], { by });
      return stage.record(incident, { step, phase: 'done' }, by);
    },
    close(incident: Incident, outcome: IncidentOutcome): void {
      call('store', 'closeIncident', { id: incident.id, outcome, text: outcome }, undefined, {
        by: stage.step(incident, 'close'),
      });
    },
    /** A vantage of the region tells its store of some targets; in a zone, or outside of the VPC. */
    observes(
      region: RegionName,
      zone: ZoneName | null,
      outcomes: (Pick<Outcome, 'class'> &
        Partial<Pick<Outcome, 'reason' | 'latencyMs' | 'check'>> & { target: string })[],
      blind = false,
    ): void {
      const observation = {
        service,
        vantage: vantageId(zone === null ? `out/${region}` : `in/${zone}`),
        region,
        zone,
        at: truth.now,
        blind,
        outcomes: outcomes.map((o) => ({
          reason: 'answered',
          at: truth.now,
          latencyMs: 40,
          detail: '',
          check: 'shallow',
          ...o,
          target: targetId(o.target),
        })),
      };
      call('store', 'putObservation', observation, undefined, { by: { kind: 'probe', region } });
    },
    targets(region: RegionName): void {
      const targets = regionView(region).nodes.map((n) => ({
        kind: 'node',
        id: targetId(`node/${n.node}`),
        zone: n.zone,
        node: n.node,
      }));
      call('store', 'writeTargets', { service, targets }, undefined, { by: { kind: 'judge', region } });
    },
  };
  return stage;
}

type Base = ReturnType<typeof createBase>;
export interface Stage extends Base {
  /** Moves time on, to so many ms after the start. */
  at(ms: number): Stage;
}

/**
 * A hand-made world of two regions, three zones each, two nodes a zone, all in order; and an invariant that is told what
 * happens in it. Times are milliseconds from the scene's start.
 */
export function createStage(invariant: Invariant, change: Change = {}): Stage {
  const base = createBase(invariant, change);
  const stage: Stage = {
    ...base,
    at(ms) {
      base.truth.now = startedAt + ms;
      return stage;
    },
  };
  return stage;
}

let incidents = 0;

export function moveOf(
  move: MoveName,
  subject: Subject,
  verb: Verb = 'automatic',
  cell: RegionName = subject.region,
): Incident {
  incidents += 1;
  return {
    id: incidentId(`${move}.${incidents}`),
    service,
    move,
    subject,
    verb,
    by: 'evac',
    because: 'it fails',
    cell,
    openedAt: startedAt,
    closedAt: null,
    outcome: null,
    events: [],
  };
}

function scopeOf(incident: Incident): string {
  const { subject } = incident;
  const parts = [
    subject.region,
    ...(subject.kind === 'region' ? [] : [subject.zone]),
    ...(subject.kind === 'node' ? [subject.node] : []),
  ];
  return `${incident.service}/${parts.join('/')}`;
}
