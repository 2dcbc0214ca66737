import { expect, it } from 'vitest';
import { fisherGreater, holm, median } from './statistics.ts';

it("Fisher's tea: 3 of 4 against 1 of 4 is 17/70", () => {
  expect(fisherGreater(3, 4, 1, 4)).toBeCloseTo(17 / 70, 12);
});
it('6 of 6 against 0 of 12 is one in 18 choose 6', () => {
  expect(fisherGreater(6, 6, 0, 12)).toBeCloseTo(1 / 18_564, 12);
});
it('is one-sided: a zone that fails less than the rest is never an outlier', () => {
  expect(fisherGreater(0, 10, 5, 10)).toBe(1);
  // docs/facts.md: chi-squared by distance flags the healthiest of [900, 900, 100].
  expect(fisherGreater(100, 1_000, 1_800, 2_000)).toBeCloseTo(1, 6);
});
it('nothing failed, or everything did, says nothing', () => {
  expect([fisherGreater(0, 6, 0, 12), fisherGreater(6, 6, 12, 12)]).toEqual([1, 1]);
});
it('stays exact at thousands of requests', () => {
  const p = fisherGreater(300, 1_000, 0, 2_000);
  expect(p).toBeGreaterThan(0);
  expect(p).toBeLessThan(1e-100);
});
it('failures that the rest could not all have had are left out of the sum', () => {
  expect(fisherGreater(0, 6, 2, 2)).toBeCloseTo(1, 12);
});
it('Holm multiplies the smallest by all, the next by the rest, and keeps the order', () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
});
it('median of an even and an odd number, and of nothing', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, null]);
});
