import { describe, expect, it } from 'vitest';
import { judge } from '../decide.ts';
import type { Health } from '../health.ts';
import { nodeId, targetId, vantageId } from '../ids.ts';
import type { Snapshot } from '../snapshot.ts';
import {
  check,
  checkIn,
  east,
  incident,
  now,
  rounds,
  settings,
  snapshot,
  west,
  withEastDown,
  withFirstFailures,
  withNodes,
  zoneA,
  zoneSubject,
} from '../testing/snapshot.ts';

const verdicts = (world: Snapshot, change = {}) => judge(world, settings(change), now);
const node = (world: Snapshot, id = 'i-a1') => verdicts(world).nodes.find((n) => n.node === id);
const zone = (world: Snapshot, name: string = zoneA, change = {}) =>
  verdicts(world, change).zones.find((z) => z.zone === name);
const region = (world: Snapshot, name: string = east) =>
  verdicts(world).regions.find((r) => r.region === name);
const all = ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2'];
const east0 =
  (change: object) =>
  (world: Snapshot): Snapshot => ({
    ...world,
    regions: world.regions.map((r) => (r.region === east ? { ...r, ...change } : r)),
  });
const says =
  (reason: 'wrong-answer' | 'not-found' | 'connect-refused', cls: 'failed' | 'misconfigured') =>
  (h: Health): Health => ({
    ...h,
    checks: {
      shallow: check({ ...checkIn('dead'), lastClass: cls, lastReason: reason, bad: cls === 'failed' }),
    },
  });
const everyNode = (change: (h: Health) => Health): Snapshot => ({
  ...snapshot(),
  health: snapshot().health.map(change),
});

describe('node', () => {
  it.each([
    ['dead', 3, 'dead'],
    ['dead', 2, 'dead'],
    ['failing', 3, 'failing'],
    ['failing', 2, 'failing'],
    ['failing', 1, 'healthy'],
    ['dead', 1, 'healthy'],
    ['saturated', 3, 'saturated'],
    ['starting', 3, 'starting'],
    ['unknown', 3, 'unknown'],
  ] as const)('%s for %i of 3 vantages is %s', (state, seers, verdict) => {
    expect(node(withNodes(state, ['i-a1'], seers))?.verdict).toBe(verdict);
  });
  it('a dead vote and a failing vote make a failing node', () => {
    const world = withNodes('failing', ['i-a1'], 2);
    const first = world.health.findIndex((h) => h.target === 'node/i-a1');
    const health = world.health.map((h, i) =>
      i === first ? { ...h, checks: { shallow: checkIn('dead') } } : h,
    );
    expect(node({ ...world, health })).toMatchObject({ verdict: 'failing', bad: 2, seeing: 3 });
  });
  it('is bad since its first failure, whatever came of it since', () => {
    const since = (state: 'failing' | 'dead') => node(withNodes(state, ['i-a1']))?.since;
    expect([since('failing'), since('dead')]).toEqual([now - 10_000, now - 10_000]);
    // In order, it is so since the last vantage found it so.
    expect(node(snapshot())?.since).toBe(now - 3_600_000);
  });
  it('one voice of two is no verdict where there are two vantages', () => {
    const world = withNodes('dead', ['i-a1'], 1);
    const only = world.health.filter((h) => h.target === 'node/i-a1').slice(0, 1);
    expect(node({ ...world, health: only })?.verdict).toBe('unknown');
  });
  it('one voice is enough where there is only one vantage', () => {
    const world = withNodes('dead', ['i-a1'], 1);
    const vantages = world.vantages.slice(0, 1);
    expect(
      node({ ...world, vantages, health: world.health.filter((h) => h.vantage === vantages[0]?.id) })
        ?.verdict,
    ).toBe('dead');
  });
  it('a blind vantage has no voice', () => {
    const world = withNodes('dead', ['i-a1'], 2);
    const vantages = world.vantages.map((v, i) => (i === 0 ? { ...v, blind: true } : v));
    expect(node({ ...world, vantages })).toMatchObject({ verdict: 'unknown', bad: 1, seeing: 2 });
  });
  it('nobody who could ask it leaves it unknown', () => {
    expect(node({ ...snapshot(), health: [] })).toMatchObject({
      verdict: 'unknown',
      seeing: 0,
      class: 'unknown',
    });
  });
});

describe('zone', () => {
  const hard = (from: number) => rounds((name, round) => (name === zoneA && round >= from ? 6 : 0));
  const lostA = (from: number): Snapshot => ({ ...withFirstFailures(['i-a1', 'i-a2']), rounds: hard(from) });

  it('is healthy in quiet times', () => {
    expect(zone(snapshot())?.verdict).toBe('healthy');
  });
  it('a hard loss is suspected in the first round, impaired in the second', () => {
    expect(zone(lostA(11))?.verdict).toBe('suspected');
    expect(zone(lostA(10))).toMatchObject({ verdict: 'impaired', share: 1, restShare: 0 });
  });
  it('names no other zone', () => {
    expect(verdicts(lostA(9)).zones.map((z) => z.verdict)).toEqual(['impaired', 'healthy', 'healthy']);
  });
  it('its silent vantage halves the evidence that a hard loss needs', () => {
    const world = {
      ...lostA(11),
      vantages: lostA(11).vantages.map((v) => (v.zone === zoneA ? { ...v, blind: true } : v)),
    };
    const fewer = rounds((name, round) => (name === zoneA && round >= 11 ? 6 : 0), 6);
    expect(zone({ ...world, rounds: fewer })?.verdict).toBe('suspected');
    expect(
      zone({ ...world, rounds: rounds((name, round) => (name === zoneA && round >= 10 ? 4 : 0), 4) })
        ?.verdict,
    ).toBe('impaired');
    expect(
      zone({ ...lostA(11), rounds: rounds((name, round) => (name === zoneA && round >= 10 ? 4 : 0), 4) })
        ?.verdict,
    ).toBe('suspected');
  });
  it('30% of errors are found within a minute although no node is failing', () => {
    const grey = rounds((name, round) =>
      name === zoneA ? [2, 2, 1, 3, 2, 1, 2, 2, 3, 1, 2, 2][round % 12]! : 0,
    );
    expect(zone({ ...snapshot(), rounds: grey })?.verdict).toBe('impaired');
  });
  it('the same errors in every zone are no zone', () => {
    expect(verdicts({ ...snapshot(), rounds: rounds(() => 2) }).zones.map((z) => z.verdict)).toEqual([
      'healthy',
      'healthy',
      'healthy',
    ]);
  });
  it('one bad node is not a zone', () => {
    const one = rounds((name) => (name === zoneA ? 3 : 0)).map((r) => ({
      ...r,
      affected: r.affected.slice(0, 1),
    }));
    expect(zone({ ...withNodes('dead', ['i-a1']), rounds: one })?.verdict).toBe('healthy');
  });
  it('one bad node is a zone where it is the only one', () => {
    const world = { ...withNodes('dead', ['i-a1']), rounds: hard(6) };
    const targets = world.targets.filter((t) => t.id !== 'node/i-a2');
    expect(zone({ ...world, targets })?.verdict).toBe('impaired');
  });
  it('two first failures at once hold the zone under suspicion before any node is failing', () => {
    expect(zone(withFirstFailures(['i-a1', 'i-a2']))?.verdict).toBe('suspected');
  });
  it('all its nodes confirmed failing, and nobody else, need no further test', () => {
    expect(zone(withNodes('failing', ['i-a1', 'i-a2']))?.verdict).toBe('impaired');
    expect(zone(withNodes('failing', ['i-a1', 'i-a2', 'i-b1']))?.verdict).toBe('suspected');
    expect(zone(withNodes('failing', ['i-a1']))?.verdict).toBe('healthy');
  });
  it('too few answers say nothing', () => {
    expect(zone({ ...snapshot(), rounds: rounds((name) => (name === zoneA ? 1 : 0), 1, 2) })).toMatchObject({
      verdict: 'healthy',
      p: null,
      share: null,
    });
  });
  it('requests that fail are evidence where probes see nothing', () => {
    const traffic = rounds((name) => (name === zoneA ? 40 : 1), 100).map((r) => ({
      ...r,
      source: 'traffic' as const,
    }));
    expect(zone({ ...snapshot(), rounds: [...rounds(() => 0), ...traffic] })?.verdict).toBe('impaired');
  });
  it('is impaired when it is several times slower than the others', () => {
    const slow = (factor: number, ms = 100) =>
      rounds(() => 0).map((r, i) => ({ ...r, latencyMs: (r.zone === zoneA ? ms * factor : ms) + (i % 5) }));
    expect(zone({ ...snapshot(), rounds: slow(5) })?.because).toContain('times slower');
    expect(zone({ ...snapshot(), rounds: slow(5) })?.verdict).toBe('impaired');
    expect(zone({ ...snapshot(), rounds: slow(2) })?.verdict).toBe('healthy');
    expect(zone({ ...snapshot(), rounds: slow(5, 2) })?.verdict).toBe('healthy');
  });
  it('without a node, or without anybody who could ask, it is unknown', () => {
    expect(zone({ ...snapshot(), targets: [] })?.verdict).toBe('unknown');
    expect(zone({ ...snapshot(), health: [] })?.verdict).toBe('unknown');
  });
  it('a cell whose region is not in the config has no zones', () => {
    expect(verdicts(snapshot(), { regions: [] }).zones).toEqual([]);
  });
});

describe('fleet', () => {
  it('one zone, or less than half, is normal', () => {
    expect(verdicts(withNodes('dead', ['i-a1', 'i-a2'])).fleet.verdict).toBe('normal');
    expect(verdicts(withNodes('dead', ['i-a1', 'i-b1'])).fleet.verdict).toBe('normal');
  });
  it('half of all over several zones is no node problem', () => {
    const world = withNodes('dead', ['i-a1', 'i-b1', 'i-c1']);
    const alone = { ...world, regions: world.regions.map((r) => ({ ...r, outside: [] })) };
    expect(verdicts(alone).fleet).toMatchObject({ verdict: 'failing-everywhere', affected: 3, total: 6 });
  });
  it('a node that nobody has asked yet is not one that is well', () => {
    const world = withNodes('dead', ['i-a1', 'i-b1', 'i-c1']);
    const [first] = world.targets.filter((t) => t.kind === 'node');
    const launched = { ...first!, id: targetId('node/i-new'), node: nodeId('i-new'), launchedAt: now };
    const regions = world.regions.map((r) => ({ ...r, outside: [] }));
    const beside = {
      ...world,
      regions,
      targets: [...world.targets, launched as (typeof world.targets)[number]],
    };
    expect(verdicts(beside).nodes.at(-1)).toMatchObject({ node: 'i-new', verdict: 'unknown', seeing: 0 });
    expect(verdicts(beside).fleet).toMatchObject({ verdict: 'failing-everywhere', affected: 3, total: 6 });
  });
  it('a node that failed when it was last asked fails on while nobody tells of it', () => {
    const world = withNodes('dead', ['i-a1', 'i-b1', 'i-c1']);
    const { freshMs, deepIntervalMs } = settings().timing;
    const staleAt = now - freshMs - deepIntervalMs - 1;
    const health = world.health.map((h) => {
      const checks = Object.entries(h.checks).map(([kind, check]) => [kind, { ...check, lastAt: staleAt }]);
      return h.target === 'node/i-c1' ? { ...h, checks: Object.fromEntries(checks) } : h;
    });
    const silent = { ...world, health, regions: world.regions.map((r) => ({ ...r, outside: [] })) };
    expect(verdicts(silent).nodes.find((n) => n.node === 'i-c1')?.verdict).toBe('unknown');
    expect(verdicts(silent).fleet).toMatchObject({ verdict: 'failing-everywhere', affected: 3, total: 6 });
  });
  it('dead from here and alive from elsewhere suspects this vantage', () => {
    const world = withNodes('dead', all);
    const seen = {
      ...world,
      regions: world.regions.map((r) => ({ ...r, outside: r.outside.map((o) => ({ ...o, from: east })) })),
    };
    expect(verdicts(seen).fleet.verdict).toBe('suspect-vantage');
  });
  it('half dead from here, while the other half answers from here too, suspects no vantage', () => {
    const world = withNodes('dead', ['i-a1', 'i-b1', 'i-c1']);
    const seen = {
      ...world,
      regions: world.regions.map((r) => ({ ...r, outside: r.outside.map((o) => ({ ...o, from: east })) })),
    };
    expect(verdicts(seen).fleet.verdict).toBe('failing-everywhere');
  });
  it('that nobody could ask lately is unknown', () => {
    expect(verdicts(withNodes('unknown', all)).fleet).toMatchObject({
      verdict: 'unknown',
      because: 'nobody could ask any node lately',
    });
  });
  it('wrong answers everywhere are a bad release', () => {
    expect(verdicts(everyNode(says('wrong-answer', 'failed'))).fleet.verdict).toBe('bad-release');
  });
  it('404 everywhere is a wrong probe', () => {
    expect(verdicts(everyNode(says('not-found', 'misconfigured'))).fleet.verdict).toBe('wrong-probe');
  });
  it('full everywhere is overload', () => {
    expect(verdicts(withNodes('saturated', all)).fleet.verdict).toBe('overloaded');
  });
  it('without nodes, or with none but starting ones, it is unknown', () => {
    expect(verdicts({ ...snapshot(), targets: [] }).fleet.verdict).toBe('unknown');
    expect(verdicts(withNodes('starting', all)).fleet.verdict).toBe('unknown');
  });
});

describe('region', () => {
  const third = (state: 'healthy' | 'dead') => ({
    from: west,
    state,
    reason: 'seen',
    at: now - 1_000,
    since: now - 9_000,
    failing: null,
  });
  it('serves when it is reached', () => {
    expect(region(snapshot())?.verdict).toBe('serving');
  });
  it('is down when its endpoint fails from here and its inside is silent', () => {
    expect(region(withEastDown())?.verdict).toBe('down');
    const stale = east0({ reachable: true, insideAt: now - 60_000 })(withEastDown());
    expect(region(stale)?.verdict).toBe('down');
  });
  it('is only suspected when our own inside vantages were silent as well, until they have been heard for long enough', () => {
    const silent = east0({ reachable: true, insideAt: now - 60_000 })(withEastDown());
    const heardFor = (ms: number) => ({ ...silent, rounds: silent.rounds.filter((r) => r.at >= now - ms) });
    expect(region(heardFor(10_000))).toMatchObject({
      verdict: 'suspected',
      because:
        '1 of 1 outside vantages fail to get an answer, but its inside vantages were as silent as our own',
    });
    expect(region(heardFor(35_000))?.verdict).toBe('down');
    const gap = silent.rounds.filter((r) => r.at < now - 45_000 || r.at >= now - 10_000);
    expect(region({ ...silent, rounds: gap })?.verdict).toBe('suspected');
    const unreachable = { ...heardFor(10_000), regions: withEastDown().regions };
    expect(region(unreachable)?.verdict).toBe('down');
  });
  it('is down by silence where no cell has inside vantages', () => {
    const none = east0({ reachable: true, insideAt: null })(withEastDown());
    const regions = none.regions.map((r) => ({ ...r, insideAt: null }));
    expect(region({ ...none, regions, rounds: [] })?.verdict).toBe('down');
  });
  it('is only suspected when its inside vantages still report', () => {
    expect(region(east0({ reachable: true, insideAt: now - 1_000 })(withEastDown()))?.verdict).toBe(
      'suspected',
    );
  });
  it('is down when it cannot reach its own endpoint either', () => {
    const outside = [third('dead'), { ...third('dead'), from: east }];
    expect(region(east0({ reachable: true, insideAt: now - 1_000, outside })(withEastDown()))?.verdict).toBe(
      'down',
    );
    const agreeing = [third('dead'), { ...third('healthy'), from: east }];
    expect(
      region(east0({ reachable: true, insideAt: now - 1_000, outside: agreeing })(withEastDown()))?.verdict,
    ).toBe('suspected');
  });
  it('is bad since the first outside vantage saw it, and serves since the last did', () => {
    const seen = (state: 'healthy' | 'dead') =>
      east0({
        outside: [9_000, 5_000].map((ms, i) => ({ ...third(state), from: `region-${i}`, since: now - ms })),
      })(snapshot());
    expect(region(seen('dead'))?.since).toBe(now - 9_000);
    expect(region(seen('healthy'))?.since).toBe(now - 5_000);
  });
  it('a majority of several outside vantages is enough', () => {
    const from = (...states: ('healthy' | 'dead')[]) =>
      east0({ outside: states.map((s, i) => ({ ...third(s), from: `region-${i}` })) })(snapshot());
    expect(region(from('dead', 'dead', 'healthy'))?.verdict).toBe('down');
    expect(region(from('dead', 'healthy'))?.verdict).toBe('suspected');
    expect(region(from('healthy', 'healthy'))?.verdict).toBe('serving');
  });
  it('an outside vantage that waits for a generation has not changed its mind', () => {
    const itself = { ...third('dead'), from: east };
    const seen = (state: 'healthy' | 'dead' | 'unknown', agoMs = 30_000) => {
      const waiting = { ...third('dead'), from: 'region-2', state, at: now - agoMs };
      return region(east0({ reachable: true, outside: [third('dead'), itself, waiting] })(withEastDown()));
    };
    expect(seen('healthy')).toMatchObject({
      verdict: 'suspected',
      because: '1 of 2 outside vantages fail to get an answer',
    });
    expect(seen('dead')?.verdict).toBe('down');
    expect(seen('unknown')?.verdict).toBe('down');
    expect(seen('healthy', 46_000)?.verdict).toBe('down');
  });
  it('is not down while one of its zones is being moved', () => {
    const moving = incident({
      move: 'evacuate-zone',
      subject: { ...zoneSubject(), region: east } as never,
      openedAt: now - 5_000,
    });
    expect(region({ ...withEastDown(), incidents: [moving] })?.verdict).toBe('suspected');
    expect(region({ ...withEastDown(), incidents: [{ ...moving, openedAt: now - 500_000 }] })?.verdict).toBe(
      'down',
    );
  });
  it('is unknown when nobody outside reports, and serves if it reaches itself', () => {
    expect(region(east0({ outside: [] })(snapshot()))?.verdict).toBe('unknown');
    expect(region(east0({ outside: [{ ...third('dead'), at: now - 60_000 }] })(snapshot()))?.verdict).toBe(
      'unknown',
    );
    expect(region(east0({ outside: [{ ...third('healthy'), from: east }] })(snapshot()))?.verdict).toBe(
      'serving',
    );
  });
});

describe('revision', () => {
  it('differs, is the same, or is not known', () => {
    expect(verdicts(snapshot()).revision.verdict).toBe('same');
    expect(verdicts(east0({ revision: 'sim-2' })(snapshot())).revision.verdict).toBe('differs');
    expect(verdicts(east0({ revision: null })(snapshot())).revision.verdict).toBe('unknown');
  });
});

it('a vantage that is nobody of this cell has no voice in the quorum', () => {
  const world = withNodes('dead', ['i-a1'], 2);
  const vantages = [
    ...world.vantages,
    { id: vantageId('in/elsewhere'), region: east, zone: zoneA, lastAt: now, blind: false },
  ];
  expect(node({ ...world, vantages })?.verdict).toBe('dead');
});
