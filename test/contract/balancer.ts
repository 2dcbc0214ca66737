import type { TargetFact } from '@evac/core';
import { nodeId, serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ContractWorld, type MakeWorld, refused, until } from './world.ts';

export function balancerContract(make: MakeWorld<'balancer' | 'fleet'>): void {
  describe('balancer', () => {
    let world: ContractWorld<'balancer' | 'fleet'>;
    let target: TargetFact;
    beforeEach(async () => {
      world = await make();
      await until(world, 'all are healthy', async () => (await health()).every((t) => t.state === 'healthy'));
      target = (await health())[0]!;
    });
    afterEach(() => world.close());

    const balancer = () => world.home.ports.balancer;
    const health = () => balancer().health({ service: world.service });
    const state = async () => (await health()).find((t) => t.node === target.node)?.state;
    const ask = () => ({ targetGroup: target.targetGroup, node: target.node, port: target.port });
    const reaches = (wanted: string | undefined) =>
      until(world, `the target is ${wanted ?? 'gone'}`, async () => (await state()) === wanted);

    test('lists a target for each node, where the node is', async () => {
      const targets = await health();
      const { nodes } = await world.home.ports.fleet.describe({ service: world.service });
      const place = (t: { zone: string; port: number }) => `${t.zone} ${t.port}`;
      expect(Object.fromEntries(targets.map((t) => [t.node, place(t)]))).toEqual(
        Object.fromEntries(nodes.map((n) => [n.id, place(n)])),
      );
    });

    test('knows no other service', async () => {
      const service = serviceName('nobody');
      await refused(balancer().health({ service }), 'not-found');
      await refused(balancer().traffic({ service, since: 0 }), 'not-found');
    });

    test('a deregistered target drains, then leaves the list; its node stays in service', async () => {
      await balancer().deregister(ask());
      expect(await state()).toBe('draining');
      await world.pass(3 * world.unitMs);
      expect(await state()).toBe('draining');
      await reaches(undefined);
      const { nodes } = await world.home.ports.fleet.describe({ service: world.service });
      expect(nodes.find((n) => n.id === target.node)?.lifecycle).toBe('in-service');
    });

    test('deregistering twice, or what is not there, is no error', async () => {
      await balancer().deregister(ask());
      await balancer().deregister(ask());
      await reaches(undefined);
      await balancer().deregister(ask());
      await balancer().deregister({ ...ask(), node: nodeId('i-00000000000000000') });
      expect(await health()).toHaveLength(5);
    });

    test('deregistering with another port leaves the target in', async () => {
      await balancer().deregister({ ...ask(), port: 1 });
      expect(await state()).toBe('healthy');
    });

    test('a target is registered again and becomes healthy', async () => {
      await balancer().deregister(ask());
      await reaches(undefined);
      await balancer().register(ask());
      await reaches('healthy');
    });

    test('registering while it drains ends the draining', async () => {
      await balancer().deregister(ask());
      await balancer().register(ask());
      await reaches('healthy');
      await world.pass(60 * world.unitMs);
      expect(await state()).toBe('healthy');
    });

    test('registering what is registered changes nothing', async () => {
      await balancer().register(ask());
      expect(await state()).toBe('healthy');
      expect(await health()).toHaveLength(6);
    });

    test('an unknown node cannot be registered', () =>
      refused(balancer().register({ ...ask(), node: nodeId('i-00000000000000000') }), 'invalid'));

    test('an unknown target group is refused', async () => {
      await refused(balancer().register({ ...ask(), targetGroup: 'nobody' }), 'not-found');
      await refused(balancer().deregister({ ...ask(), targetGroup: 'nobody' }), 'not-found');
    });

    test('a target that fails its checks is unhealthy until it passes them again', async () => {
      await world.setAnswering(target.node, false);
      await reaches('unhealthy');
      await world.setAnswering(target.node, true);
      await reaches('healthy');
    });

    test('an unhealthy target that is deregistered drains as such', async () => {
      await world.setAnswering(target.node, false);
      await reaches('unhealthy');
      await balancer().deregister(ask());
      await balancer().deregister(ask());
      expect(await state()).toBe('unhealthy.draining');
    });

    test('counts requests by zone, and tells only of what came after `since`', async () => {
      const zone = target.zone;
      for (const latencyMs of [10, 20, 900]) await world.request({ zone, ok: true, latencyMs });
      await world.request({ zone, ok: false, latencyMs: 1 });
      const sum = (rounds: { total: number; failed: number }[]) => ({
        total: rounds.reduce((n, r) => n + r.total, 0),
        failed: rounds.reduce((n, r) => n + r.failed, 0),
      });
      const rounds = await until(world, 'the requests are counted', async () => {
        const seen = await balancer().traffic({ service: world.service, since: 0 });
        return sum(seen).total === 4 ? seen : null;
      });
      expect(sum(rounds)).toEqual({ total: 4, failed: 1 });
      expect(new Set(rounds.map((r) => `${r.source} ${r.zone}`))).toEqual(new Set([`traffic ${zone}`]));
      const since = Math.max(...rounds.map((r) => r.at));
      expect(await balancer().traffic({ service: world.service, since })).toEqual([]);
    });
  });
}
