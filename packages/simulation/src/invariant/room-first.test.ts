import { expect, test } from 'vitest';
import { roomFirst } from './room-first.ts';
import { createStage, east, moveOf, ofRegion, service, west } from './testing/stage.ts';

const group = { name: 'g', min: 1, max: 12, suspended: [], zones: [] };

function takingOver() {
  const stage = createStage(roomFirst());
  const move = stage.open(moveOf('fail-over-region', ofRegion(west), 'automatic', east));
  const as = (step: string) => ({ by: stage.step(move, step) });
  return {
    stage,
    turn: (on = true, step = 'flip') =>
      stage.call('switch', 'write', { service, region: west, on }, undefined, as(step)),
    weigh: () =>
      stage.call('dns', 'setWeights', { service, weights: { [west]: 0 } }, { change: 'C' }, as('flip')),
    look: (desired: number) =>
      stage.call(
        'fleet',
        'describe',
        { service },
        { nodes: [], groups: [{ ...group, desired }] },
        as('pre-scale'),
      ),
    ask: (error?: string) =>
      stage.call('fleet', 'setDesired', { group: 'g', desired: 12 }, undefined, {
        ...as('pre-scale'),
        ...(error !== undefined && { error }),
      }),
  };
}

test('complains when DNS is turned by a move that has asked for no room', () => {
  expect(takingOver().turn()).toContain('takes 12, and the move has asked for none');
  expect(takingOver().weigh()).toContain('is asked for 6 nodes');
});

test.each([
  ['once it has asked', undefined],
  ['once the group has refused', 'at its maximum'],
])('silent %s', (_, error) => {
  const { ask, turn } = takingOver();
  expect(ask(error)).toBeNull();
  expect(turn()).toBeNull();
});

test('silent where the nodes were there when it looked, and complains where they were not', () => {
  const enough = takingOver();
  enough.look(12);
  expect(enough.turn()).toBeNull();
  const tooFew = takingOver();
  tooFew.look(11);
  expect(tooFew.turn()).toContain('the move has asked for none');
});

test('silent where the nodes are there already, and about turning it back', () => {
  const { stage, turn } = takingOver();
  expect(turn(false)).toBeNull();
  expect(turn(true, 'undo-traffic')).toBeNull();
  stage.view(east).desired = 12;
  expect(turn()).toBeNull();
});
