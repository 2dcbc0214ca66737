import { expect, test } from 'vitest';
import { capacityLeft } from './capacity-left.ts';
import {
  createStage,
  east,
  moveOf,
  nodeOf,
  ofNode,
  ofRegion,
  ofZone,
  west,
  zoneA,
  zoneB,
  zoneC,
} from './testing/stage.ts';

function withBad(sinceMs: number, ...nodes: Parameters<typeof nodeOf>[]) {
  const stage = createStage(capacityLeft());
  for (const node of nodes) stage.breaks(nodeOf(...node), sinceMs);
  return stage.at(600_000);
}

test('complains when fewer are left than capacityShare of what is asked for', () => {
  expect(withBad(0, [zoneB, 0], [zoneB, 1]).admit(moveOf('evacuate-zone', ofZone(zoneA)))).toMatch(
    /with 2 of 6 nodes left that serve, it takes 50%/,
  );
});

test('silent with enough, or where it could not be known yet', () => {
  expect(withBad(0, [zoneB, 0]).admit(moveOf('evacuate-zone', ofZone(zoneA)))).toBeNull();
  expect(withBad(590_000, [zoneB, 0], [zoneB, 1]).admit(moveOf('evacuate-zone', ofZone(zoneA)))).toBeNull();
  const one = withBad(0, [zoneA, 0], [zoneB, 0], [zoneC, 0]);
  expect(one.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
});

test('a failover counts the nodes of the region that takes over; a fail-back counts nothing', () => {
  const stage = createStage(capacityLeft());
  stage.goesDark(east, 0);
  expect(stage.at(600_000).admit(moveOf('fail-over-region', ofRegion(west), 'force', east))).toContain(
    'with 0 of 6',
  );
  expect(stage.admit(moveOf('fail-back', ofRegion(west), 'force', east))).toBeNull();
  expect(stage.admit(moveOf('fail-over-region', ofRegion(east), 'automatic', west))).toBeNull();
});

test('a node that fails now and then is able, and a fault that is none to it does not make it older', () => {
  const stage = withBad(0, [zoneB, 0], [zoneB, 1]);
  stage.strikes({ name: 'zone-grey', target: zoneB }, 0);
  expect(stage.admit(moveOf('evacuate-zone', ofZone(zoneA)))).toBeNull();
  stage.strikes({ name: 'dns-api-loss', target: 'world' }, 0);
  stage.strikes({ name: 'zone-loss', target: zoneB }, 595_000);
  expect(stage.admit(moveOf('evacuate-zone', ofZone(zoneA)))).toBeNull();
  stage.strikes({ name: 'node-hang', target: nodeOf(zoneB) }, 0);
  stage.strikes({ name: 'node-hang', target: nodeOf(zoneB, 1) }, 0);
  expect(stage.at(600_000).admit(moveOf('evacuate-zone', ofZone(zoneA)))).toContain('with 2 of 6');
});

test('what is asked for only after the process has read the group is not wanted yet', () => {
  const stage = withBad(0, [zoneB, 0]);
  const move = moveOf('evacuate-zone', ofZone(zoneA));
  const by = { ...stage.step(move, 'admit') };
  const grow = () => {
    const view = stage.view(west);
    const young = view.nodes.slice(0, 3).map((n, i) => ({ ...n, node: nodeOf(zoneC, 7 + i), zone: zoneC }));
    for (const { node } of young) stage.breaks(node, Number.POSITIVE_INFINITY);
    Object.assign(view, { desired: 9, nodes: [...view.nodes, ...young] });
  };
  const read = () => stage.call('store', 'incidents', { since: 0 }, [], { by });
  stage.open(move);
  read();
  grow();
  expect(stage.record(move, { step: 'admit', phase: 'done' }, by)).toBeNull();
  read();
  expect(stage.record(move, { step: 'admit', phase: 'done' }, by)).toContain('with 3 of 9 nodes left');
});
