import { PortError } from '@evac/core';
import type { MoveInput } from '@evac/workflow';
import { describe, expect, test } from 'vitest';
import { type Call, createRig, east, type Rig, west, zoneA, zoneB, zoneC } from './rig.ts';
import { isLeaseFree, worldOf } from './world.ts';

/**
 * Each scenario is run once undisturbed and then once for every call of a port: killed before it takes effect, killed
 * after it (where it writes: after a read is the same as before the next call), or throttled. All end the same.
 */
interface Scenario {
  name: string;
  make?: Parameters<typeof createRig>;
  prepare(rig: Rig): Promise<MoveInput>;
  /** How it ends undisturbed. */
  outcome: string;
  /** For a move that goes on by itself once it is proven. */
  until?: (rig: Rig, input: MoveInput) => Promise<boolean>;
}

const breakZone = (rig: Rig) => {
  for (const node of rig.nodesIn(zoneA)) rig.broken.add(node);
};
const replaceNode = (rig: Rig) => {
  const node = rig.nodesIn(zoneA)[0]!;
  rig.broken.add(node);
  return rig.input('replace-node', { kind: 'node', region: west, zone: zoneA, node }, west);
};
const zone = { kind: 'zone', region: west, zone: zoneA } as const;
const region = { kind: 'region', region: west } as const;
async function holds(rig: Rig, input: MoveInput): Promise<boolean> {
  const incident = await rig.ports(input.cell).store.incident({ id: input.incident });
  return incident?.events.some((e) => e.step === 'prove' && e.phase === 'done') ?? false;
}

const scenarios: Scenario[] = [
  { name: 'replace-node', outcome: 'recovered', prepare: async (rig) => replaceNode(rig) },
  {
    name: 'replace-node that a restart mends',
    outcome: 'recovered',
    make: [{ restartFirst: true }],
    async prepare(rig) {
      const input = replaceNode(rig);
      for (const node of rig.broken) rig.hung.add(node);
      return input;
    },
  },
  {
    name: 'replace-node that a restart does not mend',
    outcome: 'recovered',
    make: [{ restartFirst: true }],
    prepare: async (rig) => replaceNode(rig),
  },
  {
    name: 'replace-node that a restart does not reach',
    outcome: 'recovered',
    make: [{ restartFirst: true }],
    async prepare(rig) {
      const input = replaceNode(rig);
      for (const node of rig.broken) rig.unreachable.add(node);
      return input;
    },
  },
  {
    name: 'replace-node without capacity',
    outcome: 'reverted',
    async prepare(rig) {
      for (const z of [zoneA, zoneB, zoneC]) rig.cloud.setCapacity(z, 0);
      return replaceNode(rig);
    },
  },
  {
    name: 'replace-node whose replacement never serves',
    outcome: 'reverted',
    async prepare(rig) {
      const known = new Set([zoneA, zoneB, zoneC].flatMap((z) => rig.nodesIn(z)));
      rig.cloud.onEvent(({ kind, node }) => {
        if (kind === 'node-listening' && node && !known.has(node)) rig.broken.add(node);
      });
      return replaceNode(rig);
    },
  },
  {
    name: 'evacuate-zone',
    outcome: 'open',
    until: holds,
    async prepare(rig) {
      breakZone(rig);
      return rig.input('evacuate-zone', zone, west);
    },
  },
  {
    name: 'evacuate-zone without a zonal shift',
    outcome: 'open',
    until: holds,
    async prepare(rig) {
      breakZone(rig);
      const awayFrom = rig.settings.regions[0]!.zones[2]!.id;
      const shift = { service: rig.settings.name, awayFrom, expiresInMs: 86_400_000, comment: 'a person’s' };
      await rig.ports(west).zonalShift.start(shift);
      return rig.input('evacuate-zone', zone, west);
    },
  },
  {
    name: 'fail-over-region',
    outcome: 'recovered',
    async prepare(rig) {
      rig.down.add(west);
      return rig.input('fail-over-region', region, east);
    },
  },
  {
    name: 'fail-over-region by records',
    outcome: 'recovered',
    make: [{ dns: { name: 'llm.test', control: 'records', ttlMs: 30_000 } }],
    async prepare(rig) {
      rig.down.add(west);
      return rig.input('fail-over-region', region, east);
    },
  },
  {
    name: 'fail-over-region that cannot be proven',
    outcome: 'reverted',
    async prepare(rig) {
      rig.down.add(west);
      const { nodes, zones } = rig.cloud.view().regions.find((r) => r.name === east)!;
      for (const z of zones) rig.cloud.setCapacity(z.name, 0);
      rig.cloud.onEvent(({ kind }) => {
        if (kind === 'switch') for (const n of nodes) rig.broken.add(n.node);
      });
      return rig.input('fail-over-region', region, east);
    },
  },
  {
    name: 'fail-back of a zone',
    outcome: 'recovered',
    async prepare(rig) {
      breakZone(rig);
      await rig.start(rig.input('evacuate-zone', zone, west));
      await rig.pass(180_000);
      rig.broken.clear();
      return rig.input('fail-back', zone, west);
    },
  },
  {
    name: 'fail-back of a region',
    outcome: 'recovered',
    async prepare(rig) {
      rig.down.add(west);
      await rig.run(rig.input('fail-over-region', region, east));
      rig.down.delete(west);
      return rig.input('fail-back', region, east);
    },
  },
  {
    name: 'fail-back of a region that fails again',
    outcome: 'reverted',
    async prepare(rig) {
      rig.down.add(west);
      await rig.run(rig.input('fail-over-region', region, east));
      rig.down.delete(west);
      rig.cloud.onEvent(({ kind, text }) => {
        if (kind === 'weights' && text.includes(`${west} 50`)) rig.down.add(west);
      });
      return rig.input('fail-back', region, east);
    },
  },
];

const reads = [
  'describe',
  'health',
  'list',
  'read',
  'records',
  'answers',
  'inSync',
  'incident',
  'incidents',
  'traffic',
];
const isWrite = (call: Call) => !reads.includes(call.method);

/** Runs a scenario with one disturbance, goes on after a kill, and tells how the world ended. */
async function end(
  scenario: Scenario,
  disturb: (call: Call, nth: number) => ReturnType<Parameters<Rig['onCall']>[0]>,
) {
  const rig = await createRig(...(scenario.make ?? []));
  try {
    const input = await scenario.prepare(rig);
    const first = rig.calls.length;
    rig.onCall((call) => disturb(call, call.n - first));
    await rig.start(input);
    for (let restart = 0; ; restart++) {
      const killed = await settled(rig, scenario, input, restart);
      if (!killed) break;
      rig.restart();
      rig.onCall(() => 'pass');
      for (const open of await openMoves(rig, input))
        await rig.start(open, `${open.incident}.r${restart + 1}`);
    }
    const calls = rig.calls.slice(first);
    await rig.pass(300_000);
    const incident = await rig.incident(input);
    return {
      calls,
      outcome: incident.closedAt === null ? 'open' : incident.outcome,
      leaseFree: await isLeaseFree(rig, input),
      world: await worldOf(rig),
      allZero: rig.weightsSeen.filter((w) => Object.values(w).every((weight) => weight === 0)),
    };
  } finally {
    rig.stop();
  }
}

/** True if the orchestrator was killed, false once the move is over or holds. */
async function settled(rig: Rig, scenario: Scenario, input: MoveInput, restart: number): Promise<boolean> {
  const name = restart === 0 ? input.incident : `${input.incident}.r${restart}`;
  if (!scenario.until) return (await rig.over(name)) === 'killed';
  for (let looks = 0; looks < 400; looks++) {
    if (rig.isKilled()) return true;
    if (await scenario.until(rig, input)) return false;
    await rig.pass(5_000);
  }
  throw new Error(`${scenario.name} was not proven`);
}

/** What the orchestrator finds open when it starts again, as MoveInput. */
async function openMoves(rig: Rig, input: MoveInput): Promise<MoveInput[]> {
  const { store } = rig.ports(input.cell);
  const open = await store.incidents({ service: input.service, since: rig.clock.now() });
  const held = open.filter((i) => i.closedAt === null && i.id !== input.incident);
  return [input, ...held.map((i) => ({ ...input, incident: i.id, move: i.move, subject: i.subject }))];
}

describe.each(scenarios)('$name', (scenario) => {
  test('ends the same however it is interrupted', { timeout: 180_000 }, async () => {
    const undisturbed = await end(scenario, () => 'pass');
    expect(undisturbed.outcome).toBe(scenario.outcome);
    const { calls, ...expected } = undisturbed;
    expect(calls.length).toBeGreaterThan(10);
    const different: string[] = [];
    for (const [at, call] of calls.entries()) {
      const fates = isWrite(call) ? (['kill-before', 'kill-after'] as const) : [];
      for (const fate of fates) {
        const { calls: _, ...seen } = await end(scenario, (_call, nth) => (nth === at + 1 ? fate : 'pass'));
        const same = JSON.stringify(seen) === JSON.stringify(expected);
        if (!same)
          different.push(
            `${fate} ${call.port}.${call.method} (call ${at + 1}): ${difference(seen, expected)}`,
          );
      }
    }
    expect(different).toEqual([]);
  });

  test('ends the same when any one call is throttled', { timeout: 180_000 }, async () => {
    const { calls, ...expected } = await end(scenario, () => 'pass');
    const different: string[] = [];
    for (const [at, call] of firstOfEach(calls)) {
      const throttled = new PortError('throttled', 'Rate exceeded');
      const { calls: _, ...seen } = await end(scenario, (_call, nth) =>
        nth === at + 1 ? throttled : 'pass',
      );
      const same = JSON.stringify(seen) === JSON.stringify(expected);
      if (!same)
        different.push(`${call.port}.${call.method} (call ${at + 1}): ${difference(seen, expected)}`);
    }
    expect(different).toEqual([]);
  });
});

/** Leaves out what a poll asks again while nothing is written. */
function firstOfEach(calls: Call[]): [number, Call][] {
  const seen = new Set<string>();
  let writes = 0;
  return [...calls.entries()].filter(([, call]) => {
    if (isWrite(call)) writes += 1;
    const kind = `${writes} ${call.port}.${call.method}`;
    if (seen.has(kind)) return false;
    seen.add(kind);
    return true;
  });
}

function difference(seen: object, expected: object): string {
  const wanted = new Map(Object.entries(expected));
  return Object.entries(seen)
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(wanted.get(key)))
    .map(([key, value]) => `${key} is ${JSON.stringify(value)}, not ${JSON.stringify(wanted.get(key))}`)
    .join('; ');
}
