import { regionName } from '@evac/core';
import { expect, test } from 'vitest';
import { ownership } from './ownership.ts';
import { createStage, east, moveOf, ofRegion, west } from './testing/stage.ts';

const third = regionName('eu-west-1');

/** A third region fails, and the second one in the order takes it over. */
function takenOverBySecond(
  change: Parameters<typeof createStage>[1] = {},
  verb: 'automatic' | 'recover' = 'automatic',
) {
  const stage = createStage(ownership(), change);
  return stage.admit(moveOf('fail-over-region', ofRegion(third), verb, east));
}

test('complains when a later region takes over while an earlier one was never in trouble', () => {
  expect(takenOverBySecond()).toMatch(
    /admitted in us-east-1, though us-west-2 comes before it, has 6 serving nodes/,
  );
});

test('silent about the first, a person, and where the earlier one had anything wrong with it', () => {
  const first = createStage(ownership());
  expect(first.admit(moveOf('fail-over-region', ofRegion(east), 'automatic', west))).toBeNull();
  expect(takenOverBySecond({}, 'recover')).toBeNull();
  const fault = { kind: 'fault', name: 'zone-loss', target: 'us-west-2a', at: 0, forMs: 1 } as const;
  expect(takenOverBySecond({ troubles: [fault] })).toBeNull();
});

test('silent when the earlier one is what failed', () => {
  const stage = createStage(ownership());
  expect(stage.admit(moveOf('fail-over-region', ofRegion(west), 'automatic', east))).toBeNull();
});
