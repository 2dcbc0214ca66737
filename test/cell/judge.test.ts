import type { PlannedMove } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRig, east, type Rig, west, zoneA } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.stop());

const nodeName = () => rig.nodes[0]!.id;
const folding = ['store.readTargets', 'store.readHealth', 'store.writeHealth'];

/** Judges one round of every vantage, and tells what was asked of the cloud for it. */
async function judgeRound() {
  const observations = await rig.look();
  rig.takeCalls();
  const judgement = await rig.judge({ observations });
  return { judgement, calls: rig.takeCalls() };
}

describe('good news', () => {
  it('is folded, and nothing else is read', async () => {
    await rig.pass(5_000);
    expect(await judgeRound()).toEqual({ judgement: null, calls: folding });
  });

  it('of a new node that is still starting is good news too', async () => {
    await rig.ports().fleet.launch({ group: `llm-${west}`, zone: zoneA, token: 't' });
    await rig.pass(25_000);
    await rig.rounds(1);
    await rig.judge({ tick: true });
    await rig.rounds(1);
    await rig.pass(5_000);
    expect(await judgeRound()).toEqual({ judgement: null, calls: folding });
  });
});

describe('a look around', () => {
  const looked = async () => (await judgeRound()).calls.includes('fleet.describe');

  it('is had at every tick, whatever the news', async () => {
    rig.takeCalls();
    expect(await rig.judge({ tick: true })).toMatchObject({ decision: { moves: [], refusals: [] } });
    expect(rig.takeCalls()).toContain('fleet.describe');
  });

  it.each(['failed', 'saturated', 'misconfigured'] as const)('is had when one target is %s', async (seen) => {
    rig.see(`node/${nodeName()}`, seen);
    await rig.pass(5_000);
    expect(await looked()).toBe(true);
  });

  it('is had when another region’s endpoint fails', async () => {
    rig.see(`region/${east}`, 'failed');
    await rig.pass(5_000);
    expect(await looked()).toBe(true);
  });

  it('is had when a vantage has gone silent, as soon as its word is stale', async () => {
    rig.silence('in/us-west-2b');
    await rig.rounds(3);
    expect(await looked()).toBe(false);
    await rig.pass(5_000);
    expect(await looked()).toBe(true);
  });

  it('is had while a vantage has not told anything yet', async () => {
    const lone = await createQuiet('in/us-west-2c');
    await lone.pass(5_000);
    const observations = await lone.look();
    lone.takeCalls();
    await lone.judge({ observations });
    expect(lone.takeCalls()).toContain('fleet.describe');
  });

  /** The same world with a vantage that was never heard. */
  async function createQuiet(vantage: string): Promise<Rig> {
    await rig.stop();
    rig = await createRig({}, [vantage]);
    return rig;
  }
});

describe('a node that every vantage finds dead', () => {
  /** Its fourth bad round, and what came of it. */
  async function judgedDead() {
    rig.see(`node/${nodeName()}`, 'failed');
    await rig.rounds(1);
    return rig.rounds(3);
  }

  it('is replaced: its machine is started, by the incident’s name and with all it needs', async () => {
    const judgement = await judgedDead();
    const move = judgement?.decision.moves[0];
    expect(rig.started.at(-1)).toEqual({
      machine: 'replace-node',
      name: move?.incident,
      input: {
        incident: move?.incident,
        service: 'llm',
        move: 'replace-node',
        subject: { kind: 'node', region: west, zone: zoneA, node: nodeName() },
        cell: west,
        verb: 'automatic',
        by: 'evac',
        because: '3 of 3 vantages: connect-refused (told)',
        needsApproval: false,
        waits: { pollSeconds: 5, holdSeconds: 60 },
      },
    });
    expect(judgement?.started).toEqual([move]);
  });

  it('is not told as begun again when its machine runs already', async () => {
    rig.machinesAnswer('exists');
    const judgement = await judgedDead();
    expect(judgement?.decision.moves).toHaveLength(1);
    expect(judgement?.started).toEqual([]);
  });
});

describe('the same trouble', () => {
  const zoneTargets = () => rig.nodes.filter((n) => n.zone === zoneA).map((n) => `node/${n.id}`);

  it.each([
    ['a node', 'replace-node', () => [`node/${nodeName()}`]],
    ['a zone', 'evacuate-zone', zoneTargets],
    ['a region', 'fail-over-region', () => [`region/${east}`]],
  ] as const)(
    'of %s has one name, however it grows and however often it is judged',
    async (_, move, targets) => {
      rig.break('peer.readHealth');
      for (const target of targets()) rig.see(target, 'failed');
      // From the first verdict, failing, to the last, dead.
      await rig.rounds(6);
      const names = rig.started.filter((s) => s.machine === move).map((s) => s.name);
      expect(names.length).toBeGreaterThan(2);
      expect(new Set(names).size).toBe(1);
    },
  );
});

describe('a person’s request', () => {
  const replace = (verb: 'recover' | 'force') =>
    rig.request({
      move: 'replace-node',
      subject: { kind: 'node', region: west, zone: zoneA, node: nodeName() },
      verb,
      by: 'ann',
    });

  it('is looked into at once, and refused where the evidence does not agree', async () => {
    const judgement = await rig.judge({ requests: [replace('recover')] });
    expect(judgement?.snapshot.requests).toEqual([replace('recover')]);
    expect(judgement?.decision.refusals).toMatchObject([{ guard: 'quorum', candidate: { by: 'ann' } }]);
    expect(rig.started).toEqual([]);
  });

  it('with force starts the machine, in the person’s name', async () => {
    const judgement = await rig.judge({ requests: [replace('force')] });
    const started: Partial<PlannedMove> = { verb: 'force', by: 'ann', because: 'I say so', cell: west };
    expect(judgement?.started).toMatchObject([started]);
    expect(rig.started).toMatchObject([{ machine: 'replace-node', input: started }]);
  });
});

describe('a policy to observe', () => {
  it('starts nothing, and says that it would have', async () => {
    await rig.stop();
    const observe = 'observe' as const;
    rig = await createRig({
      policy: {
        'replace-node': observe,
        'evacuate-zone': observe,
        'fail-over-region': observe,
        'fail-back': observe,
      },
    });
    rig.see(`node/${nodeName()}`, 'failed');
    const judgement = await rig.rounds(4);
    expect(judgement?.decision.refusals).toMatchObject([{ guard: 'approval' }]);
    expect(rig.started).toEqual([]);
  });
});
