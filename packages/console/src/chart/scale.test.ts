import { expect, it } from 'vitest';
import { linearScale, logScale, timeScale } from './scale.ts';

it('ends a linear scale on a round number that holds the largest value', () => {
  const scale = linearScale(23, 100, 0);
  expect(scale.ticks).toEqual([0, 10, 20, 30]);
  expect(scale.at(30)).toBe(0);
  expect(scale.at(0)).toBe(100);
  expect(linearScale(20, 100, 0, 3).ticks).toEqual([0, 10, 20]);
});

it('does not divide by zero where there is nothing', () => {
  expect(linearScale(0, 100, 0).at(0)).toBe(100);
  expect(timeScale(0, 0, 100, 60).at(0)).toBe(0);
});

it('spans whole decades on a log scale and holds what lies outside at its edge', () => {
  const scale = logScale(90, 4_000, 100, 0);
  expect(scale.ticks).toEqual([10, 100, 1_000, 10_000]);
  expect(scale.at(10)).toBe(100);
  expect(scale.at(10_000)).toBe(0);
  expect(scale.at(0)).toBe(100);
  expect(scale.at(1e9)).toBe(0);
});

it('ticks time at round numbers that leave room for their labels', () => {
  expect(timeScale(160_000, 0, 900, 62).ticks.slice(0, 3)).toEqual([0, 15_000, 30_000]);
  expect(timeScale(160_000, 0, 300, 62).ticks).toEqual([0, 60_000, 120_000]);
  expect(timeScale(160_000, 0, 900, 62).at(160_000)).toBe(900);
});
