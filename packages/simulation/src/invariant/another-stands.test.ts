import { expect, test } from 'vitest';
import { anotherStands } from './another-stands.ts';
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

function stageWithout(...zones: (typeof zoneA)[]) {
  const stage = createStage(anotherStands());
  for (const zone of zones) for (const n of [0, 1]) stage.breaks(nodeOf(zone, n), 0);
  return stage.at(600_000);
}

test('complains when nobody else serves', () => {
  const stage = stageWithout(zoneB, zoneC);
  expect(stage.admit(moveOf('evacuate-zone', ofZone(zoneA)))).toContain('no other node there serves');
  expect(createStage(anotherStands()).admit(moveOf('evacuate-zone', ofZone(zoneA)))).toBeNull();
});

test('a node in a zone that is shifted away does not count', () => {
  const stage = stageWithout(zoneC);
  stage.breaks(nodeOf(zoneA, 1), 0);
  const [, b] = stage.view(west).zones;
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  if (b) b.shifted = true;
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toContain('no other node');
});

test('a node that another open move is about does not count', () => {
  const stage = stageWithout(zoneC);
  stage.breaks(nodeOf(zoneA, 1), 0);
  stage.admit(moveOf('evacuate-zone', ofZone(zoneB)));
  const late = { ...moveOf('replace-node', ofNode(zoneA)), openedAt: stage.truth.now + 1 };
  expect(stage.at(700_000).admit({ ...late, openedAt: stage.truth.now })).toContain('no other node');
});

test('a zone that a fail-back has proven counts while that takes its room back', () => {
  const stage = stageWithout(zoneC);
  stage.breaks(nodeOf(zoneA, 1), 0);
  stage.admit(moveOf('evacuate-zone', ofZone(zoneB)));
  const back = moveOf('fail-back', ofZone(zoneB));
  stage.at(700_000).admit(back);
  const replace = () => stage.admit({ ...moveOf('replace-node', ofNode(zoneA)), openedAt: stage.truth.now });
  expect(replace()).toContain('no other node');
  stage.record(back, { step: 'prove', phase: 'done' });
  expect(replace()).toBeNull();
  stage.close(back, 'failed');
  expect(replace()).toContain('no other node');
});

test('of a failover the region that takes over must serve', () => {
  const stage = createStage(anotherStands());
  const failover = () => moveOf('fail-over-region', ofRegion(west), 'automatic', east);
  expect(stage.admit(failover())).toBeNull();
  stage.goesDark(east, 0);
  expect(stage.at(600_000).admit(failover())).toContain('no other node');
});

test('silent about a fail-back', () => {
  const stage = stageWithout(zoneB, zoneC);
  expect(stage.admit(moveOf('fail-back', ofZone(zoneA)))).toBeNull();
});

test('a node that hangs counts where the config asks for no generation: nobody can know', () => {
  const hung = (deep?: null) => {
    const stage = createStage(anotherStands(), deep === null ? { service: { deep } } : {});
    for (const zone of [zoneB, zoneC])
      for (const n of [0, 1]) {
        stage.breaks(nodeOf(zone, n), 0);
        stage.strikes({ name: 'node-hang', target: nodeOf(zone, n) }, 0);
      }
    return stage.at(600_000).admit(moveOf('evacuate-zone', ofZone(zoneA)));
  };
  expect(hung()).toContain('no other node there serves');
  expect(hung(null)).toBeNull();
});
