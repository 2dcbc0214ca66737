import { decide, healthStates, type Refusal } from '@evac/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  candidate,
  checkIn,
  east,
  settings,
  snapshot,
  west,
  withNodes,
} from '../../../core/src/testing/snapshot.ts';
import { judgementMetrics, zoneMetrics } from './judgement-metrics.ts';
import { emitJudgement } from './metrics.ts';

afterEach(() => vi.restoreAllMocks());

const now = 1_800_000_000_000;
const judged = (of = snapshot()) => ({ snapshot: of, decision: decide(of, settings(), now), started: [] });
const { timing } = settings();
const valuesOf = (judgement: Parameters<typeof judgementMetrics>[0]) =>
  Object.fromEntries(judgementMetrics(judgement, timing, now).map(({ name, values }) => [name, values]));
/** As many vantages' health of a node in the first zone, with these latencies of generations. */
const aNodes = (latencies: number[]) =>
  latencies.map((latencyMs) => ({
    ...snapshot().health.find((h) => h.target === 'node/i-a1')!,
    checks: { deep: { ...checkIn('healthy'), latencyMs } },
  }));
const refusal = (guard: Refusal['guard']): Refusal => ({
  candidate: candidate(),
  guard,
  because: 'x',
  unblock: 'y',
});

describe('the metrics of a judgement', () => {
  it('count the nodes in every state but healthy, which each zone counts, zero or not', () => {
    const values = valuesOf(judged(withNodes('dead', ['i-a1'])));
    const counts = healthStates.map((s) => [s, values[`${s[0]?.toUpperCase()}${s.slice(1)}Nodes`]]);
    expect(Object.fromEntries(counts)).toEqual({
      starting: [0],
      healthy: undefined,
      saturated: [0],
      failing: [0],
      dead: [1],
      unknown: [0],
    });
  });

  it('count impaired zones and regions that are down', () => {
    const { decision, ...rest } = judged();
    const [zone] = decision.verdicts.zones;
    const [region] = decision.verdicts.regions;
    const verdicts = {
      ...decision.verdicts,
      zones: [
        { ...zone!, verdict: 'impaired' as const },
        { ...zone!, verdict: 'suspected' as const },
      ],
      regions: [{ ...region!, verdict: 'down' as const }],
    };
    const values = valuesOf({ ...rest, decision: { ...decision, verdicts } });
    expect(values).toMatchObject({ ImpairedZones: [1], DownRegions: [1] });
  });

  it.each([
    { what: 'that sees nothing', change: { blind: true }, silent: 1 },
    { what: 'that has never told anything', change: { lastAt: null }, silent: 1 },
    { what: 'whose last word is stale', change: { lastAt: now - timing.freshMs - 1 }, silent: 1 },
    { what: 'whose last word is just fresh', change: { lastAt: now - timing.freshMs }, silent: 0 },
    { what: 'of another cell', change: { lastAt: null, region: east }, silent: 0 },
  ])('count a vantage $what: $silent', ({ change, silent }) => {
    const of = snapshot();
    const vantages = of.vantages.map((v, i) => ({ ...v, lastAt: now, ...(i === 0 ? change : {}) }));
    expect(valuesOf(judged({ ...of, vantages })).SilentVantages).toEqual([silent]);
  });

  it('have the shares of nodes that are healthy and full, where there are nodes', () => {
    expect(valuesOf(judged(withNodes('saturated', ['i-a1'])))).toMatchObject({
      HealthyShare: [expect.closeTo(83.3, 1)],
      SaturatedShare: [expect.closeTo(16.7, 1)],
    });
    expect(valuesOf(judged({ ...snapshot(), targets: [] }))).not.toHaveProperty('HealthyShare');
  });

  it('count refusals by guard and moves by name, and leave out what there is none of', () => {
    const { decision, ...rest } = judged();
    expect(Object.keys(valuesOf({ ...rest, decision })).filter((n) => /^(Refused|Started)/.test(n))).toEqual(
      [],
    );
    const refusals = [refusal('last-one-standing'), refusal('last-one-standing'), refusal('quorum')];
    const started = [{ move: 'replace-node' as const }];
    expect(valuesOf({ ...rest, decision: { ...decision, refusals }, started })).toMatchObject({
      RefusedByLastOneStanding: [2],
      RefusedByQuorum: [1],
      StartedReplaceNode: [1],
    });
  });
});

describe('the metrics of a zone', () => {
  const zone = (of: ReturnType<typeof snapshot>, name: string) => {
    const metrics = zoneMetrics(judged(of)).find((z) => z.zone === name)?.metrics ?? [];
    return Object.fromEntries(metrics.map((m) => [m.name, m.values]));
  };

  it('are its own nodes, verdict and success', () => {
    expect(zone(withNodes('dead', ['i-a1']), 'us-west-2a')).toMatchObject({
      HealthyNodes: [1],
      Impaired: [0],
    });
    expect(zone(withNodes('dead', ['i-a1']), 'us-west-2b')).toMatchObject({ HealthyNodes: [2] });
  });

  it('say that it is impaired, and how much of it succeeds', () => {
    const { decision, ...rest } = judged();
    const zones = decision.verdicts.zones.map((z) => ({ ...z, verdict: 'impaired' as const, share: 0.25 }));
    const [first] = zoneMetrics({
      ...rest,
      decision: { ...decision, verdicts: { ...decision.verdicts, zones } },
    });
    const values = Object.fromEntries(first!.metrics.map((m) => [m.name, m.values]));
    expect(values).toMatchObject({ Impaired: [1], SuccessRate: [75] });
  });

  it('have the latencies of its generations that were answered, and of nothing else', () => {
    const health = aNodes([1, 2, 3]).map((h, i) => ({
      ...h,
      checks: {
        shallow: { ...checkIn('healthy'), latencyMs: 77 },
        deep: { ...checkIn(i === 2 ? 'dead' : 'healthy'), latencyMs: i + 1 },
      },
    }));
    expect(zone({ ...snapshot(), health }, 'us-west-2a').TimeToFirstToken).toEqual([1, 2]);
    expect(zone({ ...snapshot(), health }, 'us-west-2b')).not.toHaveProperty('TimeToFirstToken');
  });

  it('sample the latencies of a large fleet, and keep their percentiles', () => {
    const health = aNodes(Array.from({ length: 10_000 }, (_, i) => (i * 7_919) % 10_000));
    const values = zone({ ...snapshot(), health }, 'us-west-2a').TimeToFirstToken ?? [];
    expect(values).toHaveLength(99);
    expect([values[0], values[49], values[98]]).toEqual([0, 5_000, 9_999]);
  });
});

describe('what is written to the log', () => {
  function written(judgement: ReturnType<typeof judged>) {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    emitJudgement(settings(), west, judgement, now);
    const lines = write.mock.calls.map(([text]) => String(text));
    write.mockRestore();
    return lines;
  }
  const well = () => {
    const of = snapshot();
    const vantages = of.vantages.map((v) => ({ ...v, lastAt: now }));
    const health = of.health.map((h) => ({ ...h, checks: { ...h.checks, deep: checkIn('healthy') } }));
    return { ...of, vantages, health };
  };
  const namesIn = (line: string) => {
    const [directive] = JSON.parse(line)._aws.CloudWatchMetrics;
    return directive.Metrics.map(({ Name }: { Name: string }) => Name);
  };

  it('while all is well is a line a zone, in CloudWatch’s embedded format: each metric costs by the hour', () => {
    const lines = written(judged(well()));
    expect(lines.map(namesIn)).toEqual(Array.from({ length: 3 }, () => ['HealthyNodes', 'TimeToFirstToken']));
    const line = JSON.parse(lines[0]!);
    expect(line).toMatchObject({
      service: 'llm',
      region: 'us-west-2',
      zone: 'us-west-2a',
      HealthyNodes: 2,
    });
    expect(line._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'Evac',
      Dimensions: [['service', 'region', 'zone']],
    });
    expect(lines.join('').length).toBeLessThan(3_000);
  });

  it('when anything is not well is everything, and a line of the service', () => {
    const of = { ...withNodes('dead', ['i-a1']), vantages: well().vantages };
    const [whole, ...zones] = written(judged(of)).map(namesIn);
    expect(whole).toEqual([
      'StartingNodes',
      'SaturatedNodes',
      'FailingNodes',
      'DeadNodes',
      'UnknownNodes',
      'ImpairedZones',
      'DownRegions',
      'SilentVantages',
      'HealthyShare',
      'SaturatedShare',
    ]);
    for (const names of zones) expect(names).toContain('Impaired');
  });

  it('is everything where a vantage is silent, or too few requests are answered in one zone', () => {
    const vantages = well().vantages.map((v, i) => ({ ...v, lastAt: i === 0 ? null : now }));
    expect(written(judged({ ...well(), vantages }))).toHaveLength(4);
    const { decision, ...rest } = judged(well());
    const zones = decision.verdicts.zones.map((z, i) => ({ ...z, share: i === 0 ? 0.01 : 0 }));
    const some = { ...rest, decision: { ...decision, verdicts: { ...decision.verdicts, zones } } };
    expect(written(some)).toHaveLength(4);
  });
});
