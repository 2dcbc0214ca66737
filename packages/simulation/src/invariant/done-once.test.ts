import { expect, test } from 'vitest';
import { doneOnce } from './done-once.ts';
import { createStage, moveOf, nodeOf, ofNode, zoneA } from './testing/stage.ts';

function replacing() {
  const stage = createStage(doneOnce());
  const move = stage.open(moveOf('replace-node', ofNode(zoneA)));
  const launch = (node: string) =>
    stage.call(
      'fleet',
      'launch',
      { group: 'g', zone: zoneA, token: 't' },
      { node },
      { by: stage.step(move, 'launch') },
    );
  const restart = (token: string) =>
    stage.call('restart', 'restart', { node: nodeOf(zoneA), token }, undefined, {
      by: stage.step(move, 'restart'),
    });
  return { stage, launch, restart };
}

test('silent when a launch that is tried again names the same node', () => {
  const { launch } = replacing();
  expect(launch('i-new')).toBeNull();
  expect(launch('i-new')).toBeNull();
});

test('complains when it launches a second', () => {
  const { launch } = replacing();
  launch('i-new');
  expect(launch('i-newer')).toContain('got i-newer, though the same incident had launched i-new before');
});

test('complains when a node is restarted twice in a day, unless by the same token', () => {
  const { stage, restart } = replacing();
  expect(restart('one')).toBeNull();
  expect(restart('one')).toBeNull();
  stage.at(60_000);
  expect(restart('two')).toContain('1m after it was restarted with token one');
  stage.at(90_000_000);
  expect(restart('three')).toBeNull();
});
