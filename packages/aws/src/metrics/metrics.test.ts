import { decide, healthStates, type Refusal, serviceName, targetId } from '@evac/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  candidate,
  checkIn,
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
const valuesOf = (judgement: Parameters<typeof judgementMetrics>[0]) =>
  Object.fromEntries(judgementMetrics(judgement).map(({ name, values }) => [name, values]));
const refusal = (guard: Refusal['guard']): Refusal => ({
  candidate: candidate(),
  guard,
  because: 'x',
  unblock: 'y',
});

describe('the metrics of a judgement', () => {
  it('count the nodes in every state, zero or not', () => {
    const values = valuesOf(judged(withNodes('dead', ['i-a1'])));
    expect(values.DeadNodes).toEqual([1]);
    expect(values.HealthyNodes).toEqual([5]);
    const sum = healthStates.map(
      (s) => values[`${s[0]?.toUpperCase()}${s.slice(1)}Nodes`]?.[0] ?? Number.NaN,
    );
    expect(sum.reduce((a, b) => a + b)).toBe(6);
  });

  it('count impaired zones, regions that are down and blind vantages', () => {
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
    const blind = rest.snapshot.vantages.map((v, i) => ({ ...v, blind: i === 0 }));
    const values = valuesOf({
      ...rest,
      snapshot: { ...rest.snapshot, vantages: blind },
      decision: { ...decision, verdicts },
    });
    expect(values).toMatchObject({ ImpairedZones: [1], DownRegions: [1], BlindVantages: [1] });
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

  it('have the latencies of answers, of each check by itself, and of no failure', () => {
    const [first] = snapshot().health;
    const health = [1, 2, 3].map((ms) => ({
      ...first!,
      target: targetId(`node/${ms}`),
      checks: {
        shallow: { ...checkIn('healthy'), latencyMs: ms },
        deep: { ...checkIn('dead'), latencyMs: 99 },
      },
    }));
    const values = valuesOf(judged({ ...snapshot(), health }));
    expect(values.ShallowProbeLatency).toEqual([1, 2, 3]);
    expect(values).not.toHaveProperty('DeepProbeLatency');
  });

  it('sample the latencies of a large fleet, and keep their percentiles', () => {
    const [first] = snapshot().health;
    const health = Array.from({ length: 10_000 }, (_, i) => ({
      ...first!,
      checks: { shallow: { ...checkIn('healthy'), latencyMs: (i * 7_919) % 10_000 } },
    }));
    const metrics = judgementMetrics({ ...judged(), snapshot: { ...snapshot(), health } });
    const values = metrics.find((m) => m.name === 'ShallowProbeLatency')?.values ?? [];
    expect(values).toHaveLength(99);
    expect([values[0], values[49], values[98]]).toEqual([0, 5_000, 9_999]);
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
});

describe('what is written to the log', () => {
  it('is one line, and one a zone, in CloudWatch’s embedded format', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const [first] = snapshot().health;
    const health = Array.from({ length: 5_000 }, () => first!);
    const judgement = { ...judged(), snapshot: { ...snapshot(), health } };
    emitJudgement(serviceName('llm'), west, judgement);
    const lines = write.mock.calls.map(([text]) => String(text));
    write.mockRestore();
    expect(lines).toHaveLength(4);
    const line = JSON.parse(lines[0]!);
    expect(JSON.parse(lines[1]!)._aws.CloudWatchMetrics[0].Dimensions).toEqual([
      ['service', 'region', 'zone'],
    ]);
    expect(line).toMatchObject({ service: 'llm', region: 'us-west-2', HealthyNodes: 6 });
    const [directive] = line._aws.CloudWatchMetrics;
    expect(directive).toMatchObject({ Namespace: 'Evac', Dimensions: [['service', 'region']] });
    expect(directive.Metrics).toContainEqual({ Name: 'ShallowProbeLatency', Unit: 'Milliseconds' });
    expect(Buffer.byteLength(lines[0]!)).toBeLessThan(10_000);
  });
});
