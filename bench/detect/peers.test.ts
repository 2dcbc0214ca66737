import { describe, expect, it } from 'vitest';
import { chiSquared, interquartile, medianDeviation, staticShare, zScore } from './cloudwatch.ts';
import { cumulativeSum } from './cusum.ts';
import type { Detector } from './detector.ts';
import { createDraw } from './draw.ts';
import { consecutive, failurePercentage, successRate } from './envoy.ts';
import { plainFisher } from './fisher.ts';

const count = (failed: number, of = 100) => ({
  requests: of,
  failedRequests: failed,
  probes: 0,
  failedProbes: 0,
});

describe('the rules over one minute of errors', () => {
  it('a share of 70% is an outlier, 69% is not', () => {
    expect([staticShare([70, 30, 0]), staticShare([69, 31, 0]), staticShare([0, 0, 0])]).toEqual([
      [0],
      [],
      [],
    ]);
  });
  it('chi-squared names the zone that is furthest away, be it the healthiest', () => {
    expect([chiSquared([30, 2, 2]), chiSquared([900, 900, 100]), chiSquared([3, 2, 2])]).toEqual([
      [0],
      [2],
      [],
    ]);
  });
  it('a z-score of 2 needs six zones', () => {
    expect(zScore(2)([100, 0, 0])).toEqual([]);
    expect(zScore(2)([100, 0, 0, 0, 0, 0])).toEqual([0]);
  });
  it('the interquartile range of three zones never fires, that of six does', () => {
    expect(interquartile([100, 0, 1])).toEqual([]);
    expect(interquartile([100, 0, 1, 0, 1, 0])).toEqual([0]);
  });
  it('the median deviation fires for every zone of [1, 1, 100]', () => {
    expect(medianDeviation([1, 1, 100])).toEqual([0, 1, 2]);
  });
});

describe('outlier detection as in Envoy', () => {
  it('ejects by success rate where one of many is far below the mean', () => {
    const see = successRate();
    const zones = [count(60), ...Array.from({ length: 5 }, () => count(0))];
    see(0, zones);
    expect(see(1, zones)).toEqual([0]);
  });
  it('ejects at 85% of failures, and only of enough requests', () => {
    const verdict = (failed: number, of: number) => {
      const see = failurePercentage();
      see(0, [count(failed, of), count(0)]);
      return see(1, [count(failed, of), count(0)]);
    };
    expect([verdict(85, 100), verdict(84, 100), verdict(20, 20)]).toEqual([[0], [], []]);
  });
  it('ejects after five failures in a row, over rounds', () => {
    const see = consecutive(createDraw(1));
    expect(see(0, [count(3, 3)])).toEqual([]);
    expect(see(1, [count(2, 2)])).toEqual([0]);
    expect(see(2, [count(0, 1)])).toEqual([]);
  });
});

describe('what one would think of first', () => {
  const rounds = (see: Detector, zones: ReturnType<typeof count>[], n: number) =>
    Array.from({ length: n }, (_, index) => see(index, zones)).map(([zone]) => zone);
  it('Fisher needs several bad rounds, an effect, and more than chance', () => {
    expect(rounds(plainFisher(), [count(30), count(0), count(0)], 2)).toEqual([undefined, 0]);
    expect(rounds(plainFisher(), [count(15), count(0), count(0)], 12)).not.toContain(0);
    expect(rounds(plainFisher(), [count(2, 2), count(0, 2), count(0, 2)], 2)).not.toContain(0);
  });
  it('the cumulative sum grows with failures, shrinks with answers, and does not blame a zone for what all have', () => {
    expect(rounds(cumulativeSum(), [count(3, 3), count(0), count(0)], 2)).toEqual([undefined, 0]);
    expect(rounds(cumulativeSum(), [count(5), count(0), count(0)], 12)).not.toContain(0);
    expect(rounds(cumulativeSum(), [count(30), count(30), count(30)], 12)).not.toContain(0);
  });
  it('the cumulative sum begins again after rounds that were left out', () => {
    const see = cumulativeSum();
    see(0, [count(3, 3), count(0)]);
    expect(see(73, [count(3, 3), count(0)])).toEqual([]);
  });
});
