import {
  type Incident,
  incidentId,
  newHealth,
  PortError,
  regionName,
  type Store,
  serviceName,
  targetId,
  vantageId,
} from '@evac/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Call, firstState, type Result, type State, step } from './store-model.ts';

/** Who goes next: each writer's next request to the cloud waits here until it is let through, one at a time. */
export interface Gate {
  enter(writer: number): Promise<void>;
  leave(): void;
}

export interface RaceWorld {
  /** Two stores on one table, whose every request goes through the gate. */
  writers(gate: Gate): [Store, Store];
  now(): number;
  /** Time passes only here. */
  pass(ms: number): void;
  close(): Promise<void>;
}

const service = serviceName('chat');
const ids = ['inc-1', 'inc-2'].map(incidentId);
const ttlMs = 1_000;

/** What a writer is to do; which token or version it has is known when its turn comes. */
type Intent =
  | { op: 'pass'; ms: number }
  | { op: 'open' | 'close' | 'read'; of: number }
  | { op: 'acquire'; of: number }
  | { op: 'release' | 'record'; of: number; stale: boolean }
  | { op: 'readHealth' }
  | { op: 'writeHealth'; stale: boolean };

/** Mostly the one that is open from the start. */
const of = fc.constantFrom(0, 0, 0, 1);
const stale = fc.boolean();
const intent: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ op: fc.constant('pass' as const), ms: fc.constantFrom(1, 600, 1_000) }),
  fc.record({ op: fc.constantFrom('open' as const, 'close' as const, 'read' as const), of }),
  { weight: 2, arbitrary: fc.record({ op: fc.constant('acquire' as const), of }) },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constantFrom('release' as const, 'record' as const), of, stale }),
  },
  fc.record({ op: fc.constant('readHealth' as const) }),
  fc.record({ op: fc.constant('writeHealth' as const), stale }),
);
const program = fc.array(intent, { minLength: 1, maxLength: 6 });

/**
 * Two writers on one store, their requests to the cloud interleaved in every way that fast-check thinks of: what each
 * call answered, and what is there in the end, must be what some order of whole calls gives, with each writer's own
 * calls in its order. A caller may have looked at its clock at any time during its call.
 */
export function racesContract(make: () => Promise<RaceWorld>, runs: number): void {
  test(
    'two writers at once get answers that some order of their calls explains',
    () =>
      fc.assert(
        fc.asyncProperty(program, program, fc.infiniteStream(fc.boolean()), async (a, b, turns) => {
          const world = await make();
          try {
            const times = [world.now()];
            const gate = createGate(() => (turns.next().value ? 1 : 0));
            const stores = world.writers(gate);
            await open(stores[0], gate);
            const [left, right] = await Promise.all(
              [a, b].map((intents, writer) => run(intents, writer, stores[writer]!, { world, times }, gate)),
            );
            const end = await look(stores[0], world);
            const first = step(firstState(), opening, times[0]!).state;
            const found = explained(first, left!, right!, end);
            expect(found, JSON.stringify({ left, right, end }, null, 1)).toBe(true);
          } finally {
            await world.close();
          }
        }),
        { numRuns: runs },
      ),
    120_000,
  );
}

/** The first incident, before anybody begins. */
async function open(store: Store, gate: ReturnType<typeof createGate>): Promise<void> {
  await perform(store, opening);
  gate.begin();
}

const opening: Call = { op: 'open', id: ids[0]!, ttlMs, label: '' };

/** One call that was made, what it answered, and every time that it was meanwhile. */
interface Made {
  call: Call;
  result: Result;
  times: number[];
}

async function run(
  intents: Intent[],
  writer: number,
  store: Store,
  { world, times }: { world: RaceWorld; times: number[] },
  gate: ReturnType<typeof createGate>,
): Promise<Made[]> {
  const made: Made[] = [];
  const tokens = [0, 0];
  let version = 0;
  for (const intent of intents) {
    const call = callOf(intent, tokens, version, `${writer}.${made.length}`);
    if (call.op === 'pass') {
      await gate.enter(writer);
      world.pass(call.ms);
      times.push(world.now());
      gate.leave();
    }
    const before = times.length - 1;
    const result = await perform(store, call);
    if (call.op === 'acquire' && typeof result === 'number') tokens[ids.indexOf(call.id)] = result;
    if (call.op === 'readHealth' && typeof result === 'string') version = Number(result.split(' ')[0]);
    made.push({ call, result, times: times.slice(before) });
  }
  gate.done(writer);
  return made;
}

function callOf(intent: Intent, tokens: number[], version: number, label: string): Call {
  if (intent.op === 'pass') return intent;
  if (intent.op === 'readHealth') return { op: 'readHealth' };
  if (intent.op === 'writeHealth') {
    return { op: 'writeHealth', version: intent.stale ? version + 1 : version, label };
  }
  const id = ids[intent.of]!;
  if (intent.op === 'release' || intent.op === 'record') {
    const token = (tokens[intent.of] ?? 0) - (intent.stale ? 1 : 0);
    return { op: intent.op, id, token, ttlMs, label };
  }
  return { op: intent.op, id, ttlMs, label };
}

/** Both incidents go for the same lease. */
const scope = 'chat/us-west-2';

async function perform(store: Store, call: Call): Promise<Result> {
  try {
    return await ask(store, call);
  } catch (error) {
    if (error instanceof PortError) return error.code;
    throw error;
  }
}

async function ask(store: Store, call: Call): Promise<Result> {
  switch (call.op) {
    case 'pass':
      return null;
    case 'open':
      return store.openIncident({ incident: incident(call.id) });
    case 'close':
      await store.closeIncident({ id: call.id, outcome: 'recovered', text: call.label });
      return null;
    case 'read':
      return told(await store.incident({ id: call.id }));
    case 'acquire':
      return (await store.acquireLease({ scope, holder: call.id, ttlMs: call.ttlMs }))?.token ?? null;
    case 'release':
      await store.releaseLease({ scope, token: call.token });
      return null;
    case 'record': {
      const event = { step: 'drain', phase: 'note', text: call.label } as const;
      const { token, id } = call;
      return (await store.record({ id, scope, token, ttlMs: call.ttlMs, event })).seq;
    }
    case 'readHealth': {
      const { health, version } = await store.readHealth({ service });
      return `${version} ${health.map((h) => h.model).join()}`;
    }
    case 'writeHealth': {
      const health = [{ ...newHealth(targetId('t'), vantageId('v'), 1), model: call.label }];
      return store.writeHealth({ service, health, rounds: [], version: call.version });
    }
  }
}

function incident(id: Incident['id']): Incident {
  return {
    id,
    service,
    move: 'fail-over-region',
    subject: { kind: 'region', region: regionName('us-west-2') },
    verb: 'automatic',
    by: 'evac',
    because: 'it fails',
    cell: regionName('us-west-2'),
    openedAt: 1,
    closedAt: null,
    outcome: null,
    events: [],
  };
}

function told(incident: Incident | null): string | null {
  if (!incident) return null;
  const events = incident.events.map((e) => `${e.seq}:${e.text}`).join();
  return `${incident.closedAt === null ? 'open' : 'closed'} ${events}`;
}

/** Everything that can be read, as calls: the lists of incidents too. */
async function look(store: Store, world: RaceWorld): Promise<Made[]> {
  const reads: Call[] = [
    ...ids.map((id): Call => ({ op: 'read', id, ttlMs, label: '' })),
    { op: 'readHealth' },
  ];
  const made: Made[] = [];
  for (const call of reads) made.push({ call, result: await perform(store, call), times: [world.now()] });
  const listed = (await store.incidents({ service, since: world.now() - 10_000 })).map(told).toSorted();
  const each = made.flatMap(({ call, result }) => (call.op === 'read' && result !== null ? [result] : []));
  expect(listed).toEqual(each.toSorted());
  return made;
}

/** Whether some merge of both lists, each in its order, and then `end`, is what the model answers. */
function explained(state: State, left: Made[], right: Made[], end: Made[]): boolean {
  if (left.length === 0 && right.length === 0) {
    const [next, ...rest] = end;
    return !next || tryOne(state, next, (after) => explained(after, [], [], rest));
  }
  const [a, ...restOfLeft] = left;
  const [b, ...restOfRight] = right;
  return (
    (a !== undefined && tryOne(state, a, (after) => explained(after, restOfLeft, right, end))) ||
    (b !== undefined && tryOne(state, b, (after) => explained(after, left, restOfRight, end)))
  );
}

function tryOne(state: State, { call, result, times }: Made, then: (state: State) => boolean): boolean {
  return times.some((now) => {
    const next = step(state, call, now);
    return next.result === result && then(next.state);
  });
}

/** Lets one request through at a time, once every writer that is not done waits for its turn. */
function createGate(choose: () => number): Gate & { begin(): void; done(writer: number): void } {
  const waiting: { writer: number; open(): void }[] = [];
  const working = new Set<number>();
  let inside = false;
  function next(): void {
    const everybody = [...working].every((writer) => waiting.some((w) => w.writer === writer));
    if (inside || waiting.length === 0 || !everybody) return;
    const chosen = choose();
    const index = Math.max(
      0,
      waiting.findIndex((w) => w.writer === chosen),
    );
    const [first] = waiting.splice(index, 1);
    inside = true;
    first?.open();
  }
  return {
    enter(writer) {
      return new Promise((open) => {
        waiting.push({ writer, open });
        next();
      });
    },
    leave() {
      inside = false;
      next();
    },
    begin() {
      for (const writer of [0, 1]) working.add(writer);
    },
    done(writer) {
      working.delete(writer);
      next();
    },
  };
}
