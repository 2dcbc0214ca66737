import { expect, test } from 'vitest';
import { neverDrained } from './never-drained.ts';
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
  zoneC,
} from './testing/stage.ts';

const target = { targetGroup: 'g', node: nodeOf(zoneA), port: 8000 };

/** All nodes of the west but the one in A have been bad since `sinceMs`; the time is 10 min. */
function onlyOneLeft(sinceMs: number) {
  const stage = createStage(neverDrained());
  for (const { node } of stage.view(west).nodes) if (node !== target.node) stage.breaks(node, sinceMs);
  stage.at(600_000);
  return stage;
}

const drain = (stage: ReturnType<typeof createStage>) => {
  const move = moveOf('replace-node', ofNode(zoneA));
  return stage.call('balancer', 'deregister', target, undefined, { by: stage.step(move, 'drain') }, () => {
    for (const n of stage.view(west).nodes) if (n.node === target.node) n.target = 'draining';
  });
};

test('complains when the last serving node is taken out', () => {
  expect(drain(onlyOneLeft(0))).toMatch(
    /step drain .* made balancer\.deregister .*: of the 1 node\(s\) that served in us-west-2 \(i-us-west-2a-0\) none is left/,
  );
});

test('silent when the others went bad too lately for anybody to know', () => {
  expect(drain(onlyOneLeft(590_000))).toBeNull();
});

test('silent when another serves, or when nobody did', () => {
  expect(drain(createStage(neverDrained()))).toBeNull();
  const stage = onlyOneLeft(0);
  stage.breaks(target.node, 0);
  expect(drain(stage)).toBeNull();
});

const shift = (stage: ReturnType<typeof createStage>) =>
  stage.call(
    'zonalShift',
    'start',
    { service, awayFrom: `${zoneA}-id`, expiresInMs: 1, comment: '' },
    { id: 's' },
    {
      by: stage.step(moveOf('evacuate-zone', ofZone(zoneA)), 'shift'),
    },
  );

test('a shift counts before it has applied', () => {
  const stage = createStage(neverDrained());
  for (const zone of [zoneB, zoneC]) for (const n of [0, 1]) stage.breaks(nodeOf(zone, n), 0);
  expect(shift(stage.at(600_000))).toContain('none is left');
  stage.mends(nodeOf(zoneC));
  expect(shift(stage.at(600_000))).toBeNull();
});

const failOver = (stage: ReturnType<typeof createStage>) =>
  stage.call('switch', 'write', { service, region: west, on: true }, undefined, {
    by: stage.step(moveOf('fail-over-region', ofRegion(west), 'force', east), 'flip'),
  });

test('complains when DNS is turned to a region that does not serve, from one that does', () => {
  const stage = createStage(neverDrained());
  stage.goesDark(east, 0);
  stage.truth.darkSince = () => null;
  expect(failOver(stage.at(600_000))).toContain('in the regions that DNS would answer');
});

test('silent when DNS is turned to a region that serves, or from one that does not', () => {
  expect(failOver(createStage(neverDrained()))).toBeNull();
  const dark = createStage(neverDrained());
  dark.goesDark(west, 0);
  expect(failOver(dark.at(600_000))).toBeNull();
});

test('weights drain too', () => {
  const stage = createStage(neverDrained());
  stage.goesDark(east, 0);
  const by = stage.step(moveOf('fail-over-region', ofRegion(west), 'force', east), 'flip');
  const set = (weights: Record<string, number>) =>
    stage.at(600_000).call('dns', 'setWeights', { service, weights }, { change: 'C' }, { by });
  expect(set({ [west]: 10, [east]: 0 })).toBeNull();
  expect(set({ [west]: 0, [east]: 100 })).toContain('none is left');
});

test('what a person or Auto Scaling does is not held against Evac', () => {
  const stage = onlyOneLeft(0);
  const by = { kind: 'person', region: west } as const;
  const ask = { node: nodeOf(zoneA), decrement: true };
  expect(
    stage.call('fleet', 'terminate', ask, undefined, { by }, () => stage.view(west).nodes.splice(0, 6)),
  ).toBeNull();
});
