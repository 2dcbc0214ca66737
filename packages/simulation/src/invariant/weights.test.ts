import { expect, test } from 'vitest';
import { createStage, east, moveOf, ofRegion, service, west } from './testing/stage.ts';
import { weights } from './weights.ts';

const set = (given: Record<string, number>, stage = createStage(weights())) => {
  const by = stage.step(moveOf('fail-over-region', ofRegion(west), 'automatic', east), 'flip');
  return stage.call('dns', 'setWeights', { service, weights: given }, { change: 'C' }, { by });
};

test('complains when no weight is left, also by a change of some of them', () => {
  expect(set({ [west]: 0, [east]: 0 })).toContain('leaves every weight at 0');
  const stage = createStage(weights());
  expect(set({ [west]: 0 }, stage)).toBeNull();
  expect(set({ [east]: 0 }, stage)).toContain('leaves every weight at 0');
});

test('silent while somebody has weight', () => {
  expect(set({ [west]: 0, [east]: 1 })).toBeNull();
});
