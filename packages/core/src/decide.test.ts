import { describe, expect, it } from 'vitest';
import { admit, decide } from './decide.ts';
import { refusalSentence } from './decision.ts';
import { incidentId, regionName, zoneId } from './ids.ts';
import { lastEvent } from './incident.ts';
import { nameIncident } from './incident-name.ts';
import { contains, subjectName, subjectPath } from './move.ts';
import type { Snapshot } from './snapshot.ts';
import {
  candidate,
  check,
  east,
  incident,
  nodeSubject,
  now,
  regionSubject,
  rounds,
  settings,
  snapshot,
  withEastDown,
  withNodes,
  zoneA,
  zoneSubject,
} from './testing/snapshot.ts';

const plan = (world: Snapshot, change = {}) => decide(world, settings(change), now);
const moves = (world: Snapshot, change = {}) =>
  plan(world, change).moves.map((m) => `${m.move} ${subjectName(m.subject)}`);
const refused = (world: Snapshot, change = {}) =>
  plan(world, change).refusals.map(
    (r) => `${r.candidate.move} ${subjectName(r.candidate.subject)}: ${r.guard}`,
  );
const hardLoss: Snapshot = {
  ...withNodes('failing', ['i-a1', 'i-a2']),
  rounds: rounds((name, r) => (name === zoneA && r > 8 ? 6 : 0)),
};
const shift = { id: 's', resource: 'alb', awayFrom: zoneId('usw2-aza'), expiresAt: now + 1, applied: true };

describe('decide', () => {
  it('does nothing in quiet times, and has nothing to refuse', () => {
    expect(plan(snapshot())).toMatchObject({ moves: [], refusals: [], alerts: [] });
  });
  it('replaces one dead node', () => {
    expect(moves(withNodes('dead', ['i-a1']))).toEqual(['replace-node i-a1']);
  });
  it('evacuates a lost zone once instead of replacing its nodes', () => {
    expect(moves(hardLoss)).toEqual(['evacuate-zone us-west-2a']);
    expect(refused(hardLoss)).toEqual(['replace-node i-a1: subsumed', 'replace-node i-a2: subsumed']);
  });
  it('fails a vanished region over to itself', () => {
    expect(moves(withEastDown())).toEqual(['fail-over-region us-east-1']);
  });
  it('leaves a region alone that is out already', () => {
    const out = (change: object): Snapshot => ({
      ...withEastDown(),
      regions: withEastDown().regions.map((r) => (r.region === east ? { ...r, ...change } : r)),
    });
    expect(plan(out({ switchedOff: true }))).toMatchObject({ moves: [], refusals: [] });
    expect(plan(out({ weight: 0 }))).toMatchObject({ moves: [], refusals: [] });
  });
  it('leaves a region alone that is out by the record, where its switch cannot be read', () => {
    const failedOver = incident({
      move: 'fail-over-region',
      subject: regionSubject(east),
      openedAt: now - 7_200_000,
      closedAt: now - 7_100_000,
      outcome: 'recovered',
    });
    const unread = (change: object, incidents = [failedOver]): Snapshot => ({
      ...withEastDown(),
      incidents,
      regions: withEastDown().regions.map((r) => (r.region === east ? { ...r, ...change } : r)),
    });
    expect(plan(unread({ switchedOff: null }))).toMatchObject({ moves: [], refusals: [] });
    expect(moves(unread({ switchedOff: null }, []))).toEqual(['fail-over-region us-east-1']);
    // Somebody has turned the switch off by hand: the record is not asked.
    expect(moves(unread({ switchedOff: false }))).toEqual(['fail-over-region us-east-1']);
    const records = { dns: { name: 'llm.test', control: 'records', ttlMs: 30_000 } };
    expect(plan(unread({ switchedOff: false, weight: null }), records)).toMatchObject({ moves: [] });
  });
  it('replaces nothing when everything is dead, and says why for each node', () => {
    const all = ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2'];
    expect(moves(withNodes('dead', all))).toEqual([]);
    expect(
      refused(withNodes('dead', all)).filter((r) => r.endsWith(': fleet')).length,
    ).toBeGreaterThanOrEqual(6);
  });
  it('counts the moves it has just let through', () => {
    const limits = { ...settings().limits, maxShare: 0.2 };
    const world = withNodes('dead', ['i-a1', 'i-b1']);
    expect(moves(world, { limits })).toEqual(['replace-node i-a1']);
    expect(refused(world, { limits })).toEqual(['replace-node i-b1: blast-radius']);
  });
  it('asks for approval where the policy says so, unless a person started it', () => {
    const policy = { ...settings().policy, 'replace-node': 'approve' as const };
    const world = withNodes('dead', ['i-a1']);
    expect(plan(world, { policy }).moves).toMatchObject([{ needsApproval: true }]);
    const asked = { ...world, requests: [candidate({ verb: 'recover', by: 'ana', because: 'slow' })] };
    expect(plan(asked, { policy }).moves).toMatchObject([
      { needsApproval: false, by: 'ana', verb: 'recover' },
    ]);
  });
  it('does not suggest again what is under way', () => {
    const world = { ...withNodes('dead', ['i-a1']), incidents: [incident()] };
    expect(plan(world)).toMatchObject({ moves: [], refusals: [] });
  });
  it('does not replace a node that is not in service', () => {
    const world = withNodes('dead', ['i-a1']);
    const fleet = {
      ...world.fleet!,
      nodes: world.fleet!.nodes.map((n) => ({ ...n, lifecycle: 'terminating' as const })),
    };
    expect(plan({ ...world, fleet })).toMatchObject({ moves: [], refusals: [] });
  });
  it('names the nodes it may not replace when the fleet cannot be described', () => {
    expect(refused({ ...withNodes('dead', ['i-a1']), fleet: null })).toEqual([
      'replace-node i-a1: freshness',
    ]);
  });
  it('brings back a shifted zone and a switched-off region that are well again', () => {
    const regions = snapshot().regions.map((r) => (r.region === east ? { ...r, switchedOff: true } : r));
    expect(moves({ ...snapshot(), shifts: [shift], regions })).toEqual([
      'fail-back us-east-1',
      'fail-back us-west-2a',
    ]);
  });
  it('brings back a region whose records it has turned, and none that somebody else has', () => {
    const records = { dns: { name: 'llm.test', control: 'records', ttlMs: 30_000 } } as const;
    const regions = snapshot().regions.map((r) => (r.region === east ? { ...r, weight: 0 } : r));
    const failedOver = incident({
      move: 'fail-over-region',
      subject: regionSubject(east),
      openedAt: now - 7_200_000,
      closedAt: now - 7_100_000,
      outcome: 'recovered',
    });
    expect(moves({ ...snapshot(), regions, incidents: [failedOver] }, records)).toEqual([
      'fail-back us-east-1',
    ]);
    const another = { ...failedOver, cell: regionName('eu-west-1') };
    expect(moves({ ...snapshot(), regions, incidents: [another] }, records)).toEqual([]);
    expect(moves({ ...snapshot(), regions, incidents: [] }, records)).toEqual([]);
  });
  it('brings back a zone that was evacuated without a shift', () => {
    const held = incident({
      move: 'evacuate-zone',
      subject: zoneSubject(),
      events: [{ seq: 1, at: 1, step: 'prove', phase: 'done', text: '' }],
    });
    expect(moves({ ...snapshot(), incidents: [held] })).toEqual(['fail-back us-west-2a']);
  });
  it('does not evacuate a zone that is shifted away already', () => {
    expect(moves({ ...hardLoss, shifts: [shift] })).toEqual([]);
  });
  it('gives the same decision for the same snapshot', () => {
    expect(plan(hardLoss)).toEqual(plan(structuredClone(hardLoss)));
  });
});

describe('admit', () => {
  const world = withNodes('dead', ['i-a1']);
  const planned = plan(world).moves[0]!;
  it('does not refuse a move because of its own incident', () => {
    const own = incident({ id: planned.incident });
    expect(admit(planned, { ...world, incidents: [own] }, settings(), now)).toBeNull();
  });
  it('refuses when the evidence is gone', () => {
    expect(admit(planned, snapshot(), settings(), now)?.guard).toBe('quorum');
  });
});

describe('alerts', () => {
  const kinds = (world: Snapshot) => plan(world).alerts.map((a) => a.kind);
  const all = ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2'];
  const everyCheck = (reason: 'wrong-answer' | 'not-found'): Snapshot => {
    const wrong = check({
      lastClass: reason === 'not-found' ? 'misconfigured' : 'failed',
      lastReason: reason,
      bad: reason !== 'not-found',
    });
    return { ...snapshot(), health: snapshot().health.map((h) => ({ ...h, checks: { shallow: wrong } })) };
  };
  it('a full node, a full fleet', () => {
    expect(kinds(withNodes('saturated', ['i-a1']))).toEqual(['scale-out']);
    expect(plan(withNodes('saturated', all)).alerts).toMatchObject([
      { kind: 'scale-out', severity: 'warning' },
    ]);
  });
  it('a bad release pages a person', () => {
    expect(plan(everyCheck('wrong-answer')).alerts[0]).toMatchObject({
      kind: 'bad-release',
      severity: 'critical',
    });
  });
  it('a wrong probe is reported and nothing else', () => {
    expect(plan(everyCheck('not-found')).alerts).toMatchObject([{ kind: 'wrong-probe', subject: 'fleet' }]);
  });
  it('a blind vantage, everything dead, everything dead from here only', () => {
    const blind = { ...snapshot(), vantages: snapshot().vantages.map((v, i) => ({ ...v, blind: i === 0 })) };
    expect(kinds(blind)).toEqual(['vantage-silent']);
    const told = (lastAt: number | null) => ({
      ...snapshot(),
      vantages: snapshot().vantages.map((v, i) => (i === 0 ? { ...v, lastAt } : v)),
    });
    expect(plan(told(now - 60_000)).alerts).toMatchObject([
      { kind: 'vantage-silent', text: 'in/us-west-2a has told nothing for 1m' },
    ]);
    expect(kinds(told(null))).toEqual([]);
    expect(plan({ ...withNodes('dead', all), regions: [] }).alerts[0]).toMatchObject({
      kind: 'refused',
      severity: 'critical',
    });
    const seen = {
      ...withNodes('dead', all),
      regions: snapshot().regions.map((r) => ({
        ...r,
        outside: r.outside.map((o) => ({ ...o, from: east })),
      })),
    };
    expect(kinds(seen)).toContain('suspect-vantage');
  });
  it('each says what it is about, so that the same one is known again', () => {
    const subjects = (world: Snapshot) => plan(world).alerts.map((a) => a.subject);
    expect(subjects(withNodes('saturated', ['i-a1', 'i-b1']))).toEqual(['i-a1', 'i-b1']);
    expect(subjects(withNodes('saturated', all))).toEqual(['fleet']);
    expect(subjects(withNodes('dead', ['i-a1'], 1))).toEqual(['us-west-2/us-west-2a/i-a1']);
    const blind = { ...snapshot(), vantages: snapshot().vantages.map((v) => ({ ...v, blind: true })) };
    expect(subjects(blind)).toEqual(blind.vantages.map((v) => v.id));
  });
  it('every refusal is said', () => {
    expect(plan(withNodes('dead', ['i-a1'], 1)).alerts).toMatchObject([
      { kind: 'refused', text: expect.stringMatching(/^replace-node of i-a1 refused by quorum: .+; .+/) },
    ]);
  });
});

describe('names', () => {
  it('the same trouble has the same name, later trouble another', () => {
    const once = nameIncident(candidate(), []);
    expect(once).toBe(nameIncident(candidate({ because: 'put differently' }), []));
    expect(once).not.toBe(nameIncident(candidate({ since: now }), []));
    expect(once).not.toBe(nameIncident(candidate(), [incident({ closedAt: now })]));
    expect(once).toBe(
      nameIncident(candidate(), [incident({ closedAt: now, subject: nodeSubject('i-b1') }), incident()]),
    );
  });
  it('are what Step Functions takes', () => {
    const long = nameIncident(
      candidate({ service: 'a service/with a very long name '.repeat(9) as never }),
      [],
    );
    expect(long).toMatch(/^[A-Za-z0-9._-]{40,76}$/);
    expect(nameIncident(candidate(), [])).toMatch(/^replace-node\.llm\.i-a1\.[a-z0-9]+$/);
  });
  it('a region contains its zones, a zone its nodes, and no other', () => {
    expect(subjectPath(nodeSubject('i-a1'))).toBe('us-west-2/us-west-2a/i-a1');
    expect(contains(zoneSubject(), nodeSubject('i-a1'))).toBe(true);
    expect(contains(zoneSubject(), nodeSubject('i-b1'))).toBe(false);
    expect(contains(zoneSubject(), zoneSubject())).toBe(true);
    expect(contains(nodeSubject('i-a1'), zoneSubject())).toBe(false);
    expect(subjectName(regionSubject())).toBe('us-east-1');
  });
  it('a refusal is one sentence', () => {
    expect(
      refusalSentence({ candidate: candidate(), guard: 'lease', because: 'held', unblock: 'wait' }),
    ).toBe('refused by lease: held; wait');
  });
  it('the last event of a step, of any phase or of some', () => {
    const event = (seq: number, phase: 'intent' | 'done') => ({
      seq,
      at: seq,
      step: 'drain',
      phase,
      text: '',
    });
    const record = incident({
      id: incidentId('x'),
      events: [event(1, 'intent'), event(2, 'done'), event(3, 'intent')],
    });
    expect([
      lastEvent(record, 'drain')?.seq,
      lastEvent(record, 'drain', 'done')?.seq,
      lastEvent(record, 'launch'),
    ]).toEqual([3, 2, undefined]);
  });
});
