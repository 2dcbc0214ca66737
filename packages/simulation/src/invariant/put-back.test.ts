import { expect, test } from 'vitest';
import { putBack } from './put-back.ts';
import {
  createStage,
  east,
  moveOf,
  nodeOf,
  ofNode,
  ofRegion,
  ofZone,
  type Stage,
  service,
  west,
  zoneA,
  zoneB,
  zoneC,
} from './testing/stage.ts';

function evacuated() {
  const stage = createStage(putBack());
  const move = moveOf('evacuate-zone', ofZone(zoneA));
  stage.admit(move);
  stage.call('fleet', 'suspend', { group: 'g', process: 'AZRebalance' }, undefined, {
    by: stage.step(move, 'suspend-rebalance'),
  });
  stage.call('fleet', 'setZones', { group: 'g', zones: [zoneB, zoneC] }, undefined, {
    by: stage.step(move, 'keep-launches-out'),
  });
  stage.call('fleet', 'setDesired', { group: 'g', desired: 8 }, undefined, {
    by: stage.step(move, 'make-room'),
  });
  const view = stage.view(west);
  view.suspended = ['AZRebalance'];
  view.desired = 8;
  for (const zone of view.zones) zone.shifted = zone.name === zoneA;
  stage.at(60_000);
  return { stage, move };
}

test('silent in a world that nobody has touched', () => {
  expect(createStage(putBack()).end()).toEqual([]);
});

test('silent about what a zone that is held empty is owed', () => {
  const { stage, move } = evacuated();
  stage.record(move, { step: 'prove', phase: 'done' });
  expect(stage.end()).toEqual([]);
});

test('complains of each of these once the evacuation has closed', () => {
  const { stage, move } = evacuated();
  stage.close(move, 'reverted');
  expect(stage.end()).toEqual([
    expect.stringMatching(
      /AZRebalance is still suspended in us-west-2 at the end; last, 1m before: step suspend-rebalance of evacuate-zone/,
    ),
    expect.stringMatching(/still launches nothing in us-west-2a .* step keep-launches-out/),
    expect.stringMatching(/asked for 8 nodes, 6 were configured in us-west-2 .*step make-room/),
    expect.stringMatching(/us-west-2a is still shifted away/),
  ]);
});

test('complains of a size that a replacement left behind', () => {
  const stage = createStage(putBack());
  const move = moveOf('replace-node', ofNode(zoneA));
  stage.admit(move);
  stage.call(
    'fleet',
    'launch',
    { group: 'g', zone: zoneA, token: 't' },
    { node: nodeOf(zoneA, 9) },
    { by: stage.step(move, 'launch') },
  );
  stage.view(west).desired = 7;
  stage.close(move, 'reverted');
  expect(stage.end()).toEqual([expect.stringContaining('asked for 7 nodes, 6 were configured')]);
});

function failedOver(stage: Stage) {
  const move = moveOf('fail-over-region', ofRegion(west), 'automatic', east);
  stage.admit(move);
  stage.call('switch', 'write', { service, region: west, on: true }, undefined, {
    by: stage.step(move, 'flip'),
  });
  return move;
}

test('a switch is owed until the region has its traffic back', () => {
  const stage = createStage(putBack());
  stage.close(failedOver(stage), 'recovered');
  expect(stage.end()).toEqual([]);
  const back = moveOf('fail-back', ofRegion(west), 'automatic', east);
  stage.at(60_000).admit(back);
  stage.close(back, 'recovered');
  expect(stage.end()).toEqual([
    expect.stringContaining('the switch about us-west-2 is still on in us-east-1'),
  ]);
});

test('complains of a switch that a reverted failover left on', () => {
  const stage = createStage(putBack());
  stage.close(failedOver(stage), 'reverted');
  expect(stage.end()).toEqual([expect.stringContaining('the switch about us-west-2 is still on')]);
});

test('a switch of a failover that failed is owed only if it says that it was turned and not turned back', () => {
  const stage = createStage(putBack());
  const move = failedOver(stage);
  stage.close(move, 'failed');
  const complaint = expect.stringContaining('the switch about us-west-2 is still on');
  expect(stage.end()).toEqual([complaint]);
  stage.record(move, { step: 'flip', phase: 'done' });
  expect(stage.end()).toEqual([]);
  stage.record(move, { step: 'flip', phase: 'undone' });
  expect(stage.end()).toEqual([complaint]);
});

test('complains of weights that are not as configured', () => {
  const stage = createStage(putBack());
  const by = stage.step(moveOf('fail-back', ofRegion(west), 'automatic', east), 'share');
  stage.call('dns', 'setWeights', { service, weights: { [west]: 10 } }, { change: 'C' }, { by });
  expect(stage.end()).toEqual([
    expect.stringContaining('the DNS weight of us-west-2 is 10 at the end, 100 was configured'),
  ]);
  stage.call('dns', 'setWeights', { service, weights: { [west]: 100 } }, { change: 'C' }, { by });
  expect(stage.end()).toEqual([]);
});

test('what a failed move has named is for the person whom it called, and nothing else is', () => {
  const { stage, move } = evacuated();
  const text =
    'the API is away. Could not be undone: keep-launches-out (g): g launches nothing in us-west-2a';
  stage.record(move, { step: 'close', phase: 'intent', text });
  stage.close(move, 'failed');
  expect(stage.end()).toEqual([
    expect.stringContaining('AZRebalance is still suspended'),
    expect.stringContaining('asked for 8 nodes'),
    expect.stringContaining('us-west-2a is still shifted away'),
  ]);
});

test('how many nodes there should be is for a person where a failed move may have ended the old one', () => {
  const stage = createStage(putBack());
  const move = moveOf('replace-node', ofNode(zoneA));
  stage.admit(move);
  stage.view(west).desired = 7;
  const complaint = expect.stringContaining('asked for 7 nodes');
  stage.close(move, 'failed');
  expect(stage.end()).toEqual([complaint]);
  stage.record(move, { step: 'retire', phase: 'intent', text: 'ends it' });
  expect(stage.end()).toEqual([]);
  stage.record(move, { step: 'retire', phase: 'done', text: 'it is ended' });
  expect(stage.end()).toEqual([complaint]);
});
