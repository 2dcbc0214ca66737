import {
  decide,
  nodeId,
  regionName,
  type ServiceSettings,
  type Snapshot,
  serviceName,
  targetId,
  vantageId,
  zoneName,
} from '@evac/core';
import { resolveConfig } from '@evac/core/config';
import type { Judgement } from '@evac/workflow';

/** A config of one service in one region, small enough to read. */
export function config(service: object = {}) {
  return {
    controls: ['https://a.test', 'https://b.test'],
    services: {
      llm: {
        preset: 'vllm',
        policy: 'automatic',
        regions: [
          {
            name: 'us-west-2',
            groups: ['llm'],
            endpoint: 'https://west.test',
            zones: [
              { name: 'us-west-2a', id: 'usw2-az1' },
              { name: 'us-west-2b', id: 'usw2-az2' },
            ],
          },
        ],
        ...service,
      },
    },
  };
}

export const serviceSettings = settingsOf(config());

function settingsOf(given: unknown): ServiceSettings {
  const service = resolveConfig(given).settings?.services[0];
  if (!service) throw new Error('the config of the test has errors');
  return service;
}

const region = regionName('us-west-2');
const nodes = ['a', 'b'].flatMap((letter) =>
  [1, 2].map((n) => ({ node: nodeId(`i-${letter}${n}`), zone: zoneName(`us-west-2${letter}`) })),
);
const vantages = ['a', 'b'].map((letter) => ({
  id: vantageId(`in/us-west-2${letter}`),
  region,
  zone: zoneName(`us-west-2${letter}`),
}));

/** Two zones of two nodes, of which i-a1 has been dead for 20 s. */
function oneDead(at: number): Snapshot {
  const service = serviceName('llm');
  return {
    service,
    cell: region,
    targets: nodes.map(({ node, zone }) => ({
      kind: 'node',
      id: targetId(`node/${node}`),
      service,
      region,
      zone,
      node,
      launchedAt: 0,
      address: { protocol: 'http', host: '10.0.0.1', port: 8000 },
    })),
    health: nodes.flatMap(({ node }) =>
      vantages.map((v) => {
        const dead = node === 'i-a1';
        return {
          target: targetId(`node/${node}`),
          vantage: v.id,
          state: dead ? 'dead' : 'healthy',
          since: at - 20_000,
          startingSince: 0,
          started: true,
          checks: {
            shallow: {
              failures: dead ? 5 : 0,
              successes: dead ? 0 : 9,
              bad: dead,
              lastAt: at,
              lastClass: dead ? 'failed' : 'ok',
              lastReason: dead ? 'connect-refused' : 'answered',
              lastDetail: dead ? 'connection refused' : '200 in 3 ms',
              failingSince: dead ? at - 20_000 : null,
              latencyMs: 3,
            },
          },
          progress: null,
          model: null,
          revision: null,
        };
      }),
    ),
    vantages: vantages.map((v) => ({ ...v, lastAt: at, blind: false })),
    rounds: [],
    fleet: {
      groups: [
        { name: 'llm', desired: 4, min: 2, max: 6, zones: vantages.map((v) => v.zone), suspended: [] },
      ],
      nodes: nodes.map(({ node, zone }) => ({
        id: node,
        group: 'llm',
        zone,
        lifecycle: 'in-service',
        launchedAt: 0,
        host: '10.0.0.1',
        port: 8000,
        protected: false,
      })),
    },
    balancer: [],
    shifts: [],
    regions: [],
    incidents: [],
    pauses: [],
    breakerResetAt: null,
    requests: [],
  };
}

/** What a cell judged at that time, epoch ms: the dead node is replaced. */
export function judgementAt(at: number): Judgement {
  const snapshot = oneDead(at);
  const decision = decide(snapshot, serviceSettings, at);
  return { snapshot, decision, started: decision.moves };
}
