import { regionName } from '@evac/core';
import { expect, test } from 'vitest';
import { recordsInPlay } from './weighted.ts';

const record = (name: string, weight: number, healthy = true) => ({
  region: regionName(name),
  weight,
  healthy,
});
const played = (...records: ReturnType<typeof record>[]) =>
  recordsInPlay(records).map(({ region, weight }) => `${region} ${weight}`);

test('healthy records play by weight', () => {
  expect(played(record('west', 70), record('east', 30))).toEqual(['west 70', 'east 30']);
});
test('a record of weight zero plays only when no weighted one is healthy', () => {
  expect(played(record('west', 100), record('east', 0))).toEqual(['west 100']);
  expect(played(record('west', 100, false), record('east', 0))).toEqual(['east 1']);
});
test('an unhealthy record does not play', () => {
  expect(played(record('west', 50, false), record('east', 50))).toEqual(['east 50']);
});
test('when none is healthy all count as healthy', () => {
  expect(played(record('west', 70, false), record('east', 30, false), record('north', 0, false))).toEqual([
    'west 70',
    'east 30',
  ]);
});
test('weights that are all zero mean equal traffic', () => {
  expect(played(record('west', 0), record('east', 0))).toEqual(['west 1', 'east 1']);
});
