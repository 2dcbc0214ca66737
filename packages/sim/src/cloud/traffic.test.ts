import { zoneName } from '@evac/core';
import { beforeEach, expect, test } from 'vitest';
import { createTraffic, type Traffic } from './traffic.ts';

const [a, b] = [zoneName('a'), zoneName('b')];
let now: number;
let traffic: Traffic;
beforeEach(() => {
  now = 10_000;
  traffic = createTraffic({ now: () => now, sleep: async () => undefined }, 5_000);
});

test('a bucket is published when it has ended, with the median of what was answered', () => {
  for (const latencyMs of [30, 10, 900]) traffic.count(a, true, latencyMs);
  traffic.count(a, false, 5_000);
  now = 14_999;
  expect(traffic.rounds(0)).toEqual([]);
  now = 15_000;
  expect(traffic.rounds(0)).toEqual([
    { zone: a, source: 'traffic', at: 15_000, total: 4, failed: 1, nodes: 0, affected: [], latencyMs: 30 },
  ]);
});

test('zones and buckets are counted apart, oldest first, and told once by `since`', () => {
  traffic.count(a, true, 1);
  now = 15_000;
  traffic.count(b, false, 1);
  now = 20_000;
  expect(traffic.rounds(0).map((r) => `${r.at} ${r.zone} ${r.total}/${r.failed} ${r.latencyMs}`)).toEqual([
    '15000 a 1/0 1',
    '20000 b 1/1 null',
  ]);
  expect(traffic.rounds(15_000).map((r) => r.zone)).toEqual([b]);
});

test('the oldest buckets are forgotten', () => {
  for (let i = 0; i < 200; i++) {
    traffic.count(a, true, 1);
    now += 5_000;
  }
  expect(traffic.rounds(0)).toHaveLength(120);
});
