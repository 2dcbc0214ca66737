import { type Outcome, regionName, vantageId } from '@evac/core';
import { expect, test } from 'vitest';
import { evidence } from './evidence.ts';
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

const zones = [zoneA, zoneB, zoneC];
type Class = Outcome['class'];

/** Each vantage of the west says this of all its nodes, or of some something else, every 5 s within a span. */
function round(
  stage: Stage,
  [from, to]: [number, number],
  say: (vantage: string, node: string) => Class | null,
  latencyMs: (node: string) => number = () => 40,
): void {
  const nodes = stage.view(west).nodes.map((n) => n.node);
  for (let at = from; at <= to; at += 5_000) {
    for (const zone of zones) {
      const outcomes = nodes.flatMap((node) => {
        const found = say(zone, node);
        return found === null ? [] : [{ target: `node/${node}`, class: found, latencyMs: latencyMs(node) }];
      });
      stage.at(at).observes(west, zone, outcomes);
    }
  }
}

/** The vantage of B alone is heard, and all of A fails it. */
const onlyB = (vantage: string, node: string): Class | null => {
  if (vantage !== zoneB) return null;
  return node.includes(zoneA) ? 'failed' : 'ok';
};

function watched() {
  const stage = createStage(evidence());
  stage.targets(west);
  return stage;
}
const sick = nodeOf(zoneA);
const replace = (stage: Stage, verb: 'automatic' | 'recover' | 'force' = 'automatic') =>
  stage.admit(moveOf('replace-node', ofNode(zoneA), verb));

test('silent when a majority of the vantages has told failures', () => {
  const stage = watched();
  round(stage, [0, 20_000], (vantage, node) => (node === sick && vantage !== zoneC ? 'failed' : 'ok'));
  expect(replace(stage.at(21_000))).toBeNull();
});

test('the word of a vantage that reached nothing when it asked is no voice', () => {
  const stage = watched();
  stage.blinds(vantageId(`in/${zoneB}`), 10_000);
  round(stage, [0, 9_000], () => 'ok');
  round(stage, [15_000, 30_000], (vantage, node) =>
    (node === sick && vantage === zoneA) || vantage === zoneB ? 'failed' : 'ok',
  );
  expect(replace(stage.at(31_000))).toContain('only 1 of');
});

test('complains of one voice among three, by whichever verb needs evidence', () => {
  const stage = watched();
  round(stage, [0, 20_000], (vantage, node) => (node === sick && vantage === zoneC ? 'failed' : 'ok'));
  expect(replace(stage.at(21_000))).toMatch(
    /only 1 of 3 vantages .* \(in\/us-west-2c; against it: in\/us-west-2a, in\/us-west-2b\), it takes a majority and at least 2/,
  );
  expect(replace(stage, 'recover')).toContain('only 1 of 3');
  expect(replace(stage, 'force')).toBeNull();
});

test('a vantage that saw nothing until a moment ago contradicts nobody yet', () => {
  const contradictedFor = (ms: number) => {
    const stage = watched();
    const lost = nodeOf(zoneB);
    const nodes = (zone: typeof zoneA) => [0, 1].map((n) => `node/${nodeOf(zone, n)}`);
    for (let at = 0; at <= 60_000; at += 5_000) {
      stage.at(at).observes(
        west,
        zoneA,
        nodes(zoneB).map((target) => ({ target, class: 'failed' })),
      );
      if (at > 60_000 - ms) stage.observes(west, zoneB, [{ target: `node/${lost}`, class: 'ok' }]);
    }
    return stage.at(61_000).admit(moveOf('evacuate-zone', ofZone(zoneB)));
  };
  expect(contradictedFor(5_000)).toBeNull();
  expect(contradictedFor(15_000)).toContain('against it: in/us-west-2b');
});

test('complains when only one can see it, where the region has more', () => {
  const stage = watched();
  round(stage, [0, 20_000], (vantage, node) =>
    vantage === zoneC ? (node === sick ? 'failed' : 'ok') : null,
  );
  expect(replace(stage.at(21_000))).toContain('only 1 of 1 vantages');
});

test('complains of failures that are old, and of nobody looking at all', () => {
  const stage = watched();
  round(stage, [0, 20_000], (_, node) => (node === sick ? 'failed' : 'ok'));
  round(stage, [25_000, 300_000], (_, node) => (node === sick ? null : 'ok'));
  expect(replace(stage.at(301_000))).toContain('no vantage has told of i-us-west-2a-0 within');
  expect(replace(stage.at(900_000), 'force')).toContain('had told its store anything for');
});

test('a person may move by force what was only asked to generate of late, and nothing that nobody asked', () => {
  const toldOnce = (check: 'shallow' | 'deep') => {
    const stage = watched();
    stage.at(20_000).observes(west, zoneA, [{ target: `node/${sick}`, check, class: 'ok' }]);
    round(stage, [25_000, 60_000], (_, node) => (node === sick ? null : 'ok'));
    return stage;
  };
  expect(replace(toldOnce('deep').at(61_000), 'force')).toBeNull();
  expect(replace(toldOnce('deep').at(61_000), 'recover')).toContain('only 0 of 0');
  expect(replace(toldOnce('shallow').at(61_000), 'force')).toContain('no vantage has told');
  expect(replace(toldOnce('deep').at(91_000), 'force')).toContain('no vantage has told');
});

test('a single failure is none: it takes drainAfter', () => {
  const stage = watched();
  round(stage, [0, 0], (_, node) => (node === sick ? 'failed' : 'ok'));
  expect(replace(stage.at(1_000))).toContain('only 0 of 3');
});

test('what is loading fails only once its grace is over', () => {
  const stage = watched();
  round(stage, [0, 40_000], (_, node) => (node === sick ? 'starting' : 'ok'));
  expect(replace(stage.at(41_000))).toContain('only 0 of 3');
  round(stage, [45_000, 130_000], (_, node) => (node === sick ? 'starting' : 'ok'));
  expect(replace(stage.at(131_000))).toBeNull();
  // It has answered, and nobody can know yet.
  round(stage, [133_000, 133_000], () => 'ok');
  expect(replace(stage.at(134_000))).toBeNull();
  expect(replace(stage.at(139_000))).toContain('only 0 of 3');
});

test('not to be reached for a moment does not make the loading a new one', () => {
  const stage = watched();
  const interrupted = (found: Class) => {
    round(stage, [0, 50_000], (_, node) => (node === sick ? 'starting' : 'ok'));
    round(stage, [55_000, 55_000], (_, node) => (node === sick ? found : 'ok'));
    round(stage, [60_000, 110_000], (_, node) => (node === sick ? 'starting' : 'ok'));
    return replace(stage.at(111_000));
  };
  expect(interrupted('failed')).toBeNull();
  expect(interrupted('ok')).toContain('only 0 of 3');
});

test('unknown is no evidence', () => {
  const stage = watched();
  round(stage, [0, 20_000], (_, node) => (node === sick ? 'unknown' : 'ok'));
  expect(replace(stage.at(21_000))).toContain('no vantage has told');
});

const evacuate = (stage: Stage) => stage.admit(moveOf('evacuate-zone', ofZone(zoneA)));

test('a zone takes failures of more than one node', () => {
  const one = watched();
  round(one, [0, 60_000], (_, node) => (node === sick ? 'failed' : 'ok'));
  expect(evacuate(one.at(61_000))).toContain('failures of only 1 of its 2 nodes');
  const both = watched();
  round(both, [0, 60_000], (_, node) => (node.includes(zoneA) ? 'failed' : 'ok'));
  expect(evacuate(both.at(61_000))).toBeNull();
});

test('complains of a zone that only one vantage cannot reach', () => {
  const stage = watched();
  round(stage, [0, 60_000], (vantage, node) => (vantage === zoneC && node.includes(zoneA) ? 'failed' : 'ok'));
  expect(evacuate(stage.at(61_000))).toContain('only 1 of 3 vantages that could see us-west-2a');
});

test('one node told to fail is enough where more of the clients fail than one node could make', () => {
  const one = (failed: number) => {
    const stage = watched();
    round(stage, [0, 60_000], (_, node) => (node === sick ? 'failed' : 'ok'));
    requests(stage.at(61_000), failed);
    return evacuate(stage);
  };
  expect(one(5)).toContain('failures of only 1 of its 2 nodes');
  expect(one(10)).toBeNull();
});

test('of a zone that fails in part, two voices are enough, one is not', () => {
  const grey = (vantages: string[]) => {
    const stage = watched();
    let asked = 0;
    round(stage, [0, 60_000], (vantage, node) => {
      asked += 1;
      return vantages.includes(vantage) && node.includes(zoneA) && asked % 5 === 0 ? 'failed' : 'ok';
    });
    return evacuate(stage.at(61_000));
  };
  expect(grey([zoneB, zoneC])).toBeNull();
  expect(grey([zoneC])).toContain('only 1 of 3 vantages');
});

test('complains of two vantages of five that a zone never answers', () => {
  const stage = watched();
  round(stage, [0, 60_000], (vantage, node) => (vantage === zoneC && node.includes(zoneA) ? 'failed' : 'ok'));
  requests(stage.at(61_000), 10);
  expect(evacuate(stage)).toContain('only 2 of 4 vantages');
});

test('a zone whose own vantage is silent takes those that see it', () => {
  const stage = watched();
  round(stage, [0, 60_000], onlyB);
  expect(evacuate(stage.at(61_000))).toBeNull();
});

test('a vantage that has gone blind since it told good is not against it', () => {
  const lost = (blind: boolean) => {
    const stage = watched();
    round(stage, [0, 20_000], () => 'ok');
    round(stage, [25_000, 30_000], onlyB);
    for (const zone of [zoneA, zoneC]) stage.observes(west, zone, [], blind);
    return evacuate(stage.at(31_000));
  };
  expect(lost(true)).toBeNull();
  expect(lost(false)).toContain('only 1 of 3 vantages that could see us-west-2a');
});

test('a vantage that sees again only after the store was read is not against it', () => {
  const stage = watched();
  round(stage, [0, 20_000], () => 'ok');
  round(stage, [25_000, 30_000], onlyB);
  for (const zone of [zoneA, zoneC]) stage.observes(west, zone, [], true);
  const incident = stage.at(31_000).open(moveOf('evacuate-zone', ofZone(zoneA)));
  stage.lease(incident);
  const by = stage.step(incident, 'admit');
  stage.call('store', 'incidents', { service, since: 0 }, [], { by });
  stage.at(32_000);
  for (const zone of [zoneA, zoneC]) stage.observes(west, zone, []);
  expect(stage.record(incident, { step: 'admit', phase: 'done' }, by)).toBeNull();
});

/** The load balancer's counts of some rounds, of which one zone answers this share. */
function requests(stage: Stage, failed: number, rounds = 3): void {
  const counted = zones.flatMap((zone) =>
    Array.from({ length: rounds }, (_, i) => {
      const at = stage.truth.now - i * 5_000;
      const bad = zone === zoneA ? failed : 0;
      return { zone, source: 'traffic', at, total: 10, failed: bad, nodes: 0, affected: [], latencyMs: 40 };
    }),
  );
  stage.call('balancer', 'traffic', { service, since: 0 }, counted, { by: { kind: 'judge', region: west } });
}

test('of what only a generation shows, clients and one vantage are enough while nobody else has asked for one', () => {
  const generations = (askedSince: boolean) => {
    const stage = watched();
    round(stage, [0, 60_000], () => 'ok');
    const of = (found: Class) =>
      stage
        .view(west)
        .nodes.filter((n) => n.zone === zoneA)
        .map(({ node }) => ({ target: `node/${node}`, class: found, check: 'deep' as const }));
    stage.at(61_000).observes(west, zoneB, of('failed'));
    if (askedSince) for (const zone of [zoneA, zoneC]) stage.at(62_000).observes(west, zone, of('ok'));
    return stage.at(68_000);
  };
  expect(evacuate(generations(false))).toContain('only 1 of 3 vantages');
  const told = generations(false);
  requests(told, 10);
  expect(evacuate(told)).toBeNull();
  const few = generations(false);
  requests(few, 1);
  expect(evacuate(few)).toContain('only 1 of 3 vantages');
  const brief = generations(false);
  requests(brief, 10, 1);
  expect(evacuate(brief)).toContain('only 1 of 3 vantages');
  const against = generations(true);
  requests(against, 10);
  expect(evacuate(against)).toContain('against it: in/us-west-2a, in/us-west-2c');
});

test('a zone may be slow instead', () => {
  const stage = watched();
  const slow = (node: string) => (node.includes(zoneA) ? 290 : 40);
  round(stage, [0, 60_000], () => 'ok', slow);
  expect(evacuate(stage.at(61_000))).toBeNull();
  const even = watched();
  round(even, [0, 60_000], () => 'ok');
  expect(evacuate(even.at(61_000))).toContain('failures of only 0 of its 2 nodes');
});

test('who was the last to find a zone slow may have grown stale while that was read', () => {
  const foundStale = (byMs: number) => {
    const stage = watched();
    round(
      stage,
      [0, 60_000],
      () => 'ok',
      (node) => (node.includes(zoneA) ? 290 : 40),
    );
    return evacuate(stage.at(60_000 + stage.truth.service.timing.freshMs + byMs));
  };
  expect(foundStale(1_000)).toBeNull();
  expect(foundStale(6_000)).toContain('failures of only 0 of its 2 nodes');
});

test('who has told nothing lately, or sees nothing, has no say in whether a zone is slow', () => {
  const told = (say: Parameters<typeof round>[2]) => {
    const stage = watched();
    round(stage, [0, 25_000], () => 'ok');
    round(stage, [30_000, 60_000], say, (node) => (node.includes(zoneA) ? 290 : 40));
    return evacuate(stage.at(61_000));
  };
  expect(told((vantage) => (vantage === zoneB ? 'ok' : null))).toBeNull();
  const fast = watched();
  round(fast, [0, 60_000], () => 'ok');
  round(
    fast,
    [0, 60_000],
    (vantage) => (vantage === zoneB ? 'ok' : null),
    (node) => (node.includes(zoneA) ? 290 : 40),
  );
  expect(evacuate(fast.at(61_000))).toContain('failures of only 0 of its 2 nodes');
});

test('to find a zone slow is no word against those that cannot reach it', () => {
  const stage = watched();
  const say = (vantage: string, node: string): Class | null => {
    if (!node.includes(zoneA)) return 'ok';
    return vantage === zoneA ? null : vantage === zoneB ? 'failed' : 'ok';
  };
  round(stage, [0, 60_000], say, (node) => (node.includes(zoneA) ? 290 : 40));
  expect(evacuate(stage.at(61_000))).toBeNull();
  const even = watched();
  round(even, [0, 60_000], say);
  expect(evacuate(even.at(61_000))).toContain('against it: in/us-west-2c');
});

test('a zone comes back on fresh answers of each of its nodes', () => {
  const back = (stage: Stage) => stage.admit(moveOf('fail-back', ofZone(zoneA)));
  const good = watched();
  round(good, [0, 20_000], () => 'ok');
  expect(back(good.at(21_000))).toBeNull();
  const bad = watched();
  round(bad, [0, 20_000], (_, node) => (node === sick ? 'failed' : 'ok'));
  expect(back(bad.at(21_000))).toContain('had told answers of it (none; against it:');
});

const endpoint = (stage: Stage, from: typeof west, found: Class) => {
  for (let at = 0; at <= 20_000; at += 5_000) {
    stage.at(at).observes(from, null, [{ target: 'region/us-west-2', class: found }]);
    stage.observes(east, null, [{ target: 'region/us-east-1', class: 'ok' }]);
  }
  return stage.at(21_000);
};

test('a region takes an outside vantage that is not its own', () => {
  const failOver = () => moveOf('fail-over-region', ofRegion(west), 'automatic', east);
  expect(endpoint(createStage(evidence()), east, 'failed').admit(failOver())).toBeNull();
  expect(endpoint(createStage(evidence()), west, 'failed').admit(failOver())).toContain(
    'no outside vantage had told failures',
  );
  expect(endpoint(createStage(evidence()), east, 'ok').admit(failOver())).toContain(
    '(out/us-east-1 had told otherwise)',
  );
  const back = moveOf('fail-back', ofRegion(west), 'automatic', east);
  expect(endpoint(createStage(evidence()), east, 'failed').admit(back)).toContain(
    'no outside vantage had told answers',
  );
});

test('an outside vantage that has only had failures of late, too few to confirm them, is no voice against a failover', () => {
  const [south, usual] = [regionName('us-south-1'), createStage(evidence()).truth.scene.world.regions];
  const failsOver = (answeredAt: number, check: 'shallow' | 'deep' = 'shallow') => {
    const regions = [...usual, { name: south, weight: 100, zones: [], nodesPerZone: 0, max: 0 }];
    const stage = createStage(evidence(), { world: { regions } });
    stage.at(answeredAt).observes(south, null, [{ target: 'region/us-west-2', check, class: 'ok' }]);
    stage.at(40_000).observes(south, null, [{ target: 'region/us-west-2', class: 'failed' }]);
    for (const at of [40_000, 45_000])
      stage.at(at).observes(east, null, [{ target: 'region/us-west-2', class: 'failed' }]);
    return stage.at(46_000).admit(moveOf('fail-over-region', ofRegion(west), 'automatic', east));
  };
  expect(failsOver(20_000)).toBeNull();
  expect(failsOver(35_000)).toContain('only 1 of 2 outside vantages had told failures');
  expect(failsOver(20_000, 'deep')).toContain('only 1 of 2 outside vantages had told failures');
  expect(failsOver(1_000, 'deep')).toBeNull();
});
