import type { Incident } from '@evac/core';
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

test('what is asked for only after the process was told of its group is not wanted yet', () => {
  const stage = withBad(0, [zoneB, 0]);
  const move = moveOf('evacuate-zone', ofZone(zoneA));
  const by = { ...stage.step(move, 'admit') };
  const grow = () => {
    const view = stage.view(west);
    const young = view.nodes.slice(0, 3).map((n, i) => ({ ...n, node: nodeOf(zoneC, 7 + i), zone: zoneC }));
    for (const { node } of young) stage.breaks(node, Number.POSITIVE_INFINITY);
    Object.assign(view, { desired: 9, nodes: [...view.nodes, ...young] });
  };
  const isTold = (desired: number, of = west) =>
    stage.call('fleet', 'describe', {}, { groups: [{ desired }], nodes: [] }, { by, region: of });
  const admit = () => stage.record(move, { step: 'admit', phase: 'done' }, by);
  stage.open(move);
  isTold(6);
  grow();
  expect(admit()).toBeNull();
  isTold(9);
  expect(admit()).toContain('with 3 of 9 nodes left');
  // An answer that is seconds old, as Auto Scaling gives them.
  isTold(6);
  expect(admit()).toBeNull();
  isTold(12);
  isTold(6, east);
  expect(admit()).toContain('with 3 of 9 nodes left');
});

test('a node without an address is none that a failover counts yet, and one to the others', () => {
  const stage = withBad(0, [zoneB, 0], [zoneB, 1], [zoneC, 0]);
  const view = stage.view(west);
  const young = view.nodes.slice(0, 1).map((n) => ({ ...n, node: nodeOf(zoneC, 7), zone: zoneC }));
  for (const { node } of young) stage.breaks(node, Number.POSITIVE_INFINITY);
  Object.assign(view, { desired: 7, nodes: [...view.nodes, ...young] });
  const admit = (move: Incident, without: number) => {
    const by = { ...stage.step(move, 'admit') };
    const nodes = view.nodes.map((n, i) => ({ ...n, host: i < 7 - without ? '10.0.0.1' : '' }));
    const result = { groups: [{ desired: 7 }], nodes };
    stage.call('fleet', 'describe', {}, result, { by, region: west });
    stage.open(move);
    return stage.record(move, { step: 'admit', phase: 'done' }, by);
  };
  const failover = moveOf('fail-over-region', ofRegion(east), 'automatic', west);
  expect(admit(failover, 1)).toBeNull();
  expect(admit(failover, 0)).toContain('with 3 of 7 nodes left');
  expect(admit(moveOf('replace-node', ofNode(zoneB)), 1)).toContain('with 3 of 7 nodes left');
});
