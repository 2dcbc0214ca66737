import { expect, test } from 'vitest';
import {
  createStage,
  moveOf,
  nodeOf,
  ofNode,
  ofZone,
  startedAt,
  west,
  zoneA,
  zoneB,
  zoneC,
} from './testing/stage.ts';
import { together } from './together.ts';

type Zone = typeof zoneA;

/** Two vantages tell of these zones' first nodes, every 5 s for so long. */
function failing(zones: Zone[], { forMs = 60_000, change = {}, by = [zoneA, zoneB] } = {}) {
  const stage = createStage(together(), change);
  for (let ms = 0; ms <= forMs; ms += 5_000) {
    for (const vantage of by) {
      const outcomes = zones.map((zone) => ({ target: `node/${nodeOf(zone)}`, class: 'failed' as const }));
      stage.at(ms).observes(west, vantage, outcomes);
    }
  }
  return stage.at(forMs + 1_000);
}

const all = [zoneA, zoneB, zoneC];

test('complains about a node’s and a zone’s move while half of the nodes fail in several zones', () => {
  const stage = failing(all);
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toContain('3 of 6 nodes failed together');
  expect(stage.admit(moveOf('evacuate-zone', ofZone(zoneB), 'force'))).toContain('in 3 zones');
});

test('silent before anybody can know, and where the machinery itself was in trouble', () => {
  expect(failing(all, { forMs: 15_000 }).admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  const kill = { kind: 'kill', what: 'step', region: west, call: 1, after: false, at: 0 } as const;
  const stage = failing(all, { change: { troubles: [kill] } });
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
});

test('silent about fewer of them, about what one vantage tells, and about what has answered since', () => {
  expect(failing([zoneA, zoneB]).admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  expect(failing(all, { by: [zoneA] }).admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  const stage = failing(all);
  for (const vantage of [zoneA, zoneB])
    stage.observes(west, vantage, [{ target: `node/${nodeOf(zoneC)}`, class: 'ok' }]);
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
});

test('a generation that waited for its connection says nothing of a node that has answered meanwhile', () => {
  const answered = (reason: 'connect-timeout' | 'no-tokens', latencyMs: number) => {
    const stage = failing(all);
    const target = `node/${nodeOf(zoneC)}`;
    for (let ms = 30_000; ms <= 60_000; ms += 5_000) {
      for (const zone of [zoneA, zoneB]) {
        const generation = { target, check: 'deep', class: 'failed', reason, latencyMs } as const;
        stage.at(ms).observes(west, zone, [generation]);
      }
    }
    for (const zone of [zoneA, zoneB]) stage.at(59_000).observes(west, zone, [{ target, class: 'ok' }]);
    return stage.at(61_000).admit(moveOf('replace-node', ofNode(zoneA)));
  };
  expect(answered('connect-timeout', 15_000)).toBeNull();
  expect(answered('connect-timeout', 500)).toContain('3 of 6 nodes failed together');
  expect(answered('no-tokens', 15_000)).toContain('3 of 6 nodes failed together');
});

test('a node that is still starting is not counted', () => {
  const stage = failing(all);
  const young = stage.view(west).nodes.find((n) => n.node === nodeOf(zoneC));
  if (young) young.launchedAt = startedAt;
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  const grown = failing(all, { forMs: 180_000 });
  const old = grown.view(west).nodes.find((n) => n.node === nodeOf(zoneC));
  if (old) old.launchedAt = startedAt;
  expect(grown.admit(moveOf('replace-node', ofNode(zoneA)))).toContain('failed together');
  // What it failed while it was starting is nothing that anybody counts.
  const justGrown = failing(all, { forMs: 130_000 });
  const same = justGrown.view(west).nodes.find((n) => n.node === nodeOf(zoneC));
  if (same) same.launchedAt = startedAt;
  expect(justGrown.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
});

test('a node that Auto Scaling is ending does not fail together with those that stay', () => {
  const stage = failing(all);
  const leaving = stage.view(west).nodes.find((n) => n.node === nodeOf(zoneC));
  if (leaving) leaving.lifecycle = 'terminating';
  expect(stage.admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
});

test('silent about a fail-back', () => {
  expect(failing(all).admit(moveOf('fail-back', ofZone(zoneA)))).toBeNull();
});
