import { expect, test } from 'vitest';
import { subsumed } from './subsumed.ts';
import { createStage, moveOf, nodeOf, ofNode, ofZone, service, zoneA, zoneB } from './testing/stage.ts';

const ask = { node: nodeOf(zoneA), decrement: true };

function beside(zone = zoneA) {
  const stage = createStage(subsumed());
  const small = moveOf('replace-node', ofNode(zoneA));
  stage.admit(small);
  const large = moveOf('evacuate-zone', ofZone(zone));
  stage.at(10_000).admit(large);
  return { stage, small, large };
}

test('complains of a step of the smaller move that looked after the larger one was admitted', () => {
  const { stage, small } = beside();
  const by = stage.step(small, 'retire');
  stage.at(12_000).call('store', 'incidents', { service, since: 0 }, [], { by });
  expect(stage.at(13_000).call('fleet', 'terminate', ask, undefined, { by })).toMatch(
    /step retire .* for replace-node of .*, 3s after evacuate-zone of us-west-2\/us-west-2a .* was admitted/,
  );
});

test('complains of a step that did not look at all', () => {
  const { stage, small } = beside();
  const by = stage.step(small, 'retire');
  expect(stage.at(13_000).call('fleet', 'terminate', ask, undefined, { by })).toContain('was admitted');
});

test('complains of a smaller move that is admitted beside the larger one', () => {
  const stage = createStage(subsumed());
  stage.admit(moveOf('evacuate-zone', ofZone(zoneA)));
  expect(stage.at(5_000).admit(moveOf('replace-node', ofNode(zoneA)))).toMatch(
    /replace-node of .* was admitted in us-west-2 5s after evacuate-zone of us-west-2\/us-west-2a .* was admitted/,
  );
  expect(stage.at(6_000).admit(moveOf('replace-node', ofNode(zoneB)))).toBeNull();
});

test('silent about a step that was under way, and about undoing', () => {
  const { stage, small } = beside();
  const early = stage.step(small, 'retire');
  stage.at(9_000).call('store', 'incidents', { service, since: 0 }, [], { by: early });
  expect(stage.at(13_000).call('fleet', 'terminate', ask, undefined, { by: early })).toBeNull();
  const undo = stage.step(small, 'undo-fleet');
  expect(stage.call('fleet', 'terminate', ask, undefined, { by: undo })).toBeNull();
});

test('silent where the larger move is of another zone, is held, or has closed', () => {
  const elsewhere = beside(zoneB);
  const terminate = ({ stage, small }: typeof elsewhere) =>
    stage.call('fleet', 'terminate', ask, undefined, { by: stage.step(small, 'retire') });
  expect(terminate(elsewhere)).toBeNull();

  const held = beside();
  held.stage.record(held.large, { step: 'prove', phase: 'done' });
  expect(terminate(held)).toBeNull();

  const closed = beside();
  closed.stage.close(closed.large, 'reverted');
  expect(terminate(closed)).toBeNull();
});
