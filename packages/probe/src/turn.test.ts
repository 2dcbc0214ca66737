import { serviceName, targetId, vantageId } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { turnBefore, turnPhase } from './turn.ts';

const intervalMs = 30_000;
const of = (n: number, vantage = 'in/us-west-2a') => ({
  vantage: vantageId(vantage),
  service: serviceName('llm'),
  target: targetId(`node/i-${n}`),
});
const many = Array.from({ length: 3_000 }, (_, n) => n);

describe('the turns of generations', () => {
  it('are spread evenly over the interval', () => {
    const tenths = Map.groupBy(many, (n) => Math.floor((10 * turnPhase(of(n), intervalMs)) / intervalMs));
    expect([...tenths.keys()].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const tenth of tenths.values()) expect(Math.abs(tenth.length - 300)).toBeLessThan(60);
  });

  it('of two vantages are at other times', () => {
    const together = many.filter((n) => {
      const [a, b] = ['in/us-west-2a', 'in/us-west-2b'].map((v) => turnPhase(of(n, v), intervalMs));
      return Math.abs(a! - b!) < 1_000;
    });
    expect(together.length / many.length).toBeLessThan(0.1);
  });

  it('are numbered so that each belongs to one of two spans that follow each other', () => {
    const phase = 7_000;
    const [start, handover, end] = [1_800_000_000_000, 1_800_000_007_000, 1_800_000_060_000];
    const turns = (from: number, until: number) =>
      turnBefore(until, phase, intervalMs) - turnBefore(from, phase, intervalMs);
    // The turn that comes with the handover is the second one's.
    expect([turns(start, handover), turns(handover, end)]).toEqual([0, 2]);
    expect([turns(start, handover + 1), turns(handover + 1, end)]).toEqual([1, 1]);
  });
});
