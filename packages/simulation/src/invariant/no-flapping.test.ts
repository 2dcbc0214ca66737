import type { IncidentOutcome } from '@evac/core';
import { expect, test } from 'vitest';
import { noFlapping } from './no-flapping.ts';
import { createStage, moveOf, ofNode, west, zoneA } from './testing/stage.ts';

const minute = 60_000;
const again = (
  stage: ReturnType<typeof createStage>,
  minutes: number,
  verb: 'automatic' | 'force' = 'automatic',
) => stage.at(minutes * minute).admit(moveOf('replace-node', ofNode(zoneA), verb));

function ended(outcome: IncidentOutcome, step?: string, skewMs = 0) {
  const stage = createStage(noFlapping(), { world: { skewMs: { [west]: skewMs } } });
  const move = moveOf('replace-node', ofNode(zoneA));
  stage.at(0);
  stage.admit(move);
  if (step) stage.record(move, { step, phase: 'done' });
  stage.at(5 * minute).close(move, outcome);
  return stage;
}

test('complains within the cooldown, which counts from the end', () => {
  expect(again(ended('reverted'), 14.9)).toMatch(
    /admitted 9m54s after replace-node .* ended \(reverted\), within its cooldown of 10m/,
  );
  expect(again(ended('reverted'), 15.1)).toBeNull();
});

test('the cooldown grows with each repetition', () => {
  const stage = ended('recovered');
  const second = moveOf('replace-node', ofNode(zoneA));
  stage.at(16 * minute).admit(second);
  stage.at(17 * minute).close(second, 'recovered');
  expect(again(stage, 36)).toContain('within its cooldown of 20m');
  expect(again(stage, 38)).toBeNull();
});

test('silent about another node, a person who forces it, and what cools nothing', () => {
  expect(ended('reverted').admit(moveOf('replace-node', ofNode(zoneA, 1)))).toBeNull();
  expect(again(ended('reverted'), 6, 'force')).toBeNull();
  expect(again(ended('subsumed'), 6)).toBeNull();
  expect(again(ended('refused'), 6)).toBeNull();
  expect(again(ended('recovered', 'restarted'), 6)).toBeNull();
});

test('a declined move cools', () => {
  expect(again(ended('refused', 'approval'), 6)).toContain('(refused)');
});

test('a cell whose clock is ahead may be that much too early', () => {
  expect(again(ended('reverted', undefined, 3_000), 14.96)).toBeNull();
});
