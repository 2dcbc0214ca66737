import { expect, test } from 'vitest';
import { createStage, moveOf, nodeOf, ofNode, ofZone, zoneA, zoneB, zoneC } from './testing/stage.ts';
import { together } from './together.ts';

const crash = (zone: typeof zoneA, n = 0) => ({ name: 'node-crash' as const, target: nodeOf(zone, n) });

function halfDown(change = {}) {
  const stage = createStage(together(), change);
  for (const zone of [zoneA, zoneB, zoneC]) stage.strikes(crash(zone), 0);
  return stage;
}

test('complains about a node’s and a zone’s move while half of the nodes fail in several zones', () => {
  const stage = halfDown().at(600_000);
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toContain('3 of 6 nodes failed together');
  expect(stage.admit(moveOf('evacuate-zone', ofZone(zoneB), 'force'))).toContain('in 3 zones');
});

test('silent before anybody can know, and where the machinery itself was in trouble', () => {
  expect(
    halfDown()
      .at(20_000)
      .admit(moveOf('replace-node', ofNode(zoneA))),
  ).toBeNull();
  const kill = { kind: 'kill', what: 'step', region: 'us-west-2', call: 1, after: false, at: 0 } as const;
  const stage = halfDown({ troubles: [kill] }).at(600_000);
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
});

test('silent about fewer of them, and about one zone', () => {
  const stage = createStage(together());
  stage.strikes(crash(zoneA), 0);
  stage.strikes(crash(zoneB), 0);
  expect(stage.at(600_000).admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  const zone = createStage(together());
  zone.strikes({ name: 'zone-loss', target: zoneA }, 0);
  zone.strikes(crash(zoneA, 1), 0);
  expect(zone.at(600_000).admit(moveOf('evacuate-zone', ofZone(zoneA)))).toBeNull();
});

test('silent about a fail-back', () => {
  expect(
    halfDown()
      .at(600_000)
      .admit(moveOf('fail-back', ofZone(zoneA))),
  ).toBeNull();
});
