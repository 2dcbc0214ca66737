import { serviceName, zoneId } from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ContractWorld, type MakeWorld, refused, until } from './world.ts';

export function zonalShiftContract(make: MakeWorld<'zonalShift'>): void {
  describe('zonal shift', () => {
    let world: ContractWorld<'zonalShift'>;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());

    const port = () => world.home.ports.zonalShift;
    const list = () => port().list({ service: world.service });
    const away = (index = 0, expiresInMs = world.shift.maxMs / 2) => ({
      service: world.service,
      awayFrom: world.home.zones[index]!.id,
      expiresInMs,
      comment: 'zone impaired',
    });

    test('there is none at first', async () => expect(await list()).toEqual([]));

    test('a shift is in force until it is cancelled, and is applied soon', async () => {
      const shift = await port().start(away());
      expect(shift.awayFrom).toBe(away().awayFrom);
      expect(shift.expiresAt).toBeGreaterThan(world.now());
      await until(world, 'it is applied', async () => (await list())[0]?.applied);
      expect(await list()).toEqual([{ ...shift, applied: true }]);
      await port().cancel({ id: shift.id });
      expect(await list()).toEqual([]);
    });

    test('while one is in force another is a conflict, for the same zone too', async () => {
      const shift = await port().start(away(0));
      await refused(port().start(away(0)), 'conflict');
      await refused(port().start(away(1)), 'conflict');
      expect((await list()).map((s) => s.id)).toEqual([shift.id]);
      await port().cancel({ id: shift.id });
      await port().start(away(1));
    });

    test('cancelling twice is no error; cancelling what never was is', async () => {
      const { id } = await port().start(away());
      await port().cancel({ id });
      await port().cancel({ id });
      await refused(port().cancel({ id: 'shift-000000000000' }), 'not-found');
    });

    test('a shift ends when it expires', async () => {
      const { id } = await port().start(away(0, world.shift.minMs));
      await until(world, 'it has expired', async () => (await list()).length === 0);
      await port().cancel({ id });
      await refused(port().extend({ id, expiresInMs: world.shift.minMs }), 'not-found');
    });

    test('an extended shift lasts longer', async () => {
      const { id, expiresAt } = await port().start(away(0, world.shift.minMs * 2));
      await port().extend({ id, expiresInMs: world.shift.maxMs / 2 });
      await world.pass(world.shift.minMs * 2 + 5 * world.unitMs);
      const [shift] = await list();
      expect(shift?.id).toBe(id);
      expect(shift!.expiresAt).toBeGreaterThan(expiresAt);
    });

    test('takes a zone ID of this region and nothing else', async () => {
      await refused(port().start({ ...away(), awayFrom: world.away.zones[0]!.id }), 'invalid');
      const byName = zoneId(world.home.zones[0]!.name);
      await refused(port().start({ ...away(), awayFrom: byName }), 'invalid');
    });

    test('a comment has at most 128 characters', async () => {
      await refused(port().start({ ...away(), comment: 'x'.repeat(129) }), 'invalid');
      await port().start({ ...away(), comment: 'x'.repeat(128) });
    });

    test('a duration outside of the bounds is refused', async () => {
      const { minMs, maxMs } = world.shift;
      await refused(port().start(away(0, minMs - 1)), 'invalid');
      await refused(port().start(away(0, maxMs + 1)), 'invalid');
      const { id } = await port().start(away(0, maxMs));
      await refused(port().extend({ id, expiresInMs: maxMs + 1 }), 'invalid');
    });

    test('knows no other service', async () => {
      const service = serviceName('nobody');
      await refused(port().list({ service }), 'not-found');
      await refused(port().start({ ...away(), service }), 'not-found');
    });
  });
}
