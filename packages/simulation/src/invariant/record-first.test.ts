import { expect, test } from 'vitest';
import { recordFirst } from './record-first.ts';
import { createStage, moveOf, nodeOf, ofNode, zoneA } from './testing/stage.ts';

const target = { targetGroup: 'g', node: nodeOf(zoneA), port: 8000 };

function begun() {
  const stage = createStage(recordFirst());
  const move = stage.open(moveOf('replace-node', ofNode(zoneA)));
  stage.lease(move);
  return { stage, move };
}

test('silent when the run has written to its incident before it acts, however many targets that are', () => {
  const { stage, move } = begun();
  const by = stage.step(move, 'drain');
  stage.record(move, { step: 'drain', phase: 'intent' }, by);
  expect(stage.call('balancer', 'deregister', target, undefined, { by })).toBeNull();
  expect(stage.call('balancer', 'deregister', target, undefined, { by })).toBeNull();
});

test('complains of an act before its record', () => {
  const { stage, move } = begun();
  const by = stage.step(move, 'drain');
  expect(stage.call('balancer', 'deregister', target, undefined, { by })).toMatch(
    /step drain of replace-node\S* in us-west-2 made balancer\.deregister .* before it had written anything/,
  );
});

test('a record of an earlier run is not this one’s', () => {
  const { stage, move } = begun();
  stage.record(move, { step: 'drain', phase: 'intent' });
  const again = stage.step(move, 'drain');
  expect(stage.call('balancer', 'deregister', target, undefined, { by: again })).toContain(
    'before it had written',
  );
});

test('complains when two kinds of act follow one record', () => {
  const { stage, move } = begun();
  const by = stage.step(move, 'undo-traffic');
  stage.record(move, { step: 'revert', phase: 'intent' }, by);
  stage.call('balancer', 'register', target, undefined, { by });
  const ask = { node: nodeOf(zoneA), decrement: true };
  expect(stage.call('fleet', 'terminate', ask, undefined, { by })).toContain(
    'wrote nothing to its incident between',
  );
});
