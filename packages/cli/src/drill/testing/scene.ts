import {
  type Incident,
  type IncidentEvent,
  incidentId,
  nodeId,
  regionName,
  type Subject,
  serviceName,
  zoneId,
  zoneName,
} from '@evac/core';
import type { LoadResult } from '@evac/sim/load';
import type { OrchestratorEvent } from '../../orchestrator/event.ts';
import { findScenario, type Scenario } from '../scenario.ts';
import type { Scene } from '../watch-scene.ts';

/** Scenes made by hand: one region `west` with a node in each of two zones, a fault that struck at 0, an interval of 1 s. */
const west = regionName('west');
const zoneA = zoneName('west-a');
const node = nodeId('i-1');
export const aNode: Subject = { kind: 'node', region: west, zone: zoneA, node };
export const aZone: Subject = { kind: 'zone', region: west, zone: zoneA };
export const aRegion: Subject = { kind: 'region', region: west };
export const otherNode: Subject = {
  kind: 'node',
  region: west,
  zone: zoneName('west-b'),
  node: nodeId('i-2'),
};

type Told = OrchestratorEvent extends infer E ? (E extends unknown ? Omit<E, 'cell'> : never) : never;

interface Made {
  scenario: string | Scenario;
  subject: Subject | null;
  incidents?: Incident[];
  told?: Told[];
  /** When each node was last given a request. */
  lastRequestAt?: Record<string, number>;
  results?: LoadResult[];
}

export function scene({
  scenario,
  subject,
  incidents = [],
  told = [],
  lastRequestAt = {},
  results = [],
}: Made): Scene {
  const known = typeof scenario === 'string' ? findScenario(scenario) : scenario;
  if (!known) throw new Error(`there is no drill named ${String(scenario)}`);
  const nodes = [node, nodeId('i-2')].map((id, i) => ({
    node: id,
    zone: i === 0 ? zoneA : zoneName('west-b'),
    lifecycle: 'in-service',
    target: 'healthy' as const,
    host: '127.0.0.1',
    port: 1,
    launchedAt: 0,
  }));
  const zones = [zoneA, zoneName('west-b')].map((name, i) => ({ name, id: zoneId(`z${i}`), shifted: false }));
  const region = { name: west, weight: 100, answered: true, zones, nodes, desired: 2, suspended: [] };
  return {
    scenario: known,
    subject,
    faultAt: 0,
    stage: {
      intervalMs: 1_000,
      scale: 0.2,
      results,
      world: {
        admin: '',
        dns: { host: '', port: 0 },
        global: '',
        service: 'chat',
        model: 'm',
        dnsName: 'chat.test',
        srv: false,
        ttlMs: 6_000,
        port: 80,
        scale: 0.2,
        regions: [],
      },
      view: () => ({
        faults: [],
        lastRequestAt: { regions: {}, nodes: lastRequestAt },
        regions: [{ ...region, incidents, notifications: [] }],
      }),
    },
    incidents: () => incidents,
    told: () => told.map((event) => ({ ...event, cell: west })),
  };
}

/** An incident of which only what is given matters. */
export function incident(
  given: Pick<Incident, 'move' | 'subject'> &
    Partial<Pick<Incident, 'openedAt' | 'outcome'>> & {
      steps?: (Pick<IncidentEvent, 'step' | 'phase'> & { at?: number })[];
    },
): Incident {
  const { outcome = null, openedAt = 1_000, steps = [] } = given;
  return {
    id: incidentId(`${given.move}.1`),
    service: serviceName('chat'),
    move: given.move,
    subject: given.subject,
    verb: 'automatic',
    by: 'evac',
    because: 'it fails',
    cell: west,
    openedAt,
    closedAt: outcome === null ? null : openedAt + 9_000,
    outcome,
    events: steps.map((step, i) => ({ at: openedAt, ...step, seq: i + 1, text: '' })),
  };
}

export function answer(at: number, ok: boolean, region = 'west'): LoadResult {
  return { at, latencyMs: 10, region, ok, error: ok ? null : 'timeout', ttftMs: null, node: null };
}
