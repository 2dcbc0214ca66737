import { type Incident, incidentId, type Snapshot } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRig, east, type Rig, west, zoneA } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.stop());

const ask = () => ({ service: rig.service.name });

/** What a tick finds. */
async function gathered(): Promise<Snapshot> {
  const judgement = await rig.judge({ tick: true });
  if (!judgement) throw new Error('a tick always judges');
  return judgement.snapshot;
}

function incident(id: string, cell = west): Incident {
  return {
    id: incidentId(id),
    service: rig.service.name,
    move: 'evacuate-zone',
    subject: { kind: 'zone', region: cell, zone: zoneA },
    verb: 'automatic',
    by: 'evac',
    because: 'it is impaired',
    cell,
    openedAt: rig.now(),
    closedAt: null,
    outcome: null,
    events: [],
  };
}

const regionOf = (snapshot: Snapshot, region = east) => snapshot.regions.find((r) => r.region === region);

describe('a snapshot', () => {
  it('tells what each region’s vantages see, from inside and from outside', async () => {
    const seen = { at: rig.now(), state: 'healthy', reason: 'told' };
    for (const region of [west, east]) {
      expect(regionOf(await gathered(), region)).toMatchObject({
        reachable: true,
        insideAt: rig.now(),
        outside: [
          { from: west, ...seen },
          { from: east, ...seen },
        ],
        healthyNodes: 6,
        totalNodes: 6,
        revision: 'sim-1',
        weight: 100,
      });
    }
  });

  it('tells whether the other region is switched off; its own switch lives elsewhere', async () => {
    await rig.ports(west).switch.write({ ...ask(), region: east, on: true });
    rig.takeCalls();
    const snapshot = await gathered();
    expect([regionOf(snapshot, west)?.switchedOff, regionOf(snapshot, east)?.switchedOff]).toEqual([
      null,
      true,
    ]);
    expect(rig.takeCalls().filter((call) => call === 'switch.read')).toHaveLength(1);
  });

  it('tells of each of its own vantages when it last reported, and whether it was blind', async () => {
    rig.blind('in/us-west-2b');
    rig.silence('in/us-west-2c');
    const before = rig.now();
    await rig.rounds(1);
    expect((await gathered()).vantages).toEqual([
      { id: 'in/us-west-2a', region: west, zone: 'us-west-2a', lastAt: rig.now(), blind: false },
      { id: 'in/us-west-2b', region: west, zone: 'us-west-2b', lastAt: rig.now(), blind: true },
      { id: 'in/us-west-2c', region: west, zone: 'us-west-2c', lastAt: before, blind: false },
      { id: 'out/us-west-2', region: west, zone: null, lastAt: rig.now(), blind: false },
    ]);
  });

  it('has the rounds of the probes and those of the balancer', async () => {
    rig.cloud.countRequest(west, zoneA, true, 40);
    await rig.pass(5_000);
    const { rounds } = await gathered();
    expect(new Set(rounds.map((r) => r.source))).toEqual(new Set(['probe', 'traffic']));
  });

  it('has the incidents of the last day and of its peers, its own word for its own', async () => {
    for (const id of ['own', 'both', 'old'])
      await rig.ports(west).store.openIncident({ incident: incident(id) });
    await rig.ports(west).store.closeIncident({ id: incidentId('old'), outcome: 'recovered', text: 'done' });
    await rig.pass(86_400_001);
    for (const id of ['both', 'theirs'])
      await rig.ports(east).store.openIncident({ incident: incident(id, east) });
    expect((await gathered()).incidents.map((i) => [i.id, i.cell])).toEqual([
      ['own', west],
      ['both', west],
      ['theirs', east],
    ]);
  });
});

describe('what does not answer is told to be unknown, and nothing else changes', () => {
  /** A world in which every fact has something to say. */
  async function eventful(): Promise<Snapshot> {
    const { store, zonalShift } = rig.ports(west);
    rig.cloud.countRequest(west, zoneA, true, 40);
    await rig.pass(5_000);
    await store.addPause({
      id: 'p',
      service: null,
      move: null,
      by: 'ann',
      reason: 'a release',
      at: 1,
      until: null,
    });
    await store.resetBreaker({ by: 'ann', reason: 'seen to' });
    const awayFrom = rig.service.regions[0]!.zones[0]!.id;
    await zonalShift.start({ ...ask(), awayFrom, expiresInMs: 3_600_000, comment: 'a test' });
    await rig.ports(east).store.openIncident({ incident: incident('theirs', east) });
    return gathered();
  }
  const weightless = (s: Snapshot) => s.regions.map((r) => ({ ...r, weight: null }));
  const switchUnknown = (s: Snapshot) => s.regions.map((r) => ({ ...r, switchedOff: null }));
  const withoutEast = (s: Snapshot) =>
    s.regions.map((r) => {
      const outside = r.outside.filter((o) => o.from === west);
      if (r.region === west) return { ...r, outside };
      return { ...r, outside, reachable: false, insideAt: null, healthyNodes: null, totalNodes: null };
    });

  it.each<[string, (all: Snapshot) => Partial<Snapshot>]>([
    ['fleet.describe', () => ({ fleet: null })],
    ['balancer.health', () => ({ balancer: null })],
    ['balancer.traffic', (all) => ({ rounds: all.rounds.filter((r) => r.source === 'probe') })],
    ['zonalShift.list', () => ({ shifts: null })],
    ['dns.records', (all) => ({ regions: weightless(all) })],
    ['switch.read', (all) => ({ regions: switchUnknown(all) })],
    ['store.pauses', () => ({ pauses: null })],
    ['store.breakerResetAt', () => ({ breakerResetAt: null })],
    ['peer.readHealth', (all) => ({ regions: withoutEast(all), incidents: [] })],
    ['peer.incidents', (all) => ({ regions: withoutEast(all), incidents: [] })],
  ])('%s', async (call, unknown) => {
    const all = await eventful();
    rig.break(call);
    const less = await gathered();
    expect(less).toEqual({ ...all, ...unknown(all) });
    // Or the case would say nothing.
    expect(less).not.toEqual(all);
  });

  it.each(['store.readTargets', 'store.readHealth', 'store.observations', 'store.incidents'])(
    '%s: without its own store a cell judges nothing',
    async (call) => {
      rig.break(call);
      await expect(gathered()).rejects.toThrow(`${call} does not answer`);
    },
  );
});

describe('the list of targets', () => {
  const writes = () => rig.takeCalls().filter((call) => call === 'store.writeTargets').length;

  it('is written when it has changed, and not otherwise', async () => {
    rig.takeCalls();
    await gathered();
    expect(writes()).toBe(0);
    await rig.ports().fleet.launch({ group: `llm-${west}`, zone: zoneA, token: 't' });
    await gathered();
    // Nobody can ask a node that has no address yet.
    expect(writes()).toBe(0);
    await rig.pass(30_000);
    await gathered();
    expect(writes()).toBe(1);
    expect(await rig.ports().store.readTargets(ask())).toEqual((await gathered()).targets);
  });

  it('keeps what it has when the fleet cannot be described', async () => {
    await rig.ports().fleet.launch({ group: `llm-${west}`, zone: zoneA, token: 't' });
    rig.break('fleet.describe');
    expect((await gathered()).targets.filter((t) => t.kind === 'node')).toHaveLength(6);
    expect(writes()).toBe(0);
  });

  it('carries a mark while some vantage finds fault, for the others to ask at once', async () => {
    const id = `node/${rig.nodes[0]!.id}`;
    const marked = async () =>
      (await rig.ports().store.readTargets(ask())).flatMap((t) => (t.suspected ? [[t.id, t.suspected]] : []));
    rig.see(id, 'failed');
    await rig.rounds(1);
    const at = rig.now();
    expect(await marked()).toEqual([[id, { check: 'shallow', at }]]);
    await rig.rounds(1);
    expect(await marked()).toEqual([[id, { check: 'shallow', at }]]);
    rig.see(id, null);
    await rig.rounds(3);
    await gathered();
    expect(await marked()).toEqual([]);
  });

  it('can be marked without the fleet’s help', async () => {
    rig.break('fleet.describe');
    rig.see(`node/${rig.nodes[0]!.id}`, 'failed');
    await rig.rounds(1);
    expect((await rig.ports().store.readTargets(ask())).filter((t) => t.suspected)).toHaveLength(1);
  });
});
