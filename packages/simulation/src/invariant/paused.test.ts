import { expect, test } from 'vitest';
import { paused } from './paused.ts';
import { createStage, moveOf, ofNode, ofZone, service, west, zoneA } from './testing/stage.ts';

const person = { kind: 'person', region: west } as const;
const pauseOf = (move: string | null, until: number | null = null) => ({
  id: 'p1',
  service,
  move,
  by: 'ada',
  reason: 'upgrade',
  at: 0,
  until,
});

function pausedStage(move: string | null = null) {
  const stage = createStage(paused());
  stage.call('store', 'addPause', pauseOf(move), undefined, { by: person });
  return stage;
}

test('complains of a move that is admitted after the pause was in the store, whoever asks', () => {
  const stage = pausedStage();
  expect(stage.at(4_000).admit(moveOf('replace-node', ofNode(zoneA)))).toMatch(
    /admitted in us-west-2 4s after the pause "upgrade" by ada/,
  );
  expect(stage.admit(moveOf('evacuate-zone', ofZone(zoneA), 'force'))).toContain('pause');
});

test('silent about another kind of move, and after the pause was removed', () => {
  const stage = pausedStage('evacuate-zone');
  expect(stage.at(4_000).admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  stage.call('store', 'removePause', { id: 'p1' }, undefined, { by: person });
  expect(stage.at(5_000).admit(moveOf('evacuate-zone', ofZone(zoneA)))).toBeNull();
});

test('silent where the process had read the pauses just before', () => {
  const stage = createStage(paused());
  const move = stage.open(moveOf('replace-node', ofNode(zoneA)));
  stage.lease(move);
  const by = stage.step(move, 'admit');
  stage.at(1_000).call('store', 'pauses', undefined, [], { by });
  stage.at(1_100).call('store', 'addPause', pauseOf(null), undefined, { by: person });
  expect(stage.at(2_000).record(move, { step: 'admit', phase: 'done' }, by)).toBeNull();
});

test('but not half a minute later', () => {
  const stage = createStage(paused());
  const move = stage.open(moveOf('replace-node', ofNode(zoneA)));
  stage.lease(move);
  const by = stage.step(move, 'admit');
  stage.at(1_000).call('store', 'pauses', undefined, [], { by });
  stage.at(1_100).call('store', 'addPause', pauseOf(null), undefined, { by: person });
  expect(stage.at(32_000).record(move, { step: 'admit', phase: 'done' }, by)).toContain(
    '31s after the pause',
  );
});

test('complains of a move that is approved in a pause', () => {
  const stage = createStage(paused());
  const move = moveOf('replace-node', ofNode(zoneA));
  stage.admit(move);
  stage.at(1_000).call('store', 'addPause', pauseOf(null), undefined, { by: person });
  expect(stage.at(60_000).readmit(move, 'await-approval')).toContain('59s after the pause');
});

test('silent once the pause has run out', () => {
  const stage = createStage(paused());
  stage.call('store', 'addPause', pauseOf(null, stage.truth.now + 10_000), undefined, { by: person });
  expect(stage.at(11_000).admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
});
