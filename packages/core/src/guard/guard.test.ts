import { describe, expect, it } from 'vitest';
import { judge } from '../decide.ts';
import type { GuardName } from '../decision.ts';
import { incidentId, nodeId, regionName, zoneId } from '../ids.ts';
import type { Candidate } from '../move.ts';
import type { ServiceSettings } from '../settings.ts';
import type { Snapshot } from '../snapshot.ts';
import {
  candidate,
  east,
  incident,
  nodeSubject,
  now,
  regionSubject,
  rounds,
  settings,
  snapshot,
  withBadGenerations,
  withEastDown,
  withFirstFailures,
  withNodes,
  zoneA,
  zoneB,
  zoneSubject,
} from '../testing/snapshot.ts';
import { firstRefusal } from './guard.ts';
import { guards } from './index.ts';

/** Who refuses first, with its words; null when the candidate may go. */
function refusal(
  change: Partial<Candidate>,
  world: Snapshot,
  rules: Partial<ServiceSettings> = {},
  planned: Candidate[] = [],
  without?: GuardName,
) {
  const service = settings(rules);
  const context = { snapshot: world, settings: service, verdicts: judge(world, service, now), planned, now };
  return firstRefusal(
    guards.filter((g) => g.name !== without),
    candidate(change),
    context,
  );
}

const deadNode = withNodes('dead', ['i-a1']);
const lostZone: Snapshot = {
  ...withNodes('dead', ['i-a1', 'i-a2']),
  rounds: rounds((name) => (name === zoneA ? 6 : 0)),
};
const replace: Partial<Candidate> = { move: 'replace-node', subject: nodeSubject('i-a1') };
const evacuate: Partial<Candidate> = { move: 'evacuate-zone', subject: zoneSubject() };
const failOver: Partial<Candidate> = { move: 'fail-over-region', subject: regionSubject() };
const failBack: Partial<Candidate> = { move: 'fail-back', subject: zoneSubject() };
const shift = {
  id: 's1',
  resource: 'alb',
  awayFrom: zoneId('usw2-aza'),
  expiresAt: now + 60_000,
  applied: true,
};
const region = regionName;

it('lets through what the evidence supports', () => {
  expect(refusal(replace, deadNode)).toBeNull();
  expect(refusal(evacuate, lostZone)).toBeNull();
  expect(refusal(failOver, withEastDown())).toBeNull();
  expect(refusal(failBack, { ...snapshot(), shifts: [shift] })).toBeNull();
});

const pause = { id: 'p', service: null, move: null, by: 'ana', reason: 'deploy', at: now - 1, until: null };
const closed = (
  minutes: number,
  outcome: 'recovered' | 'reverted' | 'failed' | 'refused' | 'subsumed',
  change = {},
) =>
  incident({
    id: incidentId(`i${minutes}${outcome}`),
    closedAt: now - minutes * 60_000,
    openedAt: now - (minutes + 5) * 60_000,
    outcome,
    ...change,
  });
const suspectA = (): Snapshot => ({
  ...withFirstFailures(['i-a1', 'i-a2']),
  rounds: rounds((name, r) => (name === zoneA && r > 10 ? 6 : 0)),
});
/** One node confirmed, the other with its first failure: the zone is suspected. */
const confirmedOne = (): Snapshot => {
  const one = withNodes('failing', ['i-a1']);
  const first = suspectA().health;
  return {
    ...suspectA(),
    health: one.health.map((h) =>
      h.target === 'node/i-a2' ? first.find((f) => f.vantage === h.vantage && f.target === h.target)! : h,
    ),
  };
};
/** All others have generated since, but came into their state only after it was last asked. */
const justRecovered = (): Snapshot => {
  const world = withBadGenerations('i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2');
  return { ...world, health: world.health.map((h) => ({ ...h, since: now - 500 })) };
};
/** East is down as far as was known a second ago, and here the endpoint has been well for half of one. */
const eastDownAsHereRecovers = (): Snapshot => {
  const world = withEastDown();
  const regions = world.regions.map((r) =>
    r.region === east ? r : { ...r, outside: r.outside.map((o) => ({ ...o, since: now - 500 })) },
  );
  return { ...world, regions };
};
const other = (id: string) => incident({ id: incidentId(`open-${id}`), subject: nodeSubject(id) });
const rest = (count: number) =>
  withNodes('dead', ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2'].slice(0, count));

interface Case {
  guard: GuardName;
  when: string;
  what: Partial<Candidate>;
  world: Snapshot;
  rules?: Partial<ServiceSettings>;
  planned?: Candidate[];
  says?: RegExp;
}

const cases: Case[] = [
  {
    guard: 'ownership',
    when: "another region's node",
    what: { ...replace, subject: { kind: 'node', region: east, zone: zoneA, node: nodeId('i-x') } },
    world: deadNode,
    says: /belongs to its own cell.*us-east-1/,
  },
  {
    guard: 'ownership',
    when: 'its own region',
    what: { ...failOver, subject: regionSubject(region('us-west-2')) },
    world: withEastDown(),
    says: /cannot take over from itself/,
  },
  {
    guard: 'ownership',
    when: 'another region comes first',
    what: failOver,
    world: withEastDown(),
    rules: { regions: [{ ...settings().regions[1]!, region: region('eu-west-1') }, ...settings().regions] },
    says: /eu-west-1 comes before us-west-2/,
  },
  {
    guard: 'ownership',
    when: 'this region is down as well',
    what: failOver,
    world: {
      ...withEastDown(),
      regions: withEastDown().regions.map((r) => ({
        ...r,
        reachable: false,
        outside: [
          {
            from: regionName(`not-${r.region}`),
            state: 'dead',
            reason: 'refused',
            at: now,
            since: now,
            failing: null,
          },
        ],
      })),
    },
    says: /every other region is down too/,
  },
  {
    guard: 'paused',
    when: 'a person paused it',
    what: replace,
    world: { ...deadNode, pauses: [pause] },
    says: /held by ana: deploy \(until ended\); end the pause/,
  },
  {
    guard: 'paused',
    when: 'paused twice, for a time',
    what: replace,
    world: { ...deadNode, pauses: [pause, { ...pause, until: now + 60_000 }] },
    says: /for 1m more.*end every pause/,
  },
  {
    guard: 'paused',
    when: 'the store is down',
    what: replace,
    world: { ...deadNode, pauses: null },
    says: /store did not answer/,
  },
  {
    guard: 'maintenance',
    when: 'a window is open',
    what: replace,
    world: deadNode,
    rules: { maintenance: [{ from: now - 1, to: now + 60_000, reason: 'kernel' }] },
    says: /kernel\); ends in 1m, or force/,
  },
  {
    guard: 'freshness',
    when: 'the fleet could not be described',
    what: replace,
    world: { ...deadNode, fleet: null },
    says: /Auto Scaling/,
  },
  {
    guard: 'freshness',
    when: 'target health could not be read',
    what: replace,
    world: { ...deadNode, balancer: null },
    says: /target health/,
  },
  {
    guard: 'freshness',
    when: 'shifts could not be listed',
    what: evacuate,
    world: { ...lostZone, shifts: null },
    says: /zonal shifts/,
  },
  {
    guard: 'freshness',
    when: 'weights would be changed that could not be read',
    what: failOver,
    world: {
      ...withEastDown(),
      regions: withEastDown().regions.map((r) => ({ ...r, weight: null })),
    },
    rules: { dns: { ...settings().dns!, control: 'records' } },
    says: /weights in DNS/,
  },
  {
    guard: 'freshness',
    when: 'nobody asked the node',
    what: replace,
    world: withNodes('unknown', ['i-a1']),
    says: /no vantage has asked i-a1 within 15s/,
  },
  {
    guard: 'freshness',
    when: 'no vantage reports',
    what: failOver,
    world: {
      ...withEastDown(),
      vantages: withEastDown().vantages.map((v, i) => (i ? { ...v, lastAt: null } : { ...v, blind: true })),
    },
    says: /no vantage of us-west-2/,
  },
  { guard: 'fleet', when: 'everything is dead', what: replace, world: rest(6), says: /failing-everywhere/ },
  {
    guard: 'quorum',
    when: 'one vantage says so',
    what: replace,
    world: withNodes('dead', ['i-a1'], 1),
    says: /1 of 3 vantages that see i-a1 find it failing/,
  },
  {
    guard: 'quorum',
    when: 'the zone is only suspected',
    what: evacuate,
    world: suspectA(),
    says: /suspected/,
  },
  {
    guard: 'quorum',
    when: 'the region is only suspected',
    what: failOver,
    world: {
      ...withEastDown(),
      regions: withEastDown().regions.map((r) => ({ ...r, reachable: true, insideAt: now })),
    },
    says: /suspected/,
  },
  {
    guard: 'quorum',
    when: 'fail-back of a zone that is impaired',
    what: failBack,
    world: lostZone,
    says: /must be healthy first/,
  },
  {
    guard: 'quorum',
    when: 'fail-back with a sick node',
    what: failBack,
    world: withNodes('failing', ['i-a1']),
    says: /i-a1 is failing/,
  },
  {
    guard: 'quorum',
    when: 'fail-back too soon',
    what: { ...failBack, subject: regionSubject() },
    world: {
      ...snapshot(),
      regions: snapshot().regions.map((r) => ({
        ...r,
        outside: r.outside.map((o) => ({ ...o, since: now - 60_000 })),
      })),
    },
    says: /healthy for 1m of 5m; wait 4m/,
  },
  {
    guard: 'subsumed',
    when: "its zone's move is open",
    what: replace,
    world: { ...deadNode, incidents: [incident({ move: 'evacuate-zone', subject: zoneSubject() })] },
    says: /is moving us-west-2a/,
  },
  {
    guard: 'subsumed',
    when: "its zone's move begins now",
    what: replace,
    world: deadNode,
    planned: [candidate({ move: 'evacuate-zone', subject: zoneSubject() })],
    says: /evacuate-zone of us-west-2a begins/,
  },
  {
    guard: 'subsumed',
    when: 'its zone is suspected',
    what: replace,
    world: confirmedOne(),
    says: /us-west-2a is suspected as a whole/,
  },
  {
    guard: 'contrast',
    when: 'no other node has generated since it began to fail',
    what: replace,
    world: withBadGenerations(),
    says: /0 of 5 other nodes have generated an answer in the 10s since .*; 2 are asked now/,
  },
  {
    guard: 'contrast',
    when: 'only one other has',
    what: replace,
    world: withBadGenerations('i-b1'),
    says: /1 of 5/,
  },
  {
    guard: 'contrast',
    when: 'the others have recovered since it was last asked',
    what: replace,
    world: justRecovered(),
    says: /recovered since this was last asked to generate, 1s ago; it is asked again soon/,
  },
  {
    guard: 'contrast',
    when: 'the nodes here were not asked since the other region began to fail',
    what: failOver,
    world: withEastDown(500),
    says: /0 of 6 nodes of us-west-2 have answered in the 500ms since us-east-1 began to fail/,
  },
  {
    guard: 'contrast',
    when: 'the endpoint here has recovered since the other one was last asked',
    what: failOver,
    world: eastDownAsHereRecovers(),
    says: /us-west-2's endpoint has recovered since us-east-1 was last asked, 1s ago; it is asked again soon/,
  },
  {
    guard: 'lease',
    when: 'another move of the same subject is open',
    what: evacuate,
    world: { ...lostZone, incidents: [incident({ move: 'fail-back', subject: zoneSubject() })] },
    says: /holds the lease on us-west-2\/us-west-2a/,
  },
  {
    guard: 'lease',
    when: 'the evacuation is not proven yet',
    what: failBack,
    world: { ...snapshot(), incidents: [incident({ move: 'evacuate-zone', subject: zoneSubject() })] },
    says: /lease/,
  },
  {
    guard: 'cooldown',
    when: 'it was just moved',
    what: replace,
    world: { ...deadNode, incidents: [closed(4, 'recovered')] },
    says: /ended 4m ago \(recovered\); clear in 6m, or force/,
  },
  {
    guard: 'cooldown',
    when: 'repeated, it lasts longer',
    what: replace,
    world: { ...deadNode, incidents: [closed(15, 'recovered'), closed(60, 'reverted')] },
    says: /clear in 5m/,
  },
  {
    guard: 'cooldown',
    when: 'a person declined',
    what: replace,
    world: {
      ...deadNode,
      incidents: [
        closed(1, 'refused', {
          events: [{ seq: 1, at: 1, step: 'approval', phase: 'note', text: 'declined' }],
        }),
      ],
    },
  },
  {
    guard: 'breaker',
    when: 'three moves went wrong within an hour',
    what: replace,
    world: {
      ...deadNode,
      incidents: ['i-b1', 'i-b2', 'i-c1'].map((id, i) =>
        closed(10 + i, 'reverted', { subject: nodeSubject(id) }),
      ),
    },
    says: /3 moves failed or were reverted/,
  },
  {
    guard: 'breaker',
    when: 'it stays open after the hour',
    what: replace,
    world: {
      ...deadNode,
      incidents: ['i-b1', 'i-b2', 'i-c1'].map((id, i) =>
        closed(300 + i, 'reverted', { subject: nodeSubject(id) }),
      ),
    },
    says: /\(0 in the last hour\)/,
  },
  {
    guard: 'blast-radius',
    when: 'enough nodes are out',
    what: replace,
    world: { ...deadNode, incidents: [other('i-b1'), other('i-c1')] },
    says: /2 of 6 nodes are already being replaced, at most 2/,
  },
  {
    guard: 'blast-radius',
    when: 'too many moves this hour',
    what: replace,
    world: deadNode,
    rules: { limits: { ...settings().limits, maxMovesPerHour: 0 } },
    says: /0 moves began/,
  },
  {
    guard: 'blast-radius',
    when: 'a zone is out',
    what: evacuate,
    world: { ...lostZone, shifts: [{ ...shift, awayFrom: zoneId('usw2-azb') }] },
    says: /1 zone is already out/,
  },
  {
    guard: 'blast-radius',
    when: 'a region is out',
    what: failOver,
    world: {
      ...withEastDown(),
      regions: [
        ...withEastDown().regions,
        { ...withEastDown().regions[0]!, region: region('eu-west-1'), switchedOff: true },
      ],
    },
    says: /1 region is already out/,
  },
  {
    guard: 'blast-radius',
    when: 'a region has no weight in DNS any more, and nobody can be asked who took it',
    what: failOver,
    world: {
      ...withEastDown(),
      regions: [
        ...withEastDown().regions,
        { ...withEastDown().regions[0]!, region: region('eu-west-1'), weight: 0 },
      ],
    },
    rules: {
      regions: [...settings().regions, { ...settings().regions[0]!, region: region('eu-west-1') }],
    },
    says: /1 region is already out/,
  },
  {
    guard: 'last-one-standing',
    when: 'no other node is healthy',
    what: replace,
    world: {
      ...deadNode,
      health: withNodes('saturated', ['i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2']).health.map((h) =>
        h.target === 'node/i-a1'
          ? deadNode.health.find((d) => d.vantage === h.vantage && d.target === h.target)!
          : h,
      ),
    },
    rules: { thresholds: { ...settings().thresholds, fleetShare: 1.1 } },
    says: /no other healthy node would be left/,
  },
  {
    guard: 'last-one-standing',
    when: 'the other healthy nodes are in the middle of a move or shifted away',
    what: replace,
    world: {
      ...deadNode,
      health: withNodes('saturated', ['i-a2', 'i-c2']).health.map((h) =>
        h.target === 'node/i-a1'
          ? deadNode.health.find((d) => d.vantage === h.vantage && d.target === h.target)!
          : h,
      ),
      shifts: [{ ...shift, awayFrom: zoneId('usw2-azb') }],
      incidents: [other('i-c1')],
    },
  },
  {
    guard: 'last-one-standing',
    when: 'no other zone has a healthy node',
    what: evacuate,
    world: {
      ...lostZone,
      health: withNodes('saturated', ['i-b1', 'i-b2', 'i-c1', 'i-c2']).health.map((h) =>
        /i-a/.test(h.target) ? lostZone.health.find((l) => l.target === h.target)! : h,
      ),
    },
    rules: { thresholds: { ...settings().thresholds, fleetShare: 1.1 } },
    says: /no other zone/,
  },
  {
    guard: 'last-one-standing',
    when: 'this region has no healthy node',
    what: failOver,
    world: {
      ...withEastDown(),
      health: withNodes('dead', ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2']).health,
    },
    says: /no healthy node to take over/,
  },
  {
    guard: 'capacity',
    when: 'too few would be left',
    what: replace,
    world: deadNode,
    rules: { limits: { ...settings().limits, capacityShare: 0.9 } },
    says: /5 of 6 nodes would be left, the service needs 90%/,
  },
  {
    guard: 'capacity',
    when: 'the survivors are full',
    what: failOver,
    world: { ...withEastDown(), health: withNodes('saturated', ['i-a1', 'i-a2', 'i-b1', 'i-b2']).health },
    says: /4 of 6 survivors are saturated/,
  },
  {
    guard: 'readiness',
    when: 'revisions differ',
    what: failOver,
    world: {
      ...withEastDown(),
      regions: withEastDown().regions.map((r) => (r.region === east ? { ...r, revision: 'other' } : r)),
    },
    says: /revisions differ/,
  },
  {
    guard: 'readiness',
    when: "this region's own endpoint fails",
    what: failOver,
    world: {
      ...withEastDown(),
      regions: withEastDown().regions.map((r) =>
        r.region === east
          ? r
          : {
              ...r,
              outside: [
                { from: r.region, state: 'failing', reason: '502', at: now, since: now, failing: 'shallow' },
              ],
            },
      ),
    },
    says: /us-west-2's endpoint is failing: 502/,
  },
  {
    guard: 'readiness',
    when: 'the endpoint that is to come back failed when it was last asked, though not often enough to be bad',
    what: { ...failBack, subject: regionSubject() },
    world: {
      ...snapshot(),
      regions: snapshot().regions.map((r) => ({
        ...r,
        outside: r.outside.map((o) => ({ ...o, reason: 'no token', failing: 'deep' })),
      })),
    },
    says: /us-east-1's endpoint is healthy, but its last deep check failed: no token; us-east-1 must answer it first/,
  },
  {
    guard: 'readiness',
    when: 'nobody asked the endpoint',
    what: failOver,
    world: {
      ...withEastDown(),
      regions: withEastDown().regions.map((r) => (r.region === east ? r : { ...r, outside: [] })),
    },
    says: /unknown: not asked/,
  },
  {
    guard: 'readiness',
    when: 'there is no name to move',
    what: failOver,
    world: withEastDown(),
    rules: { dns: null },
    says: /no DNS name/,
  },
  {
    guard: 'approval',
    when: 'the policy only observes',
    what: replace,
    world: deadNode,
    rules: { policy: { ...settings().policy, 'replace-node': 'observe' } },
    says: /policy of replace-node is observe/,
  },
];

describe('each guard refuses', () => {
  it.each(cases)('$guard: $when', ({ guard, what, world, rules, planned, says }) => {
    const seen = refusal(what, world, rules, planned);
    expect(seen?.guard).toBe(guard);
    expect(`${seen?.because}; ${seen?.unblock}`).toMatch(says ?? /./);
  });
  it('and every guard has a case', () => {
    expect(new Set(cases.map((c) => c.guard))).toEqual(new Set(guards.map((g) => g.name)));
  });
  it.each([...new Map(cases.map((c) => [c.guard, c])).values()])(
    'without $guard the same candidate is not refused by it',
    ({ guard, what, world, rules, planned }) => {
      expect(refusal(what, world, rules, planned, guard)?.guard).not.toBe(guard);
    },
  );
});

describe('what does not hold a candidate back', () => {
  it.each<[string, Partial<Candidate>, Snapshot, Partial<ServiceSettings>?]>([
    ['generations that fail here and succeed on two others', replace, withBadGenerations('i-b1', 'i-c2')],
    [
      'a pause of another service, another move, or one that ended',
      replace,
      {
        ...deadNode,
        pauses: [
          { ...pause, service: 'x' as never },
          { ...pause, move: 'fail-back' },
          { ...pause, until: now - 1 },
        ],
      },
    ],
    [
      'maintenance that is over or to come',
      replace,
      deadNode,
      {
        maintenance: [
          { from: now - 9, to: now, reason: '' },
          { from: now + 1, to: now + 2, reason: '' },
        ],
      },
    ],
    [
      'a refusal or a subsumption a minute ago',
      replace,
      { ...deadNode, incidents: [closed(1, 'refused'), closed(2, 'subsumed')] },
    ],
    [
      'a restart a minute ago that mended it then',
      replace,
      {
        ...deadNode,
        incidents: [
          closed(1, 'recovered', {
            events: [{ seq: 1, at: 1, step: 'restarted', phase: 'done', text: '' }],
          }),
        ],
      },
    ],
    ['a cooldown that is over', replace, { ...deadNode, incidents: [closed(11, 'recovered')] }],
    [
      'a breaker that a person reset',
      replace,
      {
        ...deadNode,
        breakerResetAt: now - 60_000,
        incidents: ['i-b1', 'i-b2', 'i-c1'].map((id, i) =>
          closed(10 + i, 'reverted', { subject: nodeSubject(id) }),
        ),
      },
    ],
    [
      'failures spread over hours',
      replace,
      {
        ...deadNode,
        incidents: ['i-b1', 'i-b2', 'i-c1'].map((id, i) =>
          closed(20 + i * 50, 'failed', { subject: nodeSubject(id) }),
        ),
      },
    ],
    [
      'another revision, where the config allows it',
      failOver,
      {
        ...withEastDown(),
        regions: withEastDown().regions.map((r) => (r.region === east ? { ...r, revision: 'other' } : r)),
      },
      { revisionMustMatch: false },
    ],
    [
      'an evacuation that is held and proven',
      failBack,
      {
        ...snapshot(),
        incidents: [
          incident({
            move: 'evacuate-zone',
            subject: zoneSubject(),
            events: [{ seq: 1, at: 1, step: 'prove', phase: 'done', text: '' }],
          }),
        ],
      },
    ],
    [
      'being second in the order, for a person',
      { ...failOver, verb: 'recover' },
      withEastDown(),
      { regions: [{ ...settings().regions[1]!, region: region('eu-west-1') }, ...settings().regions] },
    ],
    [
      'a policy that observes, for a person',
      { ...replace, verb: 'recover' },
      deadNode,
      { policy: { ...settings().policy, 'replace-node': 'observe' } },
    ],
  ])('%s', (_name, what, world, rules) => {
    expect(refusal(what, world, rules)).toBeNull();
  });
});

describe('force', () => {
  const forced = (what: Partial<Candidate>) => ({ ...what, verb: 'force' as const });
  it('overrides cooldown, quorum, maintenance and approval', () => {
    expect(refusal(forced(replace), { ...deadNode, incidents: [closed(1, 'recovered')] })).toBeNull();
    expect(refusal(forced(replace), withNodes('dead', ['i-a1'], 1))).toBeNull();
    expect(
      refusal(forced(replace), deadNode, { maintenance: [{ from: 0, to: now + 1, reason: '' }] }),
    ).toBeNull();
    expect(
      refusal(forced(replace), deadNode, { policy: { ...settings().policy, 'replace-node': 'observe' } }),
    ).toBeNull();
  });
  it('overrides nothing else', () => {
    const yielding = guards.filter((g) => g.yieldsToForce).map((g) => g.name);
    expect(yielding.toSorted()).toEqual(['approval', 'cooldown', 'maintenance', 'quorum']);
  });
  it('moves a node of a suspected zone, but not beside the open move of its zone', () => {
    expect(refusal(forced(replace), confirmedOne())).toBeNull();
    expect(
      refusal(forced(replace), {
        ...deadNode,
        incidents: [incident({ move: 'evacuate-zone', subject: zoneSubject() })],
      })?.guard,
    ).toBe('subsumed');
  });
});

it('a guard that throws refuses', () => {
  const broken = (what: unknown) => ({
    name: 'capacity' as const,
    yieldsToForce: false,
    object: () => {
      throw what;
    },
  });
  const context = {
    snapshot: deadNode,
    settings: settings(),
    verdicts: judge(deadNode, settings(), now),
    planned: [],
    now,
  };
  expect(firstRefusal([broken(new Error('boom'))], candidate(), context)).toMatchObject({
    guard: 'capacity',
    because: expect.stringContaining('boom'),
  });
  expect(firstRefusal([broken('text')], candidate(), context)?.because).toContain('text');
});

it('zones other than the subject count as standing', () => {
  expect(refusal({ ...evacuate, subject: zoneSubject(zoneB) }, snapshot())?.guard).toBe('quorum');
});
