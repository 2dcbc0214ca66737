import { expect, test } from 'vitest';
import { asConfigured } from './as-configured.ts';
import {
  createStage,
  east,
  moveOf,
  nodeOf,
  ofNode,
  ofRegion,
  ofZone,
  service,
  west,
  zoneA,
  zoneB,
} from './testing/stage.ts';

const minute = 60_000;
const whole = () => createStage(asConfigured());

test('silent in a world as it was', () => {
  expect(whole().end()).toEqual([]);
});

test('complains of a node too many or too few', () => {
  const stage = whole();
  stage.view(west).desired = 7;
  expect(stage.end()).toEqual([
    expect.stringMatching(/^us-west-2 has 6 nodes in service at the end and is asked for 7/),
  ]);
});

test('complains of a node that does not serve, is out of the balancer, or is between two states', () => {
  const stage = whole();
  const [first, second, third] = stage.view(west).nodes;
  if (first && second && third) {
    stage.breaks(first.node, 0);
    second.target = 'unused';
    third.lifecycle = 'pending';
    stage.view(west).desired = 5;
  }
  expect(stage.at(minute).end()).toEqual([
    expect.stringContaining(
      'i-us-west-2a-0 in us-west-2a is in-service at the end and has not served for 1m',
    ),
    expect.stringContaining('i-us-west-2a-1 in us-west-2a is in-service at the end and as a target unused'),
    expect.stringContaining('i-us-west-2b-0 in us-west-2b is pending at the end'),
  ]);
});

test('a node that was kept is no target, and no concern', () => {
  const stage = whole();
  const [kept] = stage.view(west).nodes;
  stage.view(west).desired = 5;
  if (kept) Object.assign(kept, { lifecycle: 'detached', target: 'unused' });
  expect(stage.end()).toEqual([]);
  if (kept) kept.target = 'healthy';
  expect(stage.end()).toEqual([expect.stringContaining('still a target')]);
});

test('targets of a zone that is held empty may be out, until its fail-back is overdue', () => {
  const stage = whole();
  const move = moveOf('evacuate-zone', ofZone(zoneA));
  stage.admit(move);
  stage.record(move, { step: 'prove', phase: 'done' });
  for (const n of stage.view(west).nodes) if (n.zone === zoneA) n.target = 'unused';
  expect(stage.at(10 * minute).end()).toEqual([]);
  expect(stage.at(40 * minute).end()).toEqual([
    expect.stringMatching(
      /^evacuate-zone of us-west-2\/us-west-2a .* still stands in us-west-2 at the end, .* one was due/,
    ),
  ]);
});

test('a failover stands too long only where fail-backs are automatic and nothing is against one', () => {
  const stood = (change: Parameters<typeof createStage>[1] = {}) => {
    const stage = createStage(asConfigured(), change);
    const move = moveOf('fail-over-region', ofRegion(west), 'automatic', east);
    stage.admit(move);
    const on = { service, region: west, on: true };
    stage.call('switch', 'write', on, undefined, { by: stage.step(move, 'flip') });
    stage.close(move, 'recovered');
    return stage.at(40 * minute);
  };
  expect(stood().end()).toEqual([expect.stringContaining('still stands in us-east-1')]);
  const back = stood();
  const off = { service, region: west, on: false };
  const by = back.step(moveOf('fail-back', ofRegion(west), 'automatic', east), 'switch-off');
  back.call('switch', 'write', off, undefined, { by });
  expect(back.end()).toEqual([]);
  const { policy, limits } = whole().truth.service;
  expect(stood({ service: { policy: { ...policy, 'fail-back': 'approve' } } }).end()).toEqual([]);
  expect(stood({ service: { limits: { ...limits, maxMovesPerHour: 1 } } }).end()).toEqual([]);
  const paused = stood();
  const pause = { id: 'p', service: null, move: null, by: 'ada', reason: '', at: 0, until: null };
  paused.call('store', 'addPause', pause, undefined, { by: { kind: 'person', region: east }, region: east });
  expect(paused.end()).toEqual([]);
});

test('complains of a lease that was renewed after its holder had closed', () => {
  const stage = whole();
  const move = moveOf('replace-node', ofNode(zoneB));
  stage.admit(move);
  stage.close(move, 'recovered');
  expect(stage.at(minute).end()).toEqual([]);
  stage.at(20 * minute).lease(move);
  expect(stage.at(21 * minute).end()).toEqual([
    expect.stringMatching(/^the lease on chat\/us-west-2\/us-west-2b\/i-us-west-2b-0 .* closed 21m before$/),
  ]);
  expect(nodeOf(zoneB)).toBe('i-us-west-2b-0');
});
