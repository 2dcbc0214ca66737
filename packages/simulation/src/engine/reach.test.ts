import { type CloudPorts, regionName, serviceName } from '@evac/core';
import { expect, test } from 'vitest';
import type { Trouble } from '../contract.ts';
import { createReach, newLife } from './reach.ts';

const region = regionName('us-west-2');
const service = serviceName('chat');

test('the watchers are told the answer that a caller got, also a stale one', async () => {
  const troubles: Extract<Trouble, { kind: 'port' }>[] = [
    { kind: 'port', region, port: 'balancer', what: 'stale', share: 1, at: 0, forMs: 60_000 },
  ];
  let now = 0;
  const told: unknown[] = [];
  const unused = { fleet: {}, zonalShift: {}, restart: {}, dns: {}, switch: {}, store: {}, notify: {} };
  const real = { ...unused, balancer: { health: async () => [`as of ${now}`] } } as unknown as CloudPorts;
  const reach = createReach({
    real: () => real,
    faults: { dark: () => false } as unknown as Parameters<typeof createReach>[0]['faults'],
    clock: { now: () => now, sleep: async () => {} },
    random: { next: () => 0.5 },
    latencyMs: 0,
    troubles: () => troubles,
    parts: { ports: (ports) => ports },
    before: () => new Map(),
    after: (_, outcome) => void told.push(outcome),
  });
  const { balancer } = reach.ports(region, { kind: 'step', region }, newLife());
  const first = await balancer.health({ service });
  now = 4_000;
  expect(await balancer.health({ service })).toEqual(first);
  expect(told).toEqual([{ result: ['as of 0'] }, { result: ['as of 0'] }]);
});
