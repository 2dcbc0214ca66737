import type { GroupFact, NodeFact, ZoneName } from '@evac/core';
import { nodeId, serviceName, zoneName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ContractWorld, type MakeWorld, refused, until } from './world.ts';

export function fleetContract(make: MakeWorld<'fleet' | 'balancer'>): void {
  describe('fleet', () => {
    let world: ContractWorld<'fleet' | 'balancer'>;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());

    const fleet = () => world.home.ports.fleet;
    const zone = (index: number): ZoneName => world.home.zones[index]!.name;
    async function look(): Promise<{ group: GroupFact; nodes: NodeFact[] }> {
      const { groups, nodes } = await fleet().describe({ service: world.service });
      return { group: groups[0]!, nodes };
    }
    const serving = async () => (await look()).nodes.filter((n) => n.lifecycle === 'in-service');
    const name = async () => (await look()).group.name;
    const nodesIn = async (where: ZoneName) => (await serving()).filter((n) => n.zone === where);
    const counts = async () => {
      const nodes = await serving();
      return world.home.zones.map((z) => nodes.filter((n) => n.zone === z.name).length);
    };
    const isGone = async (node: string) => !(await look()).nodes.some((n) => n.id === node);
    const settled = () =>
      until(world, 'the group has the nodes it wants', async () => {
        const { group, nodes } = await look();
        return nodes.length === group.desired && nodes.every((n) => n.lifecycle === 'in-service');
      });

    test('describes the group and its nodes', async () => {
      const { group, nodes } = await look();
      const zones = world.home.zones.map((z) => z.name);
      expect(group).toMatchObject({ desired: 6, min: 2, max: 8, zones, suspended: [] });
      expect(await counts()).toEqual([2, 2, 2]);
      expect(new Set(nodes.map((n) => n.id)).size).toBe(6);
      for (const node of nodes) {
        expect(node).toMatchObject({ group: group.name, lifecycle: 'in-service', protected: false });
        expect(node.host).not.toBe('');
        expect(node.launchedAt).toBeLessThanOrEqual(world.now());
      }
    });

    test('knows no other service', () =>
      refused(fleet().describe({ service: serviceName('nobody') }), 'not-found'));

    describe('launch', () => {
      test('adds a node in the zone, which comes in service and becomes a healthy target', async () => {
        const { node } = await fleet().launch({ group: await name(), zone: zone(1), token: 't-1' });
        const { group, nodes } = await look();
        expect(group.desired).toBe(7);
        expect(nodes.find((n) => n.id === node)).toMatchObject({ zone: zone(1) });
        await settled();
        await until(world, 'the new node is a healthy target', async () => {
          const targets = await world.home.ports.balancer.health({ service: world.service });
          return targets.some((t) => t.node === node && t.state === 'healthy');
        });
      });

      test('never launches a second node for the same token', async () => {
        const ask = { group: await name(), zone: zone(0), token: 't-1' };
        const [first, raced] = await Promise.all([fleet().launch(ask), fleet().launch(ask)]);
        expect(raced).toEqual(first);
        await settled();
        expect(await fleet().launch(ask)).toEqual(first);
        expect((await look()).group.desired).toBe(7);
        expect((await look()).nodes).toHaveLength(7);
      });

      test('launches another for another token', async () => {
        const group = await name();
        const first = await fleet().launch({ group, zone: zone(0), token: 't-1' });
        const second = await fleet().launch({ group, zone: zone(0), token: 't-2' });
        expect(second.node).not.toBe(first.node);
        expect((await look()).group.desired).toBe(8);
      });

      test('into a zone without capacity is refused and changes nothing', async () => {
        await world.setCapacity(zone(0), false);
        const ask = { group: await name(), zone: zone(0), token: 't-1' };
        await refused(fleet().launch(ask), 'no-capacity');
        expect((await look()).group.desired).toBe(6);
        expect((await look()).nodes).toHaveLength(6);
        const other = await fleet().launch({ ...ask, zone: zone(1), token: 't-2' });
        expect((await look()).nodes.find((n) => n.id === other.node)?.zone).toBe(zone(1));
      });

      test('above the maximum is refused', async () => {
        const group = await name();
        await fleet().setDesired({ group, desired: 8 });
        await refused(fleet().launch({ group, zone: zone(0), token: 't-1' }), 'at-limit');
        expect((await look()).group.desired).toBe(8);
      });

      test('into an unknown group or zone is refused', async () => {
        await refused(fleet().launch({ group: 'nobody', zone: zone(0), token: 't-1' }), 'not-found');
        const elsewhere = zoneName('mars-1a');
        await refused(fleet().launch({ group: await name(), zone: elsewhere, token: 't-1' }), 'invalid');
      });
    });

    describe('terminate', () => {
      test('with decrement ends the node and replaces nothing', async () => {
        const { group } = await look();
        await fleet().suspend({ group: group.name, process: 'AZRebalance' });
        const [victim] = await nodesIn(zone(0));
        await fleet().terminate({ node: victim!.id, decrement: true });
        await until(world, 'the node is gone', () => isGone(victim!.id));
        await world.pass(30 * world.unitMs);
        expect(await counts()).toEqual([1, 2, 2]);
        expect((await look()).group.desired).toBe(5);
      });

      test('twice is no error and lowers the capacity once', async () => {
        const [victim] = await nodesIn(zone(0));
        const ask = { node: victim!.id, decrement: true };
        await Promise.all([fleet().terminate(ask), fleet().terminate(ask)]);
        await until(world, 'the node is gone', () => isGone(victim!.id));
        await fleet().terminate(ask);
        expect((await look()).group.desired).toBe(5);
      });

      test('of a node that never was is no error', async () => {
        await fleet().terminate({ node: nodeId('i-00000000000000000'), decrement: true });
        expect((await look()).group.desired).toBe(6);
      });

      test('without decrement is followed by a replacement in the same zone, were it the fullest', async () => {
        await fleet().launch({ group: await name(), zone: zone(2), token: 't-1' });
        await settled();
        const [victim, stays] = await nodesIn(zone(2));
        await fleet().terminate({ node: victim!.id, decrement: false });
        await until(world, 'the node is gone', () => isGone(victim!.id));
        await settled();
        const now = (await nodesIn(zone(2))).map((n) => n.id);
        expect(now).toHaveLength(3);
        expect(now).toContain(stays!.id);
        expect((await look()).group.desired).toBe(7);
      });

      test('without decrement in a zone without capacity is replaced in another', async () => {
        await world.setCapacity(zone(2), false);
        const [victim] = await nodesIn(zone(2));
        await fleet().terminate({ node: victim!.id, decrement: false });
        await until(world, 'the node is gone', () => isGone(victim!.id));
        await settled();
        expect(await nodesIn(zone(2))).toHaveLength(1);
        expect(await serving()).toHaveLength(6);
      });

      test('is replaced later when no zone has capacity now', async () => {
        for (const z of world.home.zones) await world.setCapacity(z.name, false);
        const [victim] = await nodesIn(zone(1));
        await fleet().terminate({ node: victim!.id, decrement: false });
        await until(world, 'the node is gone', () => isGone(victim!.id));
        expect((await look()).nodes).toHaveLength(5);
        await world.setCapacity(zone(0), true);
        await settled();
        expect(await serving()).toHaveLength(6);
      });

      test('with decrement at the minimum is refused and ends nothing', async () => {
        const group = await name();
        await fleet().setDesired({ group, desired: 2 });
        await until(world, 'two nodes are left', async () => (await look()).nodes.length === 2);
        const [last] = await serving();
        await refused(fleet().terminate({ node: last!.id, decrement: true }), 'at-limit');
        expect(await serving()).toHaveLength(2);
      });
    });

    describe('keep', () => {
      test('takes the node out of the group and of the traffic', async () => {
        const [kept] = await nodesIn(zone(0));
        await fleet().keep({ node: kept!.id, decrement: true });
        expect(await isGone(kept!.id)).toBe(true);
        expect((await look()).group.desired).toBe(5);
        await until(world, 'its target is gone', async () => {
          const targets = await world.home.ports.balancer.health({ service: world.service });
          return !targets.some((t) => t.node === kept!.id);
        });
      });

      test('without decrement is followed by a replacement', async () => {
        const [kept] = await nodesIn(zone(0));
        await fleet().keep({ node: kept!.id, decrement: false });
        await settled();
        expect(await counts()).toEqual([2, 2, 2]);
      });

      test('twice, or of an unknown node, is no error and lowers the capacity once', async () => {
        const [kept] = await nodesIn(zone(0));
        await fleet().keep({ node: kept!.id, decrement: true });
        await fleet().keep({ node: kept!.id, decrement: true });
        await fleet().keep({ node: nodeId('i-00000000000000000'), decrement: true });
        expect((await look()).group.desired).toBe(5);
      });

      test('with decrement at the minimum is refused', async () => {
        await fleet().setDesired({ group: await name(), desired: 2 });
        await until(world, 'two nodes are left', async () => (await look()).nodes.length === 2);
        const [last] = await serving();
        await refused(fleet().keep({ node: last!.id, decrement: true }), 'at-limit');
        expect(await serving()).toHaveLength(2);
      });
    });

    describe('AZRebalance', () => {
      /** Leaves the first zone empty: 0, 2, 2. */
      async function emptyFirstZone() {
        for (const node of await nodesIn(zone(0)))
          await fleet().terminate({ node: node.id, decrement: true });
        await until(world, 'the zone is empty', async () => (await look()).nodes.length === 4);
      }

      test('moves nodes to the empty zone when it is not suspended', async () => {
        await emptyFirstZone();
        await until(world, 'the zone has a node', async () => (await nodesIn(zone(0))).length > 0);
        await settled();
        expect((await counts()).toSorted()).toEqual([1, 1, 2]);
      });

      test('leaves the zones as they are while it is suspended, and acts once it is resumed', async () => {
        const group = await name();
        await fleet().suspend({ group, process: 'AZRebalance' });
        await emptyFirstZone();
        await world.pass(60 * world.unitMs);
        expect(await counts()).toEqual([0, 2, 2]);
        await fleet().resume({ group, process: 'AZRebalance' });
        await until(world, 'the zone has a node', async () => (await nodesIn(zone(0))).length > 0);
      });

      test('is suspended and resumed any number of times', async () => {
        const ask = { group: await name(), process: 'AZRebalance' } as const;
        await fleet().suspend(ask);
        await fleet().suspend(ask);
        expect((await look()).group.suspended).toEqual(['AZRebalance']);
        await fleet().resume(ask);
        await fleet().resume(ask);
        expect((await look()).group.suspended).toEqual([]);
      });

      test('of an unknown group is refused', async () => {
        await refused(fleet().suspend({ group: 'nobody', process: 'AZRebalance' }), 'not-found');
        await refused(fleet().resume({ group: 'nobody', process: 'AZRebalance' }), 'not-found');
      });
    });

    describe('setZones', () => {
      test('keeps new launches out of the zones left out', async () => {
        const group = await name();
        await fleet().suspend({ group, process: 'AZRebalance' });
        await fleet().setZones({ group, zones: [zone(1), zone(2)] });
        expect((await look()).group.zones).toEqual([zone(1), zone(2)]);
        await refused(fleet().launch({ group, zone: zone(0), token: 't-1' }), 'invalid');
        const [victim] = await nodesIn(zone(0));
        await fleet().terminate({ node: victim!.id, decrement: false });
        await until(world, 'the node is gone', () => isGone(victim!.id));
        await settled();
        expect(await nodesIn(zone(0))).toHaveLength(1);
        expect(await serving()).toHaveLength(6);
      });

      test('without any zone, with a foreign one or of an unknown group is refused', async () => {
        const group = await name();
        await refused(fleet().setZones({ group, zones: [] }), 'invalid');
        await refused(fleet().setZones({ group, zones: [zone(0), zoneName('mars-1a')] }), 'invalid');
        await refused(fleet().setZones({ group: 'nobody', zones: [zone(0)] }), 'not-found');
        expect((await look()).group.zones).toHaveLength(3);
      });
    });

    describe('setDesired', () => {
      test('launches into the emptiest zones and ends nodes of the fullest', async () => {
        const group = await name();
        await fleet().setDesired({ group, desired: 8 });
        await settled();
        expect((await counts()).toSorted()).toEqual([2, 3, 3]);
        await fleet().setDesired({ group, desired: 3 });
        await until(world, 'three nodes are left', async () => (await look()).nodes.length === 3);
        expect(await counts()).toEqual([1, 1, 1]);
      });

      test('outside of minimum and maximum, or of an unknown group, is refused', async () => {
        const group = await name();
        await refused(fleet().setDesired({ group, desired: 9 }), 'at-limit');
        await refused(fleet().setDesired({ group, desired: 1 }), 'at-limit');
        await refused(fleet().setDesired({ group, desired: 2.5 }), 'invalid');
        await refused(fleet().setDesired({ group: 'nobody', desired: 6 }), 'not-found');
        expect((await look()).group.desired).toBe(6);
      });
    });
  });
}
