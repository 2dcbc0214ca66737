import { regionName, serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ContractWorld, type MakeWorld, refused } from './world.ts';

export function switchContract(make: MakeWorld<'switch'>): void {
  describe('switch', () => {
    let world: ContractWorld<'switch'>;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());

    const port = () => world.away.ports.switch;
    const about = () => ({ service: world.service, region: world.home.name });

    test('is off at first', async () => expect(await port().read(about())).toBe(false));

    test('keeps what was written, however often', async () => {
      for (const on of [true, true, false, false]) {
        await port().write({ ...about(), on });
        expect(await port().read(about())).toBe(on);
      }
    });

    test('of each region is its own', async () => {
      await port().write({ ...about(), on: true });
      const other = { service: world.service, region: world.away.name };
      expect(await world.home.ports.switch.read(other)).toBe(false);
    });

    test('about its own region, an unknown one or another service there is none', async () => {
      const own = { service: world.service, region: world.away.name };
      await refused(port().read(own), 'invalid');
      await refused(port().write({ ...own, on: true }), 'invalid');
      const mars = { service: world.service, region: regionName('mars-1') };
      await refused(port().read(mars), 'invalid');
      await refused(port().write({ ...mars, on: true }), 'invalid');
      const nobody = { service: serviceName('nobody'), region: world.home.name };
      await refused(port().read(nobody), 'not-found');
      await refused(port().write({ ...nobody, on: true }), 'not-found');
    });
  });
}
