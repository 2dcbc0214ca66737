import { type CheckKind, foldHealth, type Health, newHealth, targetId, vantageId } from '@evac/core';
import { expect, test } from 'vitest';
import type { Cell } from '../contract.ts';
import { gather } from './gather.ts';
import { outcome, service, start, west } from './testing/world.ts';

const second = 1_000;

/** Only the store answers. */
function cellAt(now: number): Cell {
  const silent = () => Promise.reject(new Error('it does not answer'));
  const port = new Proxy({}, { get: () => silent });
  const store = {
    readTargets: async () => [],
    observations: async () => [],
    incidents: async () => [],
    pauses: async () => [],
    breakerResetAt: async () => null,
  };
  const ports = { fleet: port, balancer: port, zonalShift: port, dns: port, switch: port, store };
  return { region: west, ports, peers: [], vantages: [], clock: { now: () => now } } as unknown as Cell;
}

/** This region's endpoint, as its own outside vantage was answered by it. */
function endpoint(
  ...seen: [seen: 'ok' | 'failed' | 'saturated' | 'starting', seconds: number, check: CheckKind][]
): Health {
  const target = targetId(`region/${west}`);
  const asked = seen.map(([what, at, check]) => ({
    ...outcome('x', what, start + at * second, check),
    target,
  }));
  return asked.reduce(
    (health, one) => foldHealth(health, one, service),
    newHealth(target, vantageId(`out/${west}`), 0),
  );
}

const viewAt = async (seconds: number, health: Health) => {
  const now = start + seconds * second;
  const { regions } = await gather(cellAt(now), service, { health: [health], rounds: [] });
  return regions.find((r) => r.region === west)?.outside[0];
};

test('an endpoint fails since its first failure, confirmed or not', async () => {
  const health = endpoint(['ok', 0, 'shallow'], ['failed', 5, 'shallow'], ['failed', 6, 'shallow']);
  expect(await viewAt(7, health)).toMatchObject({ state: 'failing', since: start + 5 * second });
});

test('one that answers has done so since it was healthy, whatever another check said long before', async () => {
  const health = endpoint(
    ['failed', 0, 'shallow'],
    ['failed', 1, 'shallow'],
    ['failed', 2, 'deep'],
    ['failed', 3, 'deep'],
    ['ok', 60, 'deep'],
    ['ok', 90, 'deep'],
    ['ok', 120, 'deep'],
  );
  expect(await viewAt(121, health)).toMatchObject({ state: 'healthy', since: start + 120 * second });
});

test('one that has answers only because a failed check went stale is dated by its next answer', async () => {
  const seen: Parameters<typeof endpoint> = [
    ['ok', 0, 'shallow'],
    ['ok', 1, 'shallow'],
    ['ok', 2, 'shallow'],
    ['failed', 5, 'shallow'],
    ['failed', 6, 'shallow'],
    ['ok', 10, 'deep'],
  ];
  expect(await viewAt(10, endpoint(...seen))).toMatchObject({ state: 'failing' });
  expect(await viewAt(30, endpoint(...seen))).toMatchObject({ state: 'healthy', since: start + 30 * second });
  seen.push(['ok', 40, 'deep']);
  expect(await viewAt(41, endpoint(...seen))).toMatchObject({ state: 'healthy', since: start + 40 * second });
});

test.each([
  ['ok', true],
  ['saturated', true],
  ['failed', false],
] as const)(
  'one that was down and whose last answer is %s: has it begun to answer? %s',
  async (last, clearing) => {
    const health = endpoint(['failed', 5, 'shallow'], ['failed', 6, 'shallow'], [last, 10, 'shallow']);
    expect(await viewAt(11, health)).toMatchObject({ clearing });
  },
);

test('one that has loaded at last has begun to answer, whatever its generations were told before', async () => {
  const seen: Parameters<typeof endpoint> = [
    ['starting', 5, 'shallow'],
    ['starting', 6, 'deep'],
    ['starting', 7, 'shallow'],
    ['starting', 8, 'deep'],
  ];
  expect(await viewAt(9, endpoint(...seen))).toMatchObject({ state: 'failing', clearing: false });
  seen.push(['ok', 10, 'shallow']);
  expect(await viewAt(11, endpoint(...seen))).toMatchObject({ state: 'failing', clearing: true });
});
