import { type NodeId, nodeId } from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ContractWorld, type MakeWorld, refused, until } from './world.ts';

export function restartContract(make: MakeWorld<'restart' | 'fleet'>): void {
  describe('restart', () => {
    let world: ContractWorld<'restart' | 'fleet'>;
    let node: NodeId;
    beforeEach(async () => {
      world = await make();
      node = (await nodes())[0]!.id;
    });
    afterEach(() => world.close());

    const port = () => world.home.ports.restart;
    const nodes = async () => (await world.home.ports.fleet.describe({ service: world.service })).nodes;

    test('starts the server anew, and leaves its machine as it was', async () => {
      const before = (await nodes()).find((n) => n.id === node);
      await port().restart({ node, token: 't-1' });
      expect(await world.restarts(node)).toBe(1);
      expect((await nodes()).find((n) => n.id === node)).toEqual(before);
    });

    test('never restarts twice for the same token, not even at once', async () => {
      const ask = { node, token: 't-1' };
      await Promise.all([port().restart(ask), port().restart(ask)]);
      await port().restart(ask);
      expect(await world.restarts(node)).toBe(1);
      await port().restart({ node, token: 't-2' });
      expect(await world.restarts(node)).toBe(2);
    });

    test('a token is for one node', async () => {
      await port().restart({ node, token: 't-1' });
      const other = (await nodes())[1]!.id;
      await refused(port().restart({ node: other, token: 't-1' }), 'invalid');
      expect(await world.restarts(other)).toBe(0);
    });

    test('a node that cannot be reached is unavailable; later the same token restarts it', async () => {
      await world.setReachable(node, false);
      await refused(port().restart({ node, token: 't-1' }), 'unavailable');
      await world.setReachable(node, true);
      await port().restart({ node, token: 't-1' });
      expect(await world.restarts(node)).toBe(1);
    });

    test('a node that boots is unavailable', async () => {
      const group = (await nodes())[0]!.group;
      const ask = { group, zone: world.home.zones[0]!.name, token: 't-1' };
      const launched = await world.home.ports.fleet.launch(ask);
      await refused(port().restart({ node: launched.node, token: 't-1' }), 'unavailable');
    });

    test('a node that ends, is gone, is of another region or never was is not found', async () => {
      await world.home.ports.fleet.terminate({ node, decrement: true });
      await refused(port().restart({ node, token: 't-1' }), 'not-found');
      await until(world, 'the node is gone', async () => !(await nodes()).some((n) => n.id === node));
      await refused(port().restart({ node, token: 't-1' }), 'not-found');
      const [abroad] = (await world.away.ports.fleet.describe({ service: world.service })).nodes;
      await refused(port().restart({ node: abroad!.id, token: 't-2' }), 'not-found');
      await refused(port().restart({ node: nodeId('i-nobody'), token: 't-3' }), 'not-found');
    });
  });
}
