import {
  type Candidate,
  type Incident,
  incidentId,
  type Pause,
  type RegionFact,
  regionName,
  type Snapshot,
  serviceName,
  targetId,
} from '@evac/core';
import { type CaseWorld, type NodeChange, nodeStates } from './case-world.ts';
import { healthOf } from './node-health.ts';
import { homeOf, placesOf, subjectOf } from './places.ts';
import { ms, onlyKeys } from './strict.ts';
import { roundsOf } from './zone-rounds.ts';

/** When every case that is written as a world is judged: 2027-01-15T08:00:00Z. */
export const now = 1_800_000_000_000;
const service = serviceName('llm');

/** The snapshot that a case's world stands for. */
export function expand(world: CaseWorld): Snapshot {
  check(world);
  const home = homeOf(world);
  const changes = home.nodes
    .map((node) => ({ ...node, given: changeOf(node.id, world) }))
    .filter(({ given }) => given.state !== 'absent');
  const silent = (letter: string) => world.vantages?.[letter] === 'silent';
  const never = (letter: string) => world.vantages?.[letter] === 'never';
  const reporting = home.inside.filter((v) => !silent(v.letter) && !never(v.letter));
  const viewOf = (given: NodeChange, letter: string): NodeChange =>
    given.seenBy === undefined || given.seenBy.includes(letter) ? given : { state: 'healthy' };
  const viewed = changes.map(({ id, zone, given }) => ({
    node: id,
    zone,
    views: reporting.map((v) => viewOf(given, v.letter)),
  }));
  return {
    service,
    cell: home.region,
    targets: changes.map(({ id, zone, given }) => ({
      kind: 'node',
      id: targetId(`node/${id}`),
      service,
      region: home.region,
      zone,
      node: id,
      launchedAt: now - ms(given.age ?? '1d'),
      address: { protocol: 'http', host: '10.0.0.1', port: 8000 },
    })),
    health: changes.flatMap(({ id, given }) =>
      home.inside
        .filter((v) => !never(v.letter))
        .map((v) =>
          healthOf(id, v.id, silent(v.letter) ? { state: 'unknown' } : viewOf(given, v.letter), now),
        ),
    ),
    vantages: home.vantages.map(({ letter, ...vantage }) => ({
      ...vantage,
      lastAt: never(letter) ? null : now - (silent(letter) ? 60_000 : 1_000),
      blind: world.vantages?.[letter] === 'blind',
    })),
    rounds: roundsOf(world, viewed, now),
    fleet: world.fleet === null ? null : fleetOf(home, changes),
    balancer:
      world.balancer === null
        ? null
        : changes
            .filter(({ given }) => !given.out)
            .map(({ id, zone }) => ({
              targetGroup: 'llm',
              node: id,
              port: 8000,
              zone,
              state: 'healthy',
            })),
    shifts:
      world.shifts === null
        ? null
        : (world.shifts ?? []).map((name) => ({
            id: `shift-${name}`,
            resource: 'llm',
            awayFrom: zoneIdOf(name, home),
            expiresAt: now + ms('1h'),
            applied: true,
          })),
    regions: placesOf(world).map(({ region }) => regionFact(region, world)),
    incidents: (world.incidents ?? []).map((given) => incidentOf(given, world)),
    pauses: world.pauses === null ? null : (world.pauses ?? []).map(pauseOf),
    breakerResetAt: world.breakerReset === undefined ? null : now - ms(world.breakerReset),
    requests: (world.requests ?? []).map(
      ({ verb, move, subject }): Candidate => ({
        move,
        service,
        subject: subjectOf(subject, world),
        verb,
        by: 'ana',
        because: 'ana asked for it',
        since: now,
      }),
    ),
  };
}

function check(world: CaseWorld): void {
  onlyKeys(
    world,
    [
      'about',
      'world',
      'cell',
      'nodes',
      'vantages',
      'zones',
      'regions',
      'incidents',
      'requests',
      'pauses',
      'shifts',
      'fleet',
      'balancer',
      'breakerReset',
    ],
    'snapshot.json',
  );
  const home = homeOf(world);
  const letters = home.zones.map((z) => z.letter);
  const ids = home.nodes.map((n) => n.id);
  for (const pattern of Object.keys(world.nodes ?? {})) {
    if (!ids.some((id) => matches(pattern, id))) throw new Error(`nodes.${pattern} is no node of this world`);
  }
  onlyKeys(world.zones ?? {}, letters, 'zones');
  onlyKeys(world.vantages ?? {}, [...letters, 'out'], 'vantages');
  onlyKeys(
    world.regions ?? {},
    placesOf(world).map((p) => p.region),
    'regions',
  );
  for (const zone of Object.values(world.zones ?? {}))
    onlyKeys(zone, ['failed', 'rounds', 'affected', 'latency', 'traffic'], 'zones.*');
  for (const region of Object.values(world.regions ?? {}))
    if (region !== 'down')
      onlyKeys(
        region,
        ['outside', 'inside', 'reachable', 'revision', 'weight', 'switchedOff', 'for', 'check'],
        'regions.*',
      );
  for (const one of world.incidents ?? [])
    onlyKeys(one, ['move', 'subject', 'opened', 'closed', 'outcome', 'done', 'leftOut'], 'incidents[]');
  for (const one of world.requests ?? []) onlyKeys(one, ['verb', 'move', 'subject'], 'requests[]');
  for (const one of world.pauses ?? [])
    onlyKeys(one, ['reason', 'move', 'service', 'endsIn', 'endedAgo'], 'pauses[]');
}

/** The last pattern that matches: "*" all, "i-a*" those of a zone, "i-a1" one. */
function changeOf(id: string, { nodes = {} }: CaseWorld): NodeChange {
  const given = Object.entries(nodes).findLast(([pattern]) => matches(pattern, id))?.[1] ?? 'healthy';
  const change = typeof given === 'string' ? { state: given } : given;
  onlyKeys(
    change,
    [
      'state',
      'check',
      'reason',
      'detail',
      'for',
      'ago',
      'seenBy',
      'stuck',
      'over',
      'age',
      'lifecycle',
      'out',
    ],
    `nodes.${id}`,
  );
  onlyKeys({ [change.state]: true }, nodeStates, `nodes.${id}.state`);
  return change;
}

function matches(pattern: string, id: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

type Home = ReturnType<typeof homeOf>;

function fleetOf(home: Home, changes: (Home['nodes'][number] & { given: NodeChange })[]): Snapshot['fleet'] {
  const count = changes.length;
  return {
    groups: [
      {
        name: 'llm',
        desired: count,
        min: 1,
        max: 2 * count,
        zones: home.zones.map((z) => z.name),
        suspended: [],
      },
    ],
    nodes: changes.map(({ id, zone, given }) => ({
      id,
      group: 'llm',
      zone,
      lifecycle: given.lifecycle ?? 'in-service',
      launchedAt: now - ms(given.age ?? '1d'),
      host: '10.0.0.1',
      port: 8000,
      protected: false,
    })),
  };
}

function zoneIdOf(name: string, home: Home) {
  const zone = home.zones.find((z) => z.name === name);
  if (!zone) throw new Error(`shifts: "${name}" is no zone of the cell`);
  return zone.id;
}

function regionFact(region: RegionFact['region'], world: CaseWorld): RegionFact {
  const all = placesOf(world);
  const given = world.regions?.[region] ?? {};
  const down = given === 'down';
  const change = given === 'down' ? {} : given;
  const lost = (name: string) => world.regions?.[name] === 'down';
  // What a region that is down saw cannot be read: its store is down as well.
  const watchers = all.filter((p) => !lost(p.region));
  const nodes = homeOf(world).nodes.length;
  const mine = region === homeOf(world).region;
  return {
    region,
    reachable: change.reachable ?? !down,
    insideAt: down || change.inside === null ? null : now - ms(change.inside ?? '1s'),
    outside: watchers.flatMap(({ region: from }) => {
      const said =
        change.outside?.[from] ??
        (change.outside && from in change.outside ? null : down ? 'dead' : 'healthy');
      if (said === null) return [];
      const clearing = said === 'clearing';
      const bad = said === 'dead' || said === 'failing' || clearing;
      return [
        {
          from,
          state: said === 'stale' ? 'healthy' : clearing ? 'failing' : said,
          reason: bad && !clearing ? 'connection timed out' : '200 in 40 ms',
          at: now - (said === 'stale' ? 60_000 : 1_000),
          since: now - ms(change.for ?? (bad ? '20s' : '1h')),
          failing: bad ? (change.check ?? 'shallow') : null,
          ...(clearing ? { clearing } : {}),
        },
      ];
    }),
    healthyNodes: down ? null : nodes,
    totalNodes: down ? null : nodes,
    revision: change.revision === undefined ? (down ? null : 'llama-1') : change.revision,
    weight: change.weight === undefined ? 100 : change.weight,
    switchedOff: mine ? null : (change.switchedOff ?? false),
  };
}

function incidentOf(given: NonNullable<CaseWorld['incidents']>[number], world: CaseWorld): Incident {
  const { move, subject, opened, closed, outcome, done = [], leftOut } = given;
  const drained = { seq: done.length + 1, at: now - ms(opened) + done.length, step: 'drain', text: 'drain' };
  return {
    id: incidentId(`${move}.${subject.split('/').at(-1)}`),
    service,
    move,
    subject: subjectOf(subject, world),
    verb: 'automatic',
    by: 'evac',
    because: 'it was broken',
    cell: regionName(world.cell ?? 'us-west-2'),
    openedAt: now - ms(opened),
    closedAt: closed === undefined ? null : now - ms(closed),
    outcome: outcome ?? (closed === undefined ? null : 'recovered'),
    events: [
      ...done.map((step, i) => ({
        seq: i + 1,
        at: now - ms(opened) + i,
        step,
        phase: 'done' as const,
        text: step,
      })),
      ...(leftOut ? [{ ...drained, phase: 'note' as const, data: { leftOut } }] : []),
    ],
  };
}

function pauseOf(given: NonNullable<NonNullable<CaseWorld['pauses']>>[number]): Pause {
  const { reason, move = null, endsIn, endedAgo } = given;
  const until =
    endsIn === undefined ? (endedAgo === undefined ? null : now - ms(endedAgo)) : now + ms(endsIn);
  return {
    id: 'pause',
    service: given.service === undefined ? null : serviceName(given.service),
    move,
    by: 'ana',
    reason,
    at: now - ms('2h'),
    until,
  };
}
