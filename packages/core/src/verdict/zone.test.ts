import { describe, expect, it } from 'vitest';
import { judge } from '../decide.ts';
import type { Health } from '../health.ts';
import { nodeId, targetId, vantageId } from '../ids.ts';
import type { Snapshot, ZoneRound } from '../snapshot.ts';
import { now, rounds, settings, snapshot, withFirstFailures, withNodes, zoneA } from '../testing/snapshot.ts';

const verdictOf = (world: Snapshot, name: string = zoneA) =>
  judge(world, settings(), now).zones.find((z) => z.zone === name)?.verdict;
const well = () => rounds(() => 0);
const vantages = ['in/us-west-2a', 'in/us-west-2b', 'in/us-west-2c'].map(vantageId);

/** The same rounds with what each vantage saw: two of every six probes each. */
const seenBy = (all: ZoneRound[], failedOf: (round: ZoneRound, vantage: number) => number): ZoneRound[] =>
  all.map((r) => ({
    ...r,
    seen: vantages.map((vantage, v) => ({ vantage, total: 2, failed: failedOf(r, v) })),
  }));
const traffic = (failedOf: (zone: string, round: number) => number, total = 50): ZoneRound[] =>
  rounds(failedOf, total).map((r) => ({ ...r, source: 'traffic', nodes: 0, affected: [], latencyMs: null }));

/** The same world with so many nodes a zone. */
function crowded(nodes: number, world = snapshot()): Snapshot {
  const copies = <T extends { id: unknown }>(of: T, i: number) => ({ ...of, id: `${of.id}-${i}` });
  const many = Array.from({ length: nodes / 2 }, (_, i) => i);
  return {
    ...world,
    targets: world.targets.flatMap((t) =>
      many.map((i) => {
        const id = targetId(copies(t, i).id);
        return t.kind === 'node' ? { ...t, id, node: nodeId(`${t.node}-${i}`) } : { ...t, id };
      }),
    ),
    health: world.health.flatMap((h) => many.map((i) => ({ ...h, target: targetId(`${h.target}-${i}`) }))),
  };
}

describe("one vantage's word", () => {
  const halfFail = rounds((name) => (name === zoneA ? 3 : 0));
  it('is not enough, however often it fails to reach the zone', () => {
    const one = seenBy(
      rounds((name) => (name === zoneA ? 2 : 0)),
      (r, v) => (r.zone === zoneA && v === 2 ? 2 : 0),
    );
    expect(verdictOf({ ...snapshot(), rounds: one })).toBe('healthy');
  });
  it('is, with another that says the same', () => {
    const two = seenBy(halfFail, (r, v) => (r.zone === zoneA && v > 0 ? v : 0));
    expect(verdictOf({ ...snapshot(), rounds: two })).toBe('impaired');
  });
  it('is not, where the others see a single bad node: it is that, and a broken path', () => {
    const failedBy = (affected: (vantage: number, round: number) => string[] | undefined) =>
      rounds((name) => (name === zoneA ? 4 : 0)).map((r, i) => ({
        ...r,
        seen: vantages.map((vantage, v) => {
          const part = { vantage, total: 2, failed: r.zone === zoneA ? (v === 2 ? 2 : 1) : 0 };
          const nodes = r.zone === zoneA ? affected(v, Math.floor(i / 3))?.map(nodeId) : undefined;
          return nodes ? { ...part, affected: nodes } : part;
        }),
      }));
    const verdict = (all: ZoneRound[]) => verdictOf({ ...snapshot(), rounds: all });
    expect(verdict(failedBy((v) => (v === 2 ? ['i-a1', 'i-a2'] : ['i-a1'])))).toBe('suspected');
    expect(verdict(failedBy((v) => (v === 2 ? ['i-a1', 'i-a2'] : ['i-a1', 'i-gone'])))).toBe('suspected');
    expect(verdict(failedBy((v, r) => (v === 2 || r === 6 ? ['i-a1', 'i-a2'] : ['i-a1'])))).toBe('impaired');
    // Rounds that an earlier version counted do not say.
    expect(verdict(failedBy(() => undefined))).toBe('impaired');
  });
  it('stands where nobody else has asked', () => {
    const alone = halfFail.map((r) => ({
      ...r,
      seen: [{ vantage: vantages[1]!, total: r.total, failed: r.failed }],
    }));
    expect(verdictOf({ ...snapshot(), rounds: alone })).toBe('impaired');
  });
});

describe('a burst that hits all zones', () => {
  it('is no zone, although it hits one harder by more than chance', () => {
    const uneven = traffic((name) => (name === zoneA ? 300 : 100), 600);
    const probes = rounds((name) => (name === zoneA ? 3 : 1));
    expect(verdictOf({ ...snapshot(), rounds: [...probes, ...uneven] })).toBe('healthy');
  });
  it('leaves every node of a zone failing, and still is no zone', () => {
    const world = withNodes('failing', ['i-a1', 'i-a2']);
    const everywhere = rounds((name) => (name === zoneA ? 4 : 2));
    expect(verdictOf({ ...world, rounds: everywhere })).toBe('suspected');
    expect(verdictOf({ ...world, rounds: well() })).toBe('impaired');
  });
});

describe('a release that restarts a zone node by node', () => {
  const failures = rounds((name, round) => (name === zoneA && round > 3 ? 3 : 0));
  const startedAt =
    (at: number) =>
    (h: Health): Health => ({ ...h, startingSince: at });
  const restarted = (at: number): Snapshot => ({
    ...snapshot(),
    health: snapshot().health.map(startedAt(at)),
    rounds: failures,
  });
  it('is no zone: what a node did before it started is forgotten', () => {
    expect(verdictOf(restarted(now - 20_000))).toBe('healthy');
  });
  it('is, where nothing was restarted', () => {
    expect(verdictOf(restarted(now - 3_600_000))).toBe('impaired');
  });
  it('counts the nodes that are starting among those that must fail', () => {
    const one = withNodes('dead', ['i-a1']);
    const other = one.health.map((h) =>
      h.target === 'node/i-a2' ? { ...h, started: false, startingSince: now - 1_000 } : h,
    );
    const hard = rounds((name, round) => (name === zoneA && round > 5 ? 6 : 0)).map((r) => ({
      ...r,
      affected: r.affected.slice(0, 1),
    }));
    expect(verdictOf({ ...one, health: other, rounds: hard })).toBe('healthy');
  });
});

describe('half of the nodes', () => {
  const mostlyOne = (wide: number) =>
    rounds((name) => (name === zoneA ? 3 : 0)).map((r) => ({
      ...r,
      affected: r.at >= now - wide * 5_000 ? r.affected : r.affected.slice(0, 1),
    }));
  it('must fail in the same round, and more than once', () => {
    expect(verdictOf({ ...snapshot(), rounds: mostlyOne(1) })).toBe('suspected');
    expect(verdictOf({ ...snapshot(), rounds: mostlyOne(2) })).toBe('impaired');
  });
  it('that have begun to fail, and clients who notice, are a zone, but not while another restarts', () => {
    const begun = crowded(4, withFirstFailures(['i-a1']));
    const world = { ...begun, rounds: [...well(), ...traffic((name) => (name === zoneA ? 20 : 0))] };
    expect(verdictOf(world)).toBe('impaired');
    const restarts = (h: Health) => (h.target === 'node/i-a2-0' ? { ...h, startingSince: now - 20_000 } : h);
    expect(verdictOf({ ...world, health: world.health.map(restarts) })).toBe('suspected');
  });
});

describe('a zone that has failed and answers again', () => {
  const until = (last: number) => rounds((name, round) => (name === zoneA && round <= last ? 6 : 0));
  it('is not impaired any more, however clear it was, but suspected until the window has forgotten it', () => {
    expect([11, 10, 9].map((last) => verdictOf({ ...snapshot(), rounds: until(last) }))).toEqual([
      'impaired',
      'impaired',
      'suspected',
    ]);
  });
  it('is impaired as long as one of its nodes fails', () => {
    expect(verdictOf({ ...withFirstFailures(['i-a1']), rounds: until(9) })).toBe('impaired');
  });
  it('is judged by its requests, too', () => {
    const requests = (last: number) => traffic((name, round) => (name === zoneA && round <= last ? 45 : 0));
    const world = crowded(20);
    expect(verdictOf({ ...world, rounds: [...well(), ...requests(10)] })).toBe('impaired');
    expect(verdictOf({ ...world, rounds: [...well(), ...requests(9)] })).toBe('suspected');
  });
  it('is not judged by the last requests that it was sent, once they are older than a minute', () => {
    const of = (last: number) => {
      const requests = rounds((name) => (name === zoneA ? 5 : 0), 10, 30)
        .slice(0, 3 * (last + 1))
        .map((r): ZoneRound => ({ ...r, source: 'traffic', affected: [] }));
      const world = { ...crowded(20), rounds: [...rounds(() => 0, 6, 30), ...requests] };
      const thresholds = { ...settings().thresholds, zoneN: 30 };
      return judge(world, settings({ thresholds }), now).zones.find((z) => z.zone === zoneA)?.verdict;
    };
    expect([17, 16].map(of)).toEqual(['impaired', 'suspected']);
  });
});

describe('failures of a time when nobody was asked elsewhere', () => {
  it('are no sign of their zone: they may have been everywhere', () => {
    const all = traffic((_, round) => (round > 0 && round < 11 ? 50 : 0));
    const only = all.filter((r) => r.zone === zoneA || r.at < now - 50_000 || r.at >= now - 5_000);
    expect(verdictOf({ ...crowded(20), rounds: [...well(), ...only] })).toBe('healthy');
  });
});

describe('requests that fail where probes find nothing', () => {
  const share = (part: number, from = 0) =>
    traffic((name, round) => (name === zoneA && round >= from ? 50 * part : 0));
  it('are a suspicion: it may be one node that hides', () => {
    expect(verdictOf({ ...snapshot(), rounds: [...well(), ...share(0.4)] })).toBe('suspected');
  });
  it('are an impaired zone after half of the window, if they are more than one node can be sent', () => {
    const world = crowded(20);
    expect(verdictOf({ ...world, rounds: [...well(), ...share(0.4)] })).toBe('impaired');
    expect(verdictOf({ ...world, rounds: [...well(), ...share(0.28)] })).toBe('suspected');
    expect(verdictOf({ ...world, rounds: [...well(), ...share(0.9, 8)] })).toBe('suspected');
  });
  it('are nothing where a node that is known to fail explains them', () => {
    const world = withNodes('failing', ['i-a1']);
    expect(verdictOf({ ...world, rounds: [...well(), ...share(0.5)] })).toBe('healthy');
  });
  it('are not an impaired zone for one round, nor for fewer than failed probes need, however short the window', () => {
    const requests = share(0.9);
    const of = (lately: number, zoneM: number, zoneN: number) => {
      const since = now - lately * 5_000;
      const world = { ...crowded(20), rounds: [...well(), ...requests].filter((r) => r.at >= since) };
      const thresholds = { ...settings().thresholds, zoneM, zoneN };
      return judge(world, settings({ thresholds }), now).zones.find((z) => z.zone === zoneA)?.verdict;
    };
    expect([of(1, 1, 2), of(2, 1, 2)]).toEqual(['suspected', 'impaired']);
    expect([of(2, 3, 4), of(3, 3, 4)]).toEqual(['suspected', 'impaired']);
  });
  it('all in one round are one client that tries again and again', () => {
    const once = traffic((name, round) => (name === zoneA && round === 9 ? 50 : 0));
    const world = {
      ...snapshot(),
      rounds: [...rounds((name, r) => (name === zoneA && r < 2 ? 3 : 0)), ...once],
    };
    expect(verdictOf(world)).toBe('healthy');
  });
  it('are counted by the minute in CloudWatch: one round of them is all there is', () => {
    const minute = traffic((name) => (name === zoneA ? 20 : 0)).filter((r) => r.at === now - 5_000);
    const world = { ...withFirstFailures(['i-a1', 'i-a2']), rounds: [...well(), ...minute] };
    expect(verdictOf(world)).toBe('impaired');
    expect(verdictOf({ ...crowded(40), rounds: [...well(), ...minute] })).toBe('suspected');
  });
});

describe('a slow zone', () => {
  const slow = (isSlow: (round: number) => boolean, elsewhere = 100): Snapshot => ({
    ...snapshot(),
    rounds: well().map((r, i) => {
      const hit = r.zone === zoneA && isSlow(Math.floor(i / 3));
      return { ...r, latencyMs: hit ? 1_000 : r.zone === zoneA ? 100 : elsewhere };
    }),
  });
  it('is suspected after a quarter of the window and impaired after half of it', () => {
    expect(verdictOf(slow((round) => round >= 10))).toBe('healthy');
    expect(verdictOf(slow((round) => round >= 9))).toBe('suspected');
    expect(verdictOf(slow((round) => round >= 6))).toBe('impaired');
  });
  it('is not impaired for one slow round, though half of the window is no more', () => {
    const world = slow((round) => round >= 11);
    const thresholds = { ...settings().thresholds, zoneN: 2 };
    const of = (rounds: ZoneRound[]) =>
      judge({ ...world, rounds }, settings({ thresholds }), now).zones.find((z) => z.zone === zoneA)?.verdict;
    expect(of(world.rounds.filter((r) => r.at >= now - 5_000))).toBe('suspected');
    expect(of(slow((round) => round >= 10).rounds)).toBe('impaired');
  });
  it('has recovered when its last rounds are as fast as the others', () => {
    expect(verdictOf(slow((round) => round < 10))).toBe('healthy');
  });
  it('is none when the others are as slow in the same rounds', () => {
    expect(verdictOf(slow((round) => round >= 6, 900))).toBe('healthy');
  });
});

describe('a zone whose every node is confirmed', () => {
  const single = (state: 'failing' | 'dead'): Snapshot => {
    const world = withNodes(state, ['i-a1']);
    const quiet = rounds((name, round) => (name === zoneA && round === 11 ? 6 : 0));
    return { ...world, targets: world.targets.filter((t) => t.id !== 'node/i-a2'), rounds: quiet };
  };
  it('and it has only one, is impaired once that has failed as often as replaces it', () => {
    expect(verdictOf(single('failing'))).toBe('suspected');
    expect(verdictOf(single('dead'))).toBe('impaired');
  });
  it('needs only who is left to ask, when its own vantage is silent', () => {
    const [first, second] = vantages;
    const world = withNodes('dead', ['i-a1', 'i-a2']);
    const two: Snapshot = {
      ...world,
      vantages: world.vantages
        .filter((v) => v.id === first || v.id === second)
        .map((v) => (v.id === first ? { ...v, lastAt: now - 16_000 } : v)),
      health: world.health.filter((h) => h.vantage === second),
      rounds: [],
    };
    expect(verdictOf(two)).toBe('impaired');
    expect(verdictOf({ ...two, vantages: two.vantages.map((v) => ({ ...v, lastAt: now })) })).toBe(
      'suspected',
    );
  });
});

it('a test that could not be made does not weaken those that were', () => {
  const few = rounds((name, round) => (name === zoneA && round >= 10 ? 4 : 0), 4);
  const of = (all: ZoneRound[]) =>
    judge({ ...withFirstFailures(['i-a1', 'i-a2']), rounds: all }, settings(), now).zones.find(
      (z) => z.zone === zoneA,
    )?.p ?? 1;
  expect(of([...few, ...traffic(() => 0)])).toBeCloseTo(2 * of(few), 12);
});
