import { describe, expect, it } from 'vitest';
import { judge } from '../decide.ts';
import { incidentId, vantageId, zoneName } from '../ids.ts';
import type { Candidate } from '../move.ts';
import type { ServiceSettings } from '../settings.ts';
import type { Snapshot } from '../snapshot.ts';
import {
  candidate,
  check,
  east,
  incident,
  nodeSubject,
  now,
  regionSubject,
  settings,
  snapshot,
  west,
  withBadGenerations,
  withEastDown,
  withFirstFailures,
  withNodes,
  zoneB,
  zoneC,
  zoneSubject,
} from '../testing/snapshot.ts';
import { blastRadius } from './blast-radius.ts';
import { breaker } from './breaker.ts';
import { capacity } from './capacity.ts';
import { contrast } from './contrast.ts';
import { fleet } from './fleet.ts';
import { freshness } from './freshness.ts';
import type { Guard } from './guard.ts';
import { lastOneStanding } from './last-one-standing.ts';
import { lease } from './lease.ts';
import { ownership } from './ownership.ts';
import { paused } from './paused.ts';
import { readiness } from './readiness.ts';

/** What one guard alone says, when it stands alone: each of these is about one clause of its rule. */
function objects(
  guard: Guard,
  what: Partial<Candidate>,
  world: Snapshot,
  rules: Partial<ServiceSettings> = {},
): boolean {
  const service = settings(rules);
  const context = {
    snapshot: world,
    settings: service,
    verdicts: judge(world, service, now),
    planned: [],
    now,
  };
  return guard.object(candidate(what), context) !== null;
}

const replace: Partial<Candidate> = { move: 'replace-node', subject: nodeSubject('i-a1') };
const failOver: Partial<Candidate> = { move: 'fail-over-region', subject: regionSubject() };
const failBack: Partial<Candidate> = { move: 'fail-back', subject: zoneSubject() };
const deadNode = withNodes('dead', ['i-a1']);
const minute = 60_000;

const ended = (minutes: number, outcome: 'recovered' | 'reverted' | 'refused', node = 'i-b1') =>
  incident({
    id: incidentId(`${minutes}-${outcome}`),
    subject: nodeSubject(node),
    openedAt: now - (minutes + 1) * minute,
    closedAt: now - minutes * minute,
    outcome,
  });

describe('ownership', () => {
  it('does not leave a region to itself', () => {
    const regions = settings().regions.toReversed();
    expect(objects(ownership, failOver, snapshot(), { regions })).toBe(false);
  });
});

describe('paused', () => {
  const pause = { id: 'p', service: null, move: null, by: 'ana', reason: 'deploy', at: now - 1, until: null };
  it('holds what it names: this service, this move, until then', () => {
    const { name } = settings();
    const pauses = [{ ...pause, service: name, move: 'replace-node' as const, until: now + 1 }];
    expect(objects(paused, replace, { ...deadNode, pauses })).toBe(true);
    expect(objects(paused, failBack, { ...deadNode, pauses })).toBe(false);
  });
});

describe('blast-radius counts what began within the hour', () => {
  const rules = { limits: { ...settings().limits, maxMovesPerHour: 2 } };
  const after = (...incidents: Snapshot['incidents']) =>
    objects(blastRadius, replace, { ...deadNode, incidents }, rules);
  it('as many as may', () => {
    expect(after(ended(1, 'recovered'), ended(58, 'recovered'))).toBe(true);
  });
  it('not what began before', () => {
    expect(after(ended(1, 'recovered'), ended(59, 'recovered'))).toBe(false);
  });
  it('nor what was refused, which did nothing', () => {
    expect(after(ended(1, 'recovered'), ended(2, 'refused'))).toBe(false);
  });
});

describe('blast-radius lets a zone go while another is out', () => {
  const evacuate: Partial<Candidate> = { move: 'evacuate-zone', subject: zoneSubject() };
  const beside = (where: typeof west, zone: typeof zoneB) =>
    objects(blastRadius, evacuate, {
      ...snapshot(),
      incidents: [incident({ move: 'evacuate-zone', subject: { kind: 'zone', region: where, zone } })],
    });
  it('of another region, which takes nothing from this one', () => {
    expect(beside(east, zoneName('us-east-1b'))).toBe(false);
  });
  it('but not of this one', () => {
    expect(beside(west, zoneB)).toBe(true);
  });
});

describe('breaker', () => {
  const after = (...minutes: number[]) =>
    objects(breaker, replace, { ...deadNode, incidents: minutes.map((m) => ended(m, 'reverted')) });
  it('counts what went wrong, not what went well', () => {
    const well = [1, 2, 3].map((m) => ended(m, 'recovered'));
    expect(objects(breaker, replace, { ...deadNode, incidents: well })).toBe(false);
  });
  it('takes an hour from the first to the last, and not a moment longer', () => {
    expect(after(1, 30, 61)).toBe(true);
    expect(after(1, 30, 62)).toBe(false);
  });
});

describe('capacity', () => {
  it('is there while no more than half of the survivors are full', () => {
    expect(objects(capacity, failOver, withNodes('saturated', ['i-a1', 'i-a2', 'i-b1']))).toBe(false);
    expect(objects(capacity, failOver, withNodes('saturated', ['i-a1', 'i-a2', 'i-b1', 'i-b2']))).toBe(true);
  });
  const wanting = (desired: number): Snapshot => {
    const world = withNodes('dead', ['i-a1']);
    const groups = world.fleet?.groups.map((g) => ({ ...g, desired })) ?? [];
    return { ...world, fleet: world.fleet && { ...world.fleet, groups } };
  };
  it('of a zone or node is a share of what its groups ask for', () => {
    expect(objects(capacity, replace, wanting(10))).toBe(false);
    expect(objects(capacity, replace, wanting(11))).toBe(true);
  });
  it('of a region is a share of the nodes that are here', () => {
    expect(objects(capacity, failOver, wanting(11))).toBe(false);
  });
  it('is not there where the groups ask for nothing', () => {
    expect(objects(capacity, replace, wanting(0))).toBe(true);
  });
});

describe('fleet', () => {
  it('does not keep a zone from its traffic', () => {
    const busy = withNodes('saturated', ['i-b1', 'i-b2', 'i-c1', 'i-c2']);
    expect(objects(fleet, replace, busy)).toBe(true);
    expect(objects(fleet, failBack, busy)).toBe(false);
  });
});

describe('freshness', () => {
  it('of the fleet and the balancer is nothing to a region that takes over', () => {
    expect(objects(freshness, failOver, { ...withEastDown(), fleet: null, balancer: null })).toBe(false);
  });
  it('is not that of another region’s vantage', () => {
    const world = withEastDown();
    const foreign = { id: vantageId('out/us-east-1'), region: east, zone: null, lastAt: now, blind: false };
    const silent = world.vantages.map((v) => ({ ...v, lastAt: now - minute }));
    expect(objects(freshness, failOver, { ...world, vantages: [...silent, foreign] })).toBe(true);
  });
  it('is not that of a vantage that has never reported, nor of one that is blind', () => {
    const world = withEastDown();
    const only = (change: Partial<Snapshot['vantages'][number]>) =>
      objects(freshness, failOver, { ...world, vantages: world.vantages.map((v) => ({ ...v, ...change })) });
    expect([only({}), only({ lastAt: null }), only({ blind: true })]).toEqual([false, true, true]);
  });
});

describe('contrast', () => {
  const failingAlso = (world: Snapshot, other: Snapshot, ids: string[]): Snapshot => ({
    ...world,
    health: world.health.map((h, i) =>
      ids.some((id) => h.target === `node/${id}`)
        ? { ...h, checks: { ...h.checks, shallow: other.health[i]?.checks.shallow ?? check() } }
        : h,
    ),
  });
  it('does not keep a zone from its traffic', () => {
    expect(objects(contrast, failBack, withBadGenerations())).toBe(false);
  });
  it('is not given by a node that has just failed another check', () => {
    const world = withBadGenerations('i-b1', 'i-b2');
    expect(objects(contrast, replace, world)).toBe(false);
    expect(objects(contrast, replace, failingAlso(world, withFirstFailures(['i-b1']), ['i-b1']))).toBe(true);
  });
  it('is not given all along by a node that one vantage finds failing', () => {
    const world = withBadGenerations('i-b1', 'i-b2');
    const one = withNodes('failing', ['i-b1'], 1);
    const states = one.health.map((h, i) => ({ ...h, checks: world.health[i]?.checks ?? h.checks }));
    expect(objects(contrast, replace, failingAlso({ ...world, health: states }, one, ['i-b1']))).toBe(true);
  });

  /** East fails since half a second; these nodes here have answered since. */
  const since = (state: 'healthy' | 'starting' | 'unknown', ...answered: string[]): Snapshot => {
    const rest = ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2'].filter((id) => !answered.includes(id));
    const { health } = withNodes(state, rest);
    const health100 = health.map((h) =>
      answered.some((id) => h.target === `node/${id}`)
        ? { ...h, checks: { shallow: check({ lastAt: now - 100 }) } }
        : h,
    );
    return { ...withEastDown(500), health: health100 };
  };
  it('to another region is given by most of the nodes here, not by half', () => {
    expect(objects(contrast, failOver, since('healthy', 'i-a1', 'i-a2', 'i-b1'))).toBe(true);
    expect(objects(contrast, failOver, since('healthy', 'i-a1', 'i-a2', 'i-b1', 'i-b2'))).toBe(false);
  });
  it.each(['starting', 'unknown'] as const)('to another region does not need nodes that are %s', (state) => {
    expect(objects(contrast, failOver, since(state, 'i-a1', 'i-a2', 'i-b1'))).toBe(false);
  });
  it('to another region is given by an endpoint that is well since before that was last asked', () => {
    const world = since('healthy', 'i-a1', 'i-a2', 'i-b1', 'i-b2');
    const wellFor = (ms: number, clearing = false): Snapshot => ({
      ...world,
      regions: world.regions.map((r) => ({
        ...r,
        outside: r.outside.map((o) =>
          r.region === east ? { ...o, at: now - 300, clearing } : { ...o, since: now - ms },
        ),
      })),
    });
    expect(objects(contrast, failOver, wellFor(400))).toBe(false);
    expect(objects(contrast, failOver, wellFor(200))).toBe(true);
    expect(objects(contrast, failOver, wellFor(400, true))).toBe(true);
  });
  it('to a region that has only fallen silent cannot be had, and is not needed', () => {
    const world = withEastDown(500);
    const regions = world.regions.map((r) => ({
      ...r,
      outside: r.outside.map((o) => ({ ...o, failing: null })),
    }));
    expect(objects(contrast, failOver, { ...world, regions })).toBe(false);
  });
});

describe('last-one-standing', () => {
  /** Only i-a1 and i-c1 are well, and something is or was done about i-c1. */
  const beside = (change: Partial<Snapshot['incidents'][number]>) =>
    objects(lastOneStanding, replace, {
      ...withNodes('saturated', ['i-a2', 'i-b1', 'i-b2', 'i-c2']),
      incidents: [incident({ subject: nodeSubject('i-c1'), ...change })],
    });
  it('does not count on a node in the middle of a move', () => {
    expect(beside({})).toBe(true);
  });
  it('counts on it when the move has ended', () => {
    expect(beside({ closedAt: now - minute, outcome: 'recovered' })).toBe(false);
  });
  it('counts on a zone that is being given its traffic back', () => {
    expect(beside({ move: 'fail-back', subject: zoneSubject(zoneC) })).toBe(false);
  });
});

describe('lease', () => {
  it('of a held evacuation is free for a fail-back only', () => {
    const proven = [{ seq: 1, at: 1, step: 'prove', phase: 'done', text: '' } as const];
    const incidents = [incident({ move: 'evacuate-zone', subject: zoneSubject(), events: proven })];
    expect(objects(lease, failBack, { ...snapshot(), incidents })).toBe(false);
    expect(
      objects(lease, { move: 'evacuate-zone', subject: zoneSubject() }, { ...snapshot(), incidents }),
    ).toBe(true);
  });
  it('is not, once a fail-back of it has begun', () => {
    const proven = [{ seq: 1, at: 1, step: 'prove', phase: 'done', text: '' } as const];
    const held = incident({ move: 'evacuate-zone', subject: zoneSubject(), events: proven });
    const back = incident({ id: incidentId('fail-back.1'), move: 'fail-back', subject: zoneSubject() });
    expect(objects(lease, failBack, { ...snapshot(), incidents: [held, back] })).toBe(true);
  });
});

describe('readiness', () => {
  const answering = (state: 'saturated' | 'failing'): Snapshot => {
    const world = withEastDown();
    const regions = world.regions.map((r) =>
      r.region === east ? r : { ...r, outside: r.outside.map((o) => ({ ...o, state })) },
    );
    return { ...world, regions };
  };
  it('is that of an endpoint that serves, be it full', () => {
    expect(objects(readiness, failOver, answering('saturated'))).toBe(false);
    expect(objects(readiness, failOver, answering('failing'))).toBe(true);
  });
  it('is that of an endpoint whose every check was answered last', () => {
    const back: Partial<Candidate> = { move: 'fail-back', subject: regionSubject() };
    const lastFailed = (failing: 'deep' | null): Snapshot => ({
      ...snapshot(),
      regions: snapshot().regions.map((r) => ({ ...r, outside: r.outside.map((o) => ({ ...o, failing })) })),
    });
    expect(objects(readiness, back, lastFailed(null))).toBe(false);
    expect(objects(readiness, back, lastFailed('deep'))).toBe(true);
    expect(objects(readiness, failOver, lastFailed(null))).toBe(false);
    expect(objects(readiness, failOver, lastFailed('deep'))).toBe(true);
  });
  it('is nothing to a node or a zone', () => {
    expect(objects(readiness, replace, answering('failing'))).toBe(false);
  });
});
