import { type Incident, incidentId, type MoveName, type Subject } from '@evac/core';
import { admitMove, type MoveInput, stillNeeded } from '@evac/workflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRig, east, type Rig, type Seen, west, zoneA } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.stop());

const node = (): Subject => ({ kind: 'node', region: west, zone: zoneA, node: rig.nodes[0]!.id });
const zone = (): Subject => ({ kind: 'zone', region: west, zone: zoneA });
const region = (name = east): Subject => ({ kind: 'region', region: name });
const own = incidentId('this-move');

function input(move: MoveName, subject: Subject): MoveInput {
  return {
    incident: own,
    service: rig.service.name,
    move,
    subject,
    cell: west,
    verb: 'automatic',
    by: 'evac',
    because: 'it is broken',
    needsApproval: false,
    waits: { pollSeconds: 5, holdSeconds: 60 },
  };
}

function open(move: MoveName, subject: Subject, id: string, cell = west): Promise<boolean> {
  const { incident: _, needsApproval: __, waits: ___, ...what } = input(move, subject);
  const incident: Incident = {
    ...what,
    id: incidentId(id),
    cell,
    openedAt: rig.now(),
    closedAt: null,
    outcome: null,
    events: [],
  };
  return rig.ports(cell).store.openIncident({ incident });
}

const targetOf = (subject: Subject) =>
  subject.kind === 'node' ? `node/${subject.node}` : `region/${subject.region}`;

/** So many rounds in which every vantage sees the subject, or every node of the zone, so. */
async function seen(subject: Subject, as: Seen, rounds: number): Promise<void> {
  const targets =
    subject.kind === 'zone'
      ? rig.nodes.filter((n) => n.zone === subject.zone).map((n) => `node/${n.id}`)
      : [targetOf(subject)];
  for (const target of targets) rig.see(target, as);
  await rig.rounds(rounds);
}

describe('a move that is about to begin', () => {
  const replace = () => input('replace-node', node());
  const asked = () => admitMove(rig.cell(), replace());

  it('is admitted while what it is for is true, its own incident being open', async () => {
    await seen(node(), 'failed', 4);
    await open('replace-node', node(), own);
    expect(await asked()).toEqual({ ok: true });
  });

  it('is refused when what it was for has passed meanwhile', async () => {
    await seen(node(), 'failed', 4);
    rig.see(targetOf(node()), null);
    await rig.rounds(4);
    expect(await asked()).toMatchObject({ ok: false, refusal: { guard: 'quorum' } });
  });

  it('is refused by what holds now and did not when it was planned', async () => {
    await seen(node(), 'failed', 4);
    const pause = { id: 'p', service: null, move: null, by: 'ann', reason: 'a release', at: 1, until: null };
    await rig.ports().store.addPause(pause);
    expect(await asked()).toMatchObject({ ok: false, refusal: { guard: 'paused' } });
  });

  it('is refused while another incident is open on the same subject', async () => {
    await seen(node(), 'failed', 4);
    await open('replace-node', node(), 'another');
    expect(await asked()).toMatchObject({ ok: false, refusal: { guard: 'lease' } });
  });

  it('is refused when what has to be known does not answer', async () => {
    await seen(node(), 'failed', 4);
    rig.break('fleet.describe');
    expect(await asked()).toMatchObject({ ok: false, refusal: { guard: 'freshness' } });
  });

  it('of a service that the config does not have is a mistake', async () => {
    const cell = { ...rig.cell(), settings: { controls: [], services: [] } };
    await expect(admitMove(cell, replace())).rejects.toThrow('service llm is not in the config of us-west-2');
  });
});

describe('whether a move that has begun is still needed', () => {
  const needed = (move: MoveName, subject: Subject) => stillNeeded(rig.cell(), input(move, subject));

  describe('for a node', () => {
    const asked = () => needed('replace-node', node());

    it.each<[Seen, number, string]>([
      ['failed', 1, 'recovered'],
      ['failed', 2, 'waiting'],
      ['failed', 4, 'confirmed'],
      ['saturated', 1, 'recovered'],
      ['misconfigured', 1, 'waiting'],
    ])('%s in %i rounds: %s', async (as, rounds, answer) => {
      await seen(node(), as, rounds);
      expect(await asked()).toBe(answer);
    });

    it('in order: recovered', async () => {
      expect(await asked()).toBe('recovered');
    });

    it('of which nobody has heard lately: waiting', async () => {
      await rig.pass(60_000);
      expect(await asked()).toBe('waiting');
    });

    it('of which only one vantage has told lately, that it is in order: waiting', async () => {
      for (const z of rig.nodes.slice(2)) rig.silence(`in/${z.zone}`);
      await rig.rounds(6);
      expect(await asked()).toBe('waiting');
    });

    it('that is gone: waiting', async () => {
      await rig.ports().fleet.terminate({ node: rig.nodes[0]!.id, decrement: true });
      expect(await asked()).toBe('waiting');
    });

    it('whose zone is being evacuated: subsumed, dead or not', async () => {
      await open('evacuate-zone', zone(), 'larger');
      expect(await asked()).toBe('subsumed');
      await seen(node(), 'failed', 4);
      expect(await asked()).toBe('subsumed');
    });

    it('whose region another cell is failing over: subsumed', async () => {
      await open('fail-over-region', region(west), 'larger', east);
      expect(await asked()).toBe('subsumed');
    });

    it.each([
      [
        'another zone',
        () => open('evacuate-zone', { ...zone(), zone: rig.nodes[2]!.zone } as Subject, 'beside'),
      ],
      ['another region', () => open('fail-over-region', region(east), 'beside')],
      ['the node itself', () => open('replace-node', node(), 'same')],
    ])('while %s is being moved: not subsumed', async (_, other) => {
      await other();
      expect(await asked()).toBe('recovered');
    });

    it('after its zone’s evacuation is closed: not subsumed', async () => {
      await open('evacuate-zone', zone(), 'larger');
      await rig.ports().store.closeIncident({ id: incidentId('larger'), outcome: 'recovered', text: 'done' });
      expect(await asked()).toBe('recovered');
    });
  });

  describe('for a zone', () => {
    const asked = () => needed('evacuate-zone', zone());

    it.each<[Seen, number, string]>([
      ['failed', 1, 'waiting'],
      ['failed', 4, 'confirmed'],
      ['saturated', 4, 'recovered'],
    ])('%s in %i rounds: %s', async (as, rounds, answer) => {
      await seen(zone(), as, rounds);
      expect(await asked()).toBe(answer);
    });

    it('in order: recovered', async () => {
      expect(await asked()).toBe('recovered');
    });

    it('of which nobody has heard lately: waiting', async () => {
      await rig.pass(120_000);
      expect(await asked()).toBe('waiting');
    });

    it('of whose nodes only one vantage has told lately, that they are in order: waiting', async () => {
      for (const z of rig.nodes.slice(2)) rig.silence(`in/${z.zone}`);
      await rig.rounds(6);
      expect(await asked()).toBe('waiting');
    });

    it('of whose nodes one answers and one makes no sense: waiting', async () => {
      await seen(node(), 'misconfigured', 6);
      expect(await asked()).toBe('waiting');
    });

    it('whose region is being failed over: subsumed', async () => {
      await open('fail-over-region', region(west), 'larger', east);
      expect(await asked()).toBe('subsumed');
    });

    it('is not subsumed by the replacement of a node in it, nor by itself', async () => {
      await open('replace-node', node(), 'smaller');
      await open('evacuate-zone', zone(), own);
      expect(await asked()).toBe('recovered');
    });
  });

  describe('for a region', () => {
    const asked = () => needed('fail-over-region', region());

    it('that does not answer here, nor does its cell: confirmed', async () => {
      rig.break('peer.readHealth');
      await seen(region(), 'failed', 2);
      expect(await asked()).toBe('confirmed');
    });

    it('that does not answer here while its own vantages go on reporting: confirmed only if they agree', async () => {
      rig.seeFrom(west, targetOf(region()), 'failed');
      await rig.rounds(2);
      expect(await asked()).toBe('waiting');
      await seen(region(), 'failed', 2);
      expect(await asked()).toBe('confirmed');
    });

    it('that answers: recovered', async () => {
      expect(await asked()).toBe('recovered');
    });

    it('of which nobody has heard lately: waiting', async () => {
      await rig.pass(60_000);
      expect(await asked()).toBe('waiting');
    });

    it('is subsumed by nothing: there is nothing larger', async () => {
      await open('evacuate-zone', { ...zone(), region: east }, 'smaller', east);
      await open('fail-back', region(), 'same');
      expect(await asked()).toBe('recovered');
    });
  });
});
