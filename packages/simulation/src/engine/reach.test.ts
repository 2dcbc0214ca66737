import { type CloudPorts, incidentId, regionName, serviceName } from '@evac/core';
import { expect, test } from 'vitest';
import type { Trouble } from '../contract.ts';
import { createReach, type Life, newLife } from './reach.ts';

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

/** A store that notes what was asked of it, and a run of a step that reaches it. */
function stepOf(life: Life) {
  const done: string[] = [];
  const seen: string[] = [];
  const slept: number[] = [];
  const store = {
    incidents: async () => void done.push('incidents'),
    acquireLease: async () => void done.push('acquireLease'),
    record: async ({ event }: { event: { phase: string } }) => void done.push(event.phase),
  };
  const unused = { fleet: {}, balancer: {}, zonalShift: {}, restart: {}, dns: {}, switch: {}, notify: {} };
  const reach = createReach({
    real: () => ({ ...unused, store }) as unknown as CloudPorts,
    faults: { dark: () => false } as unknown as Parameters<typeof createReach>[0]['faults'],
    clock: { now: () => 0, sleep: async (ms) => void slept.push(ms) },
    random: { next: () => 0.5 },
    latencyMs: 0,
    troubles: () => [],
    parts: { ports: (ports) => ports },
    before: () => new Map(),
    after: ({ method }) => void seen.push(method),
  });
  const ports = (kind: 'step' | 'judge') => reach.ports(region, { kind, region }, life).store;
  return { done, seen, slept, step: ports('step'), judge: ports('judge') };
}

const lease = { scope: 's', holder: incidentId('i'), ttlMs: 1 };
const writing = (phase: 'intent' | 'done') => ({
  ...{ id: incidentId('i'), scope: 's', token: 1, ttlMs: 1 },
  event: { step: 'drain', phase, text: '' },
});

test('a run dies at a call that changes something, before or after it took effect, and never at one that reads', async () => {
  for (const after of [false, true]) {
    let died = 0;
    const now = () => {
      died += 1;
    };
    const { step, done } = stepOf({
      ...newLife(),
      dies: (change) => (change === 2 ? { after, now } : null),
    });
    await step.incidents({ service, since: 0 });
    await step.acquireLease(lease);
    await step.incidents({ service, since: 0 });
    expect(died).toBe(0);
    void step.record(writing('intent'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(died).toBe(1);
    expect(done).toEqual(['incidents', 'acquireLease', 'incidents', ...(after ? ['intent'] : [])]);
  }
});

test('a run hangs at a write, and is asked whether it writes what it is about to do', async () => {
  const { step, done, slept } = stepOf({
    ...newLife(),
    hangs: (write) => (write === 'intent' ? 30_000 : 0),
  });
  await step.acquireLease(lease);
  await step.record(writing('intent'));
  await step.record(writing('done'));
  expect(slept).toEqual([30_000]);
  expect(done).toEqual(['acquireLease', 'intent', 'done']);
});

test('the watchers see all that steps call, and of judgements what changes something', async () => {
  const { step, judge, seen } = stepOf(newLife());
  await judge.incidents({ service, since: 0 });
  expect(seen).toEqual([]);
  await step.incidents({ service, since: 0 });
  await judge.acquireLease(lease);
  expect(seen).toEqual(['incidents', 'acquireLease']);
});
