import { expect, test } from 'vitest';
import { breaker } from './breaker.ts';
import { createStage, moveOf, ofNode, west, zoneA, zoneB, zoneC } from './testing/stage.ts';

const minute = 60_000;

function wentWrong(...minutes: number[]) {
  const stage = createStage(breaker());
  for (const at of minutes) {
    const move = moveOf('replace-node', ofNode(zoneA, at));
    stage.at(at * minute).admit(move);
    stage.close(move, at % 2 === 0 ? 'reverted' : 'failed');
  }
  return stage;
}

test('complains once three of one store went wrong within an hour', () => {
  expect(
    wentWrong(1, 2, 3)
      .at(4 * minute)
      .admit(moveOf('replace-node', ofNode(zoneB))),
  ).toMatch(/though 3 moves were reverted or failed there: .* after 3 in an hour, 1m ago/);
});

test('it stays so, until a person resets it', () => {
  const stage = wentWrong(1, 2, 3);
  expect(stage.at(300 * minute).admit(moveOf('replace-node', ofNode(zoneB)))).toContain('breaker');
  const by = { kind: 'person', region: west } as const;
  stage.call('store', 'resetBreaker', { by: 'ada', reason: 'seen' }, undefined, { by });
  expect(stage.at(301 * minute).admit(moveOf('replace-node', ofNode(zoneC)))).toBeNull();
});

test('silent with fewer, or spread over more than an hour', () => {
  expect(wentWrong(1, 2).admit(moveOf('replace-node', ofNode(zoneB)))).toBeNull();
  expect(wentWrong(1, 2, 70).admit(moveOf('replace-node', ofNode(zoneB)))).toBeNull();
});
