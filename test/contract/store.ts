import type { Incident, Observation, Pause, Store, Target } from '@evac/core';
import {
  incidentId,
  newHealth,
  nodeId,
  regionName,
  serviceName,
  targetId,
  vantageId,
  zoneName,
} from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ContractWorld, type MakeWorld, refused, until } from './world.ts';

const service = serviceName('chat');
const region = regionName('us-west-2');
const zone = zoneName('us-west-2a');
const first = incidentId('inc-1');
const second = incidentId('inc-2');
const scope = 'chat/us-west-2';
const note = { step: 'drain', phase: 'note', text: 'a note' } as const;

function observation(vantage: string, at: number): Observation {
  const outcome = {
    target: targetId('t-1'),
    check: 'shallow',
    class: 'failed',
    reason: 'hung',
    at,
    latencyMs: 3,
    detail: 'no answer',
  } as const;
  return { service, vantage: vantageId(vantage), region, zone, at, blind: false, outcomes: [outcome] };
}

const health = (target: string) => newHealth(targetId(target), vantageId('v-1'), 1);

function incident(id = first): Incident {
  return {
    id,
    service,
    move: 'evacuate-zone',
    subject: { kind: 'zone', region, zone },
    verb: 'automatic',
    by: 'evac',
    because: 'the zone fails',
    cell: region,
    openedAt: 1,
    closedAt: null,
    outcome: null,
    events: [],
  };
}

function pause(id: string, until: number | null): Pause {
  return { id, service, move: null, by: 'ann', reason: 'a release', at: 1, until };
}

export function storeContract(make: MakeWorld<'store'>): void {
  describe('store', () => {
    let world: ContractWorld<'store'>;
    let store: Store;
    /** Long enough for any test, and short enough to wait for. */
    let long: number;
    let short: number;
    beforeEach(async () => {
      world = await make();
      store = world.home.ports.store;
      long = 100_000 * world.unitMs;
      short = 40 * world.unitMs;
    });
    afterEach(() => world.close());

    const acquire = (holder = first, ttlMs = long) => store.acquireLease({ scope, holder, ttlMs });
    async function token(holder = first, ttlMs = long): Promise<number> {
      const lease = await acquire(holder, ttlMs);
      return lease!.token;
    }
    const record = (id: typeof first, token: number, ttlMs = long) =>
      store.record({ id, scope, token, ttlMs, event: note });

    describe('targets', () => {
      test('are none until somebody has written, and then the last ones written', async () => {
        const address = { protocol: 'http', host: '10.0.0.1', port: 80 } as const;
        const node = { kind: 'node', zone, node: nodeId('i-1') } as const;
        const target: Target = { id: targetId('t-1'), service, region, address, launchedAt: 1, ...node };
        expect(await store.readTargets({ service })).toEqual([]);
        await store.writeTargets({ service, targets: [target, { ...target, id: targetId('t-2') }] });
        await store.writeTargets({ service, targets: [target] });
        expect(await store.readTargets({ service })).toEqual([target]);
        expect(await store.readTargets({ service: serviceName('other') })).toEqual([]);
      });
    });

    describe('observations', () => {
      test('are the last one of each vantage', async () => {
        await store.putObservation(observation('v-1', 10));
        await store.putObservation(observation('v-2', 11));
        await store.putObservation(observation('v-1', 12));
        const seen = await store.observations({ service });
        expect(seen.toSorted((a, b) => a.at - b.at)).toEqual([
          observation('v-2', 11),
          observation('v-1', 12),
        ]);
      });

      test('that arrive late do not hide newer ones', async () => {
        await store.putObservation(observation('v-1', 12));
        await store.putObservation(observation('v-1', 10));
        expect((await store.observations({ service })).map((o) => o.at)).toEqual([12]);
      });

      test('are kept apart by service', async () => {
        await store.putObservation(observation('v-1', 10));
        expect(await store.observations({ service: serviceName('other') })).toEqual([]);
      });
    });

    describe('health', () => {
      const write = (version: number, target = 't-1') =>
        store.writeHealth({ service, health: [health(target)], rounds: [], version });

      test('is empty at version 0 at first', async () => {
        expect(await store.readHealth({ service })).toEqual({ health: [], rounds: [], version: 0 });
      });

      test('is written only over the version that was read', async () => {
        expect(await write(0)).toBe(true);
        const { version, ...rest } = await store.readHealth({ service });
        expect(rest).toEqual({ health: [health('t-1')], rounds: [] });
        expect(version).toBe(1);
        expect(await write(0, 't-2')).toBe(false);
        expect(await write(version + 1, 't-2')).toBe(false);
        expect((await store.readHealth({ service })).health).toEqual([health('t-1')]);
        expect(await write(version, 't-2')).toBe(true);
      });

      test('of two writers that read the same version one wins', async () => {
        const won = await Promise.all([write(0, 't-1'), write(0, 't-2'), write(0, 't-3')]);
        expect(won.filter(Boolean)).toHaveLength(1);
      });
    });

    describe('lease', () => {
      test('is given to one holder at a time', async () => {
        const lease = await acquire(first);
        expect(lease).toMatchObject({ scope, holder: first });
        expect(lease!.expiresAt).toBeGreaterThan(world.now());
        expect(await acquire(second)).toBeNull();
        expect(await store.acquireLease({ scope: 'another', holder: second, ttlMs: long })).not.toBeNull();
      });

      test('of two that ask at once one gets it', async () => {
        const leases = await Promise.all([acquire(first), acquire(second)]);
        expect(leases.filter((l) => l !== null)).toHaveLength(1);
      });

      test('is renewed for its holder with a higher token, which fences the old one', async () => {
        await store.openIncident({ incident: incident() });
        const old = await token();
        const renewed = await token();
        expect(renewed).toBeGreaterThan(old);
        await refused(record(first, old), 'stale-token');
        await record(first, renewed);
      });

      test('goes to another once it has expired, with a higher token', async () => {
        const old = await token(first, short);
        const next = await until(world, 'the lease has expired', () => acquire(second));
        expect(next.token).toBeGreaterThan(old);
      });

      test('that is released goes to another at once; tokens still grow', async () => {
        const old = await token(first);
        await store.releaseLease({ scope, token: old });
        expect(await token(second)).toBeGreaterThan(old);
      });

      test('is not released by a former token, nor by one that never was', async () => {
        const old = await token(first);
        await token(first);
        await store.releaseLease({ scope, token: old });
        await store.releaseLease({ scope, token: 999 });
        await store.releaseLease({ scope: 'nobody', token: 1 });
        expect(await acquire(second)).toBeNull();
      });

      test('lasts longer than nothing', async () => {
        await refused(acquire(first, 0), 'invalid');
        await refused(acquire(first, -1), 'invalid');
      });
    });

    describe('record', () => {
      beforeEach(async () => {
        await store.openIncident({ incident: incident() });
      });

      test('appends events with growing numbers and the time', async () => {
        const held = await token();
        const event = { ...note, phase: 'intent', data: { node: 'i-1', tries: [1, 2] } } as const;
        const before = world.now();
        const written = await store.record({ id: first, scope, token: held, ttlMs: long, event });
        expect(written).toMatchObject({ ...event, seq: 1 });
        expect(written.at).toBeGreaterThanOrEqual(before);
        expect((await record(first, held)).seq).toBe(2);
        const kept = await store.incident({ id: first });
        expect(kept?.events[0]).toEqual(written);
        expect(kept?.events.map((e) => e.seq)).toEqual([1, 2]);
      });

      test('is refused without the present token, and writes nothing', async () => {
        await refused(record(first, 1), 'stale-token');
        const held = await token();
        await refused(record(first, held + 1), 'stale-token');
        await store.releaseLease({ scope, token: held });
        await refused(record(first, held), 'stale-token');
        expect((await store.incident({ id: first }))?.events).toEqual([]);
      });

      test('is refused once the lease has expired, though nobody else took it', async () => {
        const held = await token(first, short);
        await world.pass(2 * short);
        await refused(record(first, held), 'stale-token');
      });

      test('renews the lease', async () => {
        const held = await token(first, short);
        await record(first, held, long);
        await world.pass(2 * short);
        expect(await acquire(second)).toBeNull();
        await record(first, held);
      });

      test('of an unknown incident is not found', async () => {
        await refused(record(second, await token(second)), 'not-found');
      });
    });

    describe('incidents', () => {
      const close = (outcome: 'recovered' | 'failed') =>
        store.closeIncident({ id: first, outcome, text: 'all done' });

      test('open once', async () => {
        expect(await store.openIncident({ incident: incident() })).toBe(true);
        const again = { ...incident(), because: 'another reason' };
        expect(await store.openIncident({ incident: again })).toBe(false);
        expect(await store.incident({ id: first })).toEqual(incident());
        expect(await store.incident({ id: second })).toBeNull();
      });

      test('of two that open the same at once one does', async () => {
        const open = () => store.openIncident({ incident: incident() });
        expect((await Promise.all([open(), open(), open()])).filter(Boolean)).toHaveLength(1);
      });

      test('close with an outcome and a last event; closing again keeps the first', async () => {
        await store.openIncident({ incident: incident() });
        const before = world.now();
        await close('recovered');
        const closed = await store.incident({ id: first });
        expect(closed?.outcome).toBe('recovered');
        expect(closed?.closedAt).toBeGreaterThanOrEqual(before);
        expect(closed?.events.at(-1)?.text).toBe('all done');
        await close('failed');
        expect(await store.incident({ id: first })).toEqual(closed);
      });

      test('that are unknown cannot be closed', () => refused(close('failed'), 'not-found'));

      test('are listed while open, and for a while after', async () => {
        await store.openIncident({ incident: incident(first) });
        await store.openIncident({ incident: incident(second) });
        await close('recovered');
        const closedAt = (await store.incident({ id: first }))!.closedAt!;
        const ids = async (since: number) =>
          (await store.incidents({ service, since })).map((i) => i.id).toSorted();
        expect(await ids(closedAt)).toEqual([first, second]);
        expect(await ids(closedAt + 1)).toEqual([second]);
        expect(await store.incidents({ service: serviceName('other'), since: 0 })).toEqual([]);
      });
    });

    describe('pauses', () => {
      test('hold together until each is removed', async () => {
        await store.addPause(pause('p-1', null));
        await store.addPause(pause('p-2', null));
        await store.addPause(pause('p-2', null));
        expect((await store.pauses()).map((p) => p.id).toSorted()).toEqual(['p-1', 'p-2']);
        await store.removePause({ id: 'p-1' });
        await store.removePause({ id: 'p-1' });
        expect(await store.pauses()).toEqual([pause('p-2', null)]);
      });

      test('end by themselves', async () => {
        await store.addPause(pause('p-1', world.now() + short));
        await until(world, 'the pause has ended', async () => (await store.pauses()).length === 0);
      });
    });

    test('the breaker is reset at a time, which nobody has done at first', async () => {
      expect(await store.breakerResetAt()).toBeNull();
      const before = world.now();
      await store.resetBreaker({ by: 'ann', reason: 'looked at it' });
      expect(await store.breakerResetAt()).toBeGreaterThanOrEqual(before);
    });

    test('is its region’s own', async () => {
      await store.openIncident({ incident: incident() });
      await acquire(first);
      const other = world.away.ports.store;
      expect(await other.incident({ id: first })).toBeNull();
      expect(await other.acquireLease({ scope, holder: second, ttlMs: long })).not.toBeNull();
    });
  });
}
