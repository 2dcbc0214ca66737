import {
  type CheckKind,
  type Incident,
  incidentId,
  type NodeFact,
  nodeId,
  type Observation,
  type Outcome,
  regionName,
  type ServiceSettings,
  vantageId,
  zoneName,
} from '@evac/core';
import { resolveConfig } from '@evac/core/config';

/** A region of three nodes, one in each zone, and the words to say what was seen of them. */
export const start = 1_800_000_000_000;
export const west = regionName('us-west-2');
export const east = regionName('us-east-1');

const place = (name: string, code: string) => ({
  name,
  groups: [`llm-${name}`],
  endpoint: `https://llm.${name}.test`,
  zones: ['a', 'b', 'c'].map((letter, i) => ({ name: `${name}${letter}`, id: `${code}-az${i + 1}` })),
});

/** The defaults of the vllm preset, all moves automatic. */
export const service: ServiceSettings = resolve();
function resolve(): ServiceSettings {
  const { settings } = resolveConfig({
    controls: ['https://one.test', 'https://two.test'],
    services: {
      llm: {
        preset: 'vllm',
        policy: 'automatic',
        regions: [place(west, 'usw2'), place(east, 'use1')],
        dns: { name: 'llm.test' },
      },
    },
  });
  const only = settings?.services[0];
  if (!only) throw new Error('the settings of these tests have a mistake');
  return only;
}

/** `a`, `b` or `c`, in the zone of that letter; launched a day ago. */
export function nodeFact(letter: string, change: Partial<NodeFact> = {}): NodeFact {
  return {
    id: nodeId(`i-${letter}`),
    group: 'llm-us-west-2',
    zone: zoneName(`us-west-2${letter}`),
    lifecycle: 'in-service',
    launchedAt: start - 86_400_000,
    host: '10.0.0.1',
    port: 8000,
    protected: false,
    ...change,
  };
}

export const fleetOf = (nodes: NodeFact[]) => ({ groups: [], nodes });

type Seen = 'ok' | 'failed' | 'saturated' | 'starting' | 'unknown';

export function outcome(target: string, seen: Seen, at: number, check: CheckKind = 'shallow'): Outcome {
  const base = { target: `node/i-${target}` as Outcome['target'], check, at, latencyMs: 12, detail: seen };
  if (seen === 'ok') return { ...base, class: 'ok', reason: 'answered' };
  if (seen === 'saturated') return { ...base, class: 'saturated', reason: 'too-many-requests' };
  if (seen === 'starting') return { ...base, class: 'starting', reason: 'loading' };
  if (seen === 'unknown') return { ...base, class: 'unknown', reason: 'vantage-blind' };
  return { ...base, class: 'failed', reason: 'connect-refused' };
}

/** What the vantage in a zone saw: `{ a: 'ok', b: 'failed' }` of the nodes by their letters. */
export function observation(from: string, at: number, seen: Record<string, Seen>): Observation {
  return {
    service: service.name,
    vantage: vantageId(`in/us-west-2${from}`),
    region: west,
    zone: zoneName(`us-west-2${from}`),
    at,
    blind: false,
    outcomes: Object.entries(seen).map(([target, what]) => outcome(target, what, at)),
  };
}

export function incident(change: Partial<Incident> = {}): Incident {
  return {
    id: incidentId('replace-node.llm.i-a.1'),
    service: service.name,
    move: 'replace-node',
    subject: { kind: 'node', region: west, zone: zoneName('us-west-2a'), node: nodeId('i-a') },
    verb: 'automatic',
    by: 'evac',
    because: 'it is dead',
    cell: west,
    openedAt: start - 60_000,
    closedAt: null,
    outcome: null,
    events: [],
    ...change,
  };
}
