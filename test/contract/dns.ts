import { serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ContractWorld, type MakeWorld, refused, until } from './world.ts';

export function dnsContract(make: MakeWorld<'dns' | 'switch'>): void {
  describe('dns', () => {
    let world: ContractWorld<'dns' | 'switch'>;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());

    const dns = () => world.home.ports.dns;
    const records = () => dns().records({ service: world.service });
    const set = (home: number, away: number) =>
      dns().setWeights({
        service: world.service,
        weights: { [world.home.name]: home, [world.away.name]: away },
      });
    const answersBecome = (...names: string[]) =>
      until(world, `the name answers ${names.join(' and ')}`, async () => {
        const answers = await dns().answers({ service: world.service });
        return answers.toSorted().join() === names.toSorted().join();
      });

    test('lists a healthy record a region, and answers the one with a weight', async () => {
      expect(await records()).toEqual([
        { region: world.home.name, weight: 100, healthy: true },
        { region: world.away.name, weight: 0, healthy: true },
      ]);
      await answersBecome(world.home.name);
    });

    test('both regions see the same records', async () => {
      await set(10, 20);
      expect(await world.away.ports.dns.records({ service: world.service })).toEqual(await records());
    });

    test('new weights are listed, come in sync, and are answered', async () => {
      const { change } = await set(0, 100);
      expect((await records()).map((r) => r.weight)).toEqual([0, 100]);
      await until(world, 'the change is in sync', () => dns().inSync({ change }));
      await answersBecome(world.away.name);
    });

    test('the same change twice is no error', async () => {
      await set(0, 100);
      const { change } = await set(0, 100);
      await until(world, 'the change is in sync', () => dns().inSync({ change }));
      await answersBecome(world.away.name);
    });

    test('a weight that is not named stays', async () => {
      await dns().setWeights({ service: world.service, weights: { [world.away.name]: 50 } });
      expect((await records()).map((r) => r.weight)).toEqual([100, 50]);
      await answersBecome(world.home.name, world.away.name);
    });

    test('weights that are all zero mean equal traffic', async () => {
      await set(0, 0);
      await answersBecome(world.home.name, world.away.name);
    });

    test('a change with an unknown region or an impossible weight changes nothing', async () => {
      const weights = { [world.home.name]: 0, 'mars-1': 100 };
      await refused(dns().setWeights({ service: world.service, weights }), 'invalid');
      await refused(set(0, 256), 'invalid');
      await refused(set(0, -1), 'invalid');
      await refused(set(0, 0.5), 'invalid');
      await refused(dns().setWeights({ service: world.service, weights: {} }), 'invalid');
      expect((await records()).map((r) => r.weight)).toEqual([100, 0]);
    });

    test('an unknown change is not found', () =>
      refused(dns().inSync({ change: 'C0000000000000' }), 'not-found'));

    test('knows no other service', async () => {
      const service = serviceName('nobody');
      await refused(dns().records({ service }), 'not-found');
      await refused(dns().setWeights({ service, weights: { [world.home.name]: 1 } }), 'not-found');
    });

    describe('with switches', () => {
      const flip = (from: 'home' | 'away', on: boolean) =>
        world[from].ports.switch.write({
          service: world.service,
          region: world[from === 'home' ? 'away' : 'home'].name,
          on,
        });

      test("the standby's switch takes the primary out, and lets it in again", async () => {
        await flip('away', true);
        await until(world, 'the primary is unhealthy', async () => (await records())[0]?.healthy === false);
        expect((await records())[1]?.healthy).toBe(true);
        await answersBecome(world.away.name);
        await flip('away', false);
        await answersBecome(world.home.name);
        await until(world, 'the primary is healthy', async () => (await records())[0]?.healthy === true);
      });

      test('with every region switched out all count as healthy', async () => {
        await flip('home', true);
        await flip('away', true);
        await until(world, 'all are out', async () => (await records()).every((r) => !r.healthy));
        await answersBecome(world.home.name);
      });
    });
  });
}
