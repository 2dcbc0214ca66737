import { readFileSync } from 'node:fs';
import { decide } from '@evac/core';
import { resolveConfig } from '@evac/core/config';
import { describe, expect, it } from 'vitest';
import { measure } from '../../../../bench/store/measure.ts';
import fiftyNodes from '../../../../docs/fifty-nodes.config.ts';
import config from '../../../../evac.config.ts';
import { isUsual, judgementMetrics, zoneMetrics } from '../../../aws/src/metrics/judgement-metrics.ts';
import { checkIn, snapshot, settings as testSettings } from '../../../core/src/testing/snapshot.ts';
import { bill } from './bill.ts';
import { type Fleet, fleetOf } from './fleet.ts';
import { type Line, total } from './line.ts';
import { peers } from './peers.ts';

const { settings } = resolveConfig(config);
const services = settings?.services ?? [];
const threeZones = { 'us-west-2': 3, 'us-east-1': 3 };
const fleet = (change: Partial<Fleet> = {}): Fleet => ({
  services,
  nodes: 50,
  vantageZones: threeZones,
  ...change,
});
const find = (lines: Line[], item: string, region: string | null = 'us-west-2') => {
  const found = lines.find((l) => l.item === item && l.region === region);
  if (!found) throw new Error(`no line ${item}`);
  return found;
};
const every = (intervalMs: number) => services.map((s) => ({ ...s, timing: { ...s.timing, intervalMs } }));

describe('a bill', () => {
  it('has lines that add up: a quantity, at a price from a list that is named', () => {
    const lines = bill(fleet());
    for (const { quantity, price, monthly, source, because } of lines) {
      expect(monthly).toBeCloseTo(quantity * price, 9);
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
      expect(because).not.toBe('');
    }
    expect(total(lines)).toBeCloseTo(
      lines.reduce((sum, l) => sum + l.monthly, 0),
      9,
    );
  });

  it('counts how long probes run: 25 nodes and 2 endpoints, with a generation in almost every round and in a third', () => {
    const zone = 0.1 + 25 * 0.004 + (1 - (5 / 6) ** 25) * 1;
    const outside = 0.1 + 2 * 0.004 + (1 - (5 / 6) ** 2) * 1;
    const { monthly, because } = find(bill(fleet()), 'probes, running');
    expect(monthly).toBeCloseTo(((3 * zone + outside) / 5) * 730 * 3_600 * 0.125 * 0.0000133334, 6);
    expect(because).toMatch(/^3 for 1190 ms in zones, 1 for 414 ms outside, every 5 s \(assumed: /);
    expect(find(bill(fleet()), 'probes, started').quantity).toBeCloseTo((4 / 5) * 730 * 3_600);
  });

  it('counts what their queues are asked: two batches, twelve messages in and out, and fifteen polls for nothing', () => {
    expect(find(bill(fleet()), 'probes, called').quantity).toBe(4 * (2 + 2 * 12 + 15) * 43_800);
    expect(find(bill(fleet()), 'schedules').quantity).toBe((4 * 2 + 2) * 43_800);
    const slow = find(bill(fleet({ services: every(60_000) })), 'probes, called');
    expect(slow.quantity).toBe(4 * (1 + 2 + 15) * 43_800);
  });

  it('counts shards: more runs, each shorter, in the queues they have', () => {
    const two = bill(fleet({ shards: { 'us-west-2': 2 } }));
    expect(find(two, 'probes, started').quantity).toBeCloseTo((7 / 5) * 730 * 3_600);
    expect(find(two, 'probes, called').quantity).toBe((3 * (3 + 2 * 24 + 15) + (2 + 2 * 12 + 15)) * 43_800);
    const [one, both] = [bill(fleet()), two].map((lines) => find(lines, 'probes, running').monthly);
    expect(both! / one!).toBeGreaterThan(1.5);
    expect(both! / one!).toBeLessThan(2);
    expect(find(two, 'probes, started', 'us-east-1').quantity).toBeCloseTo((4 / 5) * 730 * 3_600);
  });

  it('counts what a round writes: an observation of each vantage, and once an interval their health', () => {
    // An observation of 25 nodes is 902 bytes; a vantage's health of them 2,000: two units; the outside one's, counts and head: one.
    const units = (4 + 0.1 * 4 + (3 * 2 + 1 + 1 + 1)) / 5;
    expect(find(bill(fleet()), 'table, written').quantity).toBeCloseTo(units * 730 * 3_600, 0);
  });

  it('counts no less than is measured of the table, and hardly more', { timeout: 60_000 }, async () => {
    const [service] = services;
    const region = service?.regions[0]?.region;
    if (!service || !region) throw new Error('no service');
    for (const nodes of [25, 60]) {
      const { written, judgeReads } = await measure({ service, region, nodes, rounds: 6 });
      const measured = Object.values(written).reduce((sum, of) => sum + of, 0);
      // A round that tells a generation by itself is assumed, not measured.
      const late = 0.1 * 4;
      const lines = bill(fleet({ nodes: 2 * nodes }));
      const billed = (find(lines, 'table, written').quantity / (730 * 3_600)) * 5;
      expect(billed).toBeGreaterThanOrEqual(measured);
      expect(billed).toBeLessThanOrEqual((measured + late) * 1.1);
      expect(judgeReads).toBeLessThanOrEqual(8);
    }
  });

  it('falls as the interval grows, in all that rounds cost, and not in what runs all the time', () => {
    const [fast, slow] = [bill(fleet({ services: every(5_000) })), bill(fleet({ services: every(10_000) }))];
    const ratio = (item: string) => find(slow, item).monthly / find(fast, item).monthly;
    expect(ratio('decide, started')).toBeCloseTo(0.5, 1);
    expect(ratio('table, written')).toBeLessThan(0.7);
    expect(ratio('probes, started')).toBeCloseTo(0.5, 6);
    expect(ratio('probes, running')).toBeLessThan(0.7);
    expect(ratio('alarms')).toBe(1);
  });

  it('of zones without a vantage has the outside one only', () => {
    const lines = bill(fleet({ vantageZones: {} }));
    expect(find(lines, 'probes, started').because).toMatch(/^1 vantage/);
    expect(find(lines, 'probes between zones').monthly).toBe(0);
  });

  it('of one region has no health checks', () => {
    const alone = services.map((s) => ({ ...s, regions: s.regions.slice(0, 1) }));
    expect(bill(fleet({ services: alone })).some((l) => l.item.startsWith('health checks'))).toBe(false);
  });

  it('of three regions joins the checks of each', () => {
    const third = services.map((s) => ({
      ...s,
      regions: [
        ...s.regions,
        ...s.regions.slice(0, 1).map((r) => ({ ...r, region: 'eu-west-1' as typeof r.region })),
      ],
    }));
    expect(find(bill(fleet({ services: third })), 'health checks', null).quantity).toBe(6 + 3);
  });
});

describe('the bill of docs/cost.md', () => {
  const { settings: fifty, installation } = resolveConfig(fiftyNodes);
  if (!fifty || !installation) throw new Error('docs/fifty-nodes.config.ts has mistakes');
  const theirs = fleetOf(fifty, installation, 50);

  it('is of two regions of three zones, each with a vantage, every 5 s', () => {
    expect(theirs.vantageZones).toEqual(threeZones);
    expect(theirs.services.map((s) => [s.timing.intervalMs, s.timing.deepIntervalMs])).toEqual([
      [5_000, 30_000],
    ]);
    expect(theirs.services.every((s) => s.deep !== null && s.dns?.control === 'switch')).toBe(true);
  });

  it('is at most $60 a month', () => {
    expect(total(bill(theirs))).toBeLessThanOrEqual(60);
  });

  it('stands in docs/cost.md as it comes out', () => {
    const page = readFileSync(new URL('../../../../docs/cost.md', import.meta.url), 'utf8');
    expect(page).toContain(`about $${total(bill(theirs)).toFixed(2)} a month`);
  });
});

it('sends, while all is well, the metrics that are counted: two of each zone', () => {
  const now = 1_800_000_000_000;
  const of = snapshot();
  const well = {
    ...of,
    vantages: of.vantages.map((v) => ({ ...v, lastAt: now })),
    health: of.health.map((h) => ({ ...h, checks: { ...h.checks, deep: checkIn('healthy') } })),
  };
  const judged = { snapshot: well, decision: decide(well, testSettings(), now), started: [] };
  const usual = [
    ...judgementMetrics(judged, testSettings().timing, now),
    ...zoneMetrics(judged).flatMap(({ metrics }) => metrics),
  ];
  expect(usual.every(isUsual)).toBe(true);
  expect(usual.filter(({ usual }) => usual === null)).toHaveLength(find(bill(fleet()), 'metrics').quantity);
});

it('beside stand a canary and a health check for each node, and what ARC asks', () => {
  const monthly = Object.fromEntries(
    peers(fleet()).map(({ name, lines }) => [name.split(',')[0], total(lines)]),
  );
  expect(monthly).toEqual({
    'CloudWatch Synthetics': expect.closeTo(50 * 43_800 * 0.0012),
    'Route 53 health checks': 50 * (0.75 + 2 * 2),
    'ARC routing control': 1_825,
    'ARC Region switch': 70,
  });
});
