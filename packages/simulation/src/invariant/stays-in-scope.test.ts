import { expect, test } from 'vitest';
import { staysInScope } from './stays-in-scope.ts';
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

const ends = (node: string) => ({ node, decrement: true });
const target = (node: string) => ({ targetGroup: 'g', node, port: 8000 });

function replacing() {
  const stage = createStage(staysInScope());
  const move = stage.open(moveOf('replace-node', ofNode(zoneA)));
  return { stage, by: stage.step(move, 'retire') };
}

test('a replacement ends its subject, and what it launched', () => {
  const { stage, by } = replacing();
  expect(stage.call('fleet', 'terminate', ends(nodeOf(zoneA)), undefined, { by })).toBeNull();
  stage.call('fleet', 'launch', { group: 'g', zone: zoneA, token: 't' }, { node: 'i-new' }, { by });
  expect(stage.call('fleet', 'terminate', ends('i-new'), undefined, { by })).toBeNull();
});

test('complains of any other node, ended, restarted or taken out', () => {
  const { stage, by } = replacing();
  expect(stage.call('fleet', 'terminate', ends(nodeOf(zoneB)), undefined, { by })).toContain(
    'i-us-west-2b-0 is neither its subject nor launched by it',
  );
  expect(stage.call('fleet', 'keep', ends(nodeOf(zoneB)), undefined, { by })).toContain(
    'neither its subject',
  );
  expect(stage.call('restart', 'restart', { node: nodeOf(zoneB), token: 't' }, undefined, { by })).toContain(
    'is not its subject',
  );
  expect(stage.call('balancer', 'deregister', target(nodeOf(zoneB)), undefined, { by })).toContain(
    'does not lie in its subject',
  );
});

test('an evacuation touches its own zone and no other', () => {
  const stage = createStage(staysInScope());
  const by = stage.step(stage.open(moveOf('evacuate-zone', ofZone(zoneA))), 'shift');
  const start = (zone: string) =>
    stage.call(
      'zonalShift',
      'start',
      { service, awayFrom: `${zone}-id`, expiresInMs: 1, comment: '' },
      { id: zone },
      { by },
    );
  expect(start(zoneA)).toBeNull();
  expect(start(zoneB)).toContain('us-west-2b is not its subject');
  expect(stage.call('zonalShift', 'extend', { id: zoneA, expiresInMs: 1 }, undefined, { by })).toBeNull();
  expect(stage.call('zonalShift', 'cancel', { id: 'other' }, undefined, { by })).toContain(
    'nobody has started',
  );
  expect(stage.call('balancer', 'deregister', target(nodeOf(zoneA, 1)), undefined, { by })).toBeNull();
  expect(stage.call('balancer', 'deregister', target(nodeOf(zoneB)), undefined, { by })).toContain(
    'does not lie',
  );
});

test('a failover switches its subject, in its own region', () => {
  const stage = createStage(staysInScope());
  const move = stage.open(moveOf('fail-over-region', ofRegion(west), 'automatic', east));
  const by = stage.step(move, 'flip');
  const write = (region: string, at = east) =>
    stage.call('switch', 'write', { service, region, on: true }, undefined, { by, region: at });
  expect(write(west)).toBeNull();
  expect(write(east)).toContain('its subject is not the region us-east-1');
  expect(write(west, west)).toContain('it belongs to us-east-1');
});

test('who takes back a zone’s room ends what no load balancer uses, and nothing else', () => {
  const stage = createStage(staysInScope());
  const by = stage.step(stage.open(moveOf('fail-back', ofZone(zoneB))), 'restore-room');
  const end = (decrement: boolean) =>
    stage.call('fleet', 'terminate', { node: nodeOf(zoneA), decrement }, undefined, { by });
  const { nodes } = stage.view(west);
  const isTarget = (target: 'unused' | 'draining') =>
    Object.assign(nodes.find((n) => n.node === nodeOf(zoneA)) ?? {}, { target });
  isTarget('draining');
  expect(end(true)).toContain('neither its subject');
  isTarget('unused');
  expect(end(true)).toBeNull();
  expect(end(false)).toContain('neither its subject');
  const node = stage.step(stage.open(moveOf('replace-node', ofNode(zoneB))), 'retire');
  expect(stage.call('fleet', 'terminate', ends(nodeOf(zoneA)), undefined, { by: node })).toContain(
    'neither its subject',
  );
});

test('complains of a cell that moves what belongs to another', () => {
  const stage = createStage(staysInScope());
  const by = stage.step(stage.open(moveOf('replace-node', ofNode(zoneA), 'force', east)), 'retire');
  expect(stage.call('fleet', 'terminate', ends(nodeOf(zoneA)), undefined, { by })).toContain(
    'not for the cell of us-east-1 to move',
  );
  const own = stage.step(stage.open(moveOf('fail-over-region', ofRegion(east), 'force', east)), 'flip');
  expect(
    stage.call('switch', 'write', { service, region: east, on: true }, undefined, { by: own }),
  ).toContain('not for the cell of us-east-1');
});

test('a node or zone has nothing to do with DNS', () => {
  const { stage, by } = replacing();
  const ask = { service, weights: { [west]: 1 } };
  expect(stage.call('dns', 'setWeights', ask, { change: 'C' }, { by })).toContain('no weight in DNS');
});

test('a failover changes the weight of its region and of its own, and none of a third', () => {
  const stage = createStage(staysInScope());
  const by = stage.step(stage.open(moveOf('fail-over-region', ofRegion(west), 'automatic', east)), 'flip');
  const set = (weights: Record<string, number>) =>
    stage.call('dns', 'setWeights', { service, weights }, { change: 'C' }, { by });
  expect(set({ [west]: 0, [east]: 100 })).toBeNull();
  expect(set({ [west]: 0, [east]: 100, 'eu-west-1': 100 })).toContain('the weight of eu-west-1 is for other');
});
