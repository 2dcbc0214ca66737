import { describe, expect, it } from 'vitest';
import { ofRate, ofShare } from './interval.ts';

describe('the interval of a rate', () => {
  it('of nothing seen ends near the rule of three', () => {
    expect(ofRate(0, 1)[0]).toBe(0);
    expect(ofRate(0, 1)[1]).toBeCloseTo(3.689, 2);
  });
  it("is Garwood's", () => {
    const [low, high] = ofRate(10, 2);
    expect([low, high].map((x) => Number(x.toFixed(3)))).toEqual([2.398, 9.195]);
  });
  it('of very many events is narrow', () => {
    const [low, high] = ofRate(10_000, 1);
    expect(low).toBeGreaterThan(9_790);
    expect(high).toBeLessThan(10_210);
  });
});

describe('the interval of a share', () => {
  it("is Wilson's", () => {
    const [low, high] = ofShare(81, 263);
    expect([low, high].map((x) => Number(x.toFixed(4)))).toEqual([0.2553, 0.3662]);
  });
  it('does not end at the share itself where all or none were hit', () => {
    expect(ofShare(100, 100)[0]).toBeCloseTo(0.963, 3);
    expect(ofShare(0, 100)[1]).toBeCloseTo(0.037, 3);
  });
});
