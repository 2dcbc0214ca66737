import { isFailedOver, type NodeId, PortError, zoneName } from '@evac/core';
import type { MoveInput } from '@evac/workflow';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, east, type Rig, service, west } from './rig.ts';
import { groupOf, isLeaseFree, story, worldOf } from './world.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.stop());

const region = { kind: 'region', region: west } as const;
const failOver = (more: Partial<MoveInput> = {}) => rig.input('fail-over-region', region, east, more);
const failBack = (more: Partial<MoveInput> = {}) => rig.input('fail-back', region, east, more);
const answered = () => rig.cloud.answer().map((a) => a.region);
const neverAllZero = () =>
  expect(rig.weightsSeen.filter((w) => Object.values(w).every((weight) => weight === 0))).toEqual([]);
/** This region stops answering as soon as it has been called. */
function failsOnce(method: string) {
  const { nodes, zones } = rig.cloud.view().regions.find((r) => r.name === east)!;
  for (const zone of zones) rig.cloud.setCapacity(zone.name, 0);
  rig.onCall((call) => {
    if (call.method === method) for (const n of nodes) rig.broken.add(n.node);
    return 'pass';
  });
}
const dnsApiIsGone = () =>
  rig.onCall((call) =>
    call.port === 'dns' && call.method !== 'answers'
      ? new PortError('unavailable', 'Route 53 does not answer')
      : 'pass',
  );

describe('with the switch', () => {
  test('one write here takes the failed region out of DNS, without the DNS API', async () => {
    rig.down.add(west);
    dnsApiIsGone();
    const input = failOver();
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('recovered');
    expect(answered()).toEqual([east]);
    expect(rig.calls.some((c) => c.port === 'dns' && c.method !== 'answers')).toBe(false);
    expect(await isLeaseFree(rig, input)).toBe(true);
  });

  test('a region that is down is not waited for: the nodes asked for come after the flip', async () => {
    rig.down.add(west);
    const input = failOver();
    await rig.run(input);
    const lines = story(await rig.incident(input));
    expect((await groupOf(rig, east)).desired).toBe(12);
    expect(lines.indexOf('pre-scale done')).toBeLessThan(lines.indexOf('flip intent'));
    expect(lines).not.toContain('pre-scaled waiting');
  });

  test('a group that was full because of a replacement is asked once more when that is over', async () => {
    rig.stop();
    rig = await createRig({}, { max: 7 });
    rig.down.add(west);
    const { fleet } = rig.ports(east);
    await fleet.setDesired({ group: 'llm-us-east-1', desired: 7 });
    rig.onCall((call) => {
      if (call.method === 'write') void fleet.setDesired({ group: 'llm-us-east-1', desired: 6 });
      return 'pass';
    });
    const input = failOver();
    await rig.run(input);
    const { events } = await rig.incident(input);
    expect(events.find((e) => e.step === 'pre-scale')?.text).toContain('at its maximum of 7');
    expect((await groupOf(rig, east)).desired).toBe(7);
  });

  test('a region that still serves waits until the nodes asked for are in service', async () => {
    rig.say(() => 'waiting');
    const input = failOver({ verb: 'recover', by: 'ana' });
    await rig.run(input);
    expect(story(await rig.incident(input))).toContain('pre-scaled waiting');
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  });

  test('DNS servers that do not answer us are noted and do not stop it', async () => {
    rig.down.add(west);
    rig.onCall((call) => (call.port === 'dns' ? new Error('no route') : 'pass'));
    const input = failOver();
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('recovered');
    expect(incident.events.find((e) => e.step === 'watch-dns' && e.phase === 'done')?.text).toContain(
      'could not be watched',
    );
  });

  test('a store that is away for minutes once DNS is turned does not turn it back to a region that is down', async () => {
    rig.down.add(west);
    let mendedAt = 0;
    rig.onCall(({ port, method }) => {
      if (method === 'write' && mendedAt === 0) mendedAt = rig.clock.now() + 2 * 60_000;
      const away = port === 'store' && rig.clock.now() < mendedAt;
      return away ? new PortError('unavailable', 'DynamoDB does not answer') : 'pass';
    });
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
    expect(answered()).toEqual([east]);
  });

  describe('a store that is away for longer than anything is tried again once DNS is turned', () => {
    const storeIsAwayOnceTurned = () => {
      let mendedAt = 0;
      rig.onCall(({ port, method }) => {
        if ((method === 'write' || method === 'setWeights') && mendedAt === 0)
          mendedAt = rig.clock.now() + 8 * 60_000;
        const away = port === 'store' && rig.clock.now() < mendedAt;
        return away ? new PortError('unavailable', 'DynamoDB does not answer') : 'pass';
      });
    };

    test.each([
      ['the switch', {}],
      ['the weights', { dns: { name: 'llm.test', control: 'records', ttlMs: 30_000 } as const }],
    ])('does not turn %s back to a region that is down, and the nodes asked for stay', async (_, change) => {
      rig.stop();
      rig = await createRig(change);
      const before = await worldOf(rig);
      rig.down.add(west);
      storeIsAwayOnceTurned();
      const input = failOver();
      await rig.run(input);
      const incident = await rig.incident(input);
      expect(incident.outcome).toBe('failed');
      expect(incident.events.at(-1)?.text).toMatch(
        /^DynamoDB does not answer\. us-west-2 stays out of DNS: nobody knows that it serves again, and us-east-1 has \d+ healthy/,
      );
      expect(rig.notifications().at(-1)?.text).toMatch(/^critical: /);
      expect(answered()).toEqual([east]);
      expect((await groupOf(rig, east)).desired).toBe(12);
      expect(isFailedOver(west, [incident])).toBe(true);

      // And it can come home.
      rig.down.delete(west);
      const back = failBack();
      await rig.run(back);
      expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
      await rig.pass(10 * 60_000);
      expect(await worldOf(rig)).toEqual(before);
    });

    test('turns it back to one that serves again', async () => {
      rig.down.add(west);
      storeIsAwayOnceTurned();
      const input = failOver();
      await rig.start(input);
      await rig.until(() => answered().join() === east);
      rig.down.delete(west);
      await rig.over(input.incident);
      expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
      await rig.pass(60_000);
      expect(answered()).toEqual([west, east]);
      expect((await groupOf(rig, east)).desired).toBe(6);
    });
  });

  test('a switch that could not be turned leaves nothing behind, though the region is down', async () => {
    rig.down.add(west);
    let mendedAt = 0;
    rig.onCall(({ method }) => {
      if (method === 'write' && mendedAt === 0) mendedAt = rig.clock.now() + 8 * 60_000;
      return method === 'write' && rig.clock.now() < mendedAt ? new PortError('unavailable', 'gone') : 'pass';
    });
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect((await groupOf(rig, east)).desired).toBe(6);
  });

  test('a region that is not ready does not take over', async () => {
    rig.down.add(west);
    for (const { nodes } of rig.cloud.view().regions) for (const n of nodes) rig.broken.add(n.node);
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect(answered()).toEqual([west, east]);
    expect((await groupOf(rig, east)).desired).toBe(6);
  });

  test('what cannot be proven is undone: the switch is off again', async () => {
    rig.down.add(west);
    failsOnce('write');
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect(await rig.ports(east).switch.read({ service, region: west })).toBe(false);
    expect((await groupOf(rig, east)).desired).toBe(6);
  });

  test('a switch that a person had turned on is left on when the move is undone', async () => {
    rig.down.add(west);
    await rig.ports(east).switch.write({ service, region: west, on: true });
    failsOnce('write');
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect(await rig.ports(east).switch.read({ service, region: west })).toBe(true);
  });

  test('a region that answers again before the flip stays in', async () => {
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect(answered()).toEqual([west, east]);
    expect((await groupOf(rig, east)).desired).toBe(6);
  });
});

describe('with records', () => {
  const dns = { name: 'llm.test', control: 'records', ttlMs: 30_000 } as const;

  test('the failed region’s weight becomes 0, and the change is waited for', async () => {
    rig.stop();
    rig = await createRig({ dns });
    rig.down.add(west);
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
    expect((await worldOf(rig)).weights).toEqual({ [west]: 0, [east]: 100 });
  });

  test('a standby gets weight with the same change: never all zero', async () => {
    rig.stop();
    rig = await createRig({ dns }, { weights: [100, 0] });
    const before = await worldOf(rig);
    rig.down.add(west);
    await rig.run(failOver());
    expect((await worldOf(rig)).weights).toEqual({ [west]: 0, [east]: 100 });
    rig.down.delete(west);
    const back = failBack();
    await rig.run(back);
    expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
    expect((await worldOf(rig)).weights).toEqual(before.weights);
    neverAllZero();
  });

  test('undone, it turns back what it has turned, and nothing that another move has changed meanwhile', async () => {
    rig.stop();
    rig = await createRig({ dns });
    rig.down.add(west);
    failsOnce('inSync');
    const { dns: others } = rig.cloud.ports(west);
    rig.cloud.onEvent(({ kind, text }) => {
      if (kind === 'weights' && text.includes(`${west} 0, ${east} 100`))
        void others.setWeights({ service, weights: { [east]: 40 } });
    });
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect((await worldOf(rig)).weights).toEqual({ [west]: 100, [east]: 40 });
  });

  test('a fail-back gives the region its weight, and none to this one that another move has taken', async () => {
    rig.stop();
    rig = await createRig({ dns });
    rig.down.add(west);
    await rig.run(failOver());
    rig.down.delete(west);
    await rig.ports(east).dns.setWeights({ service, weights: { [east]: 40 } });
    const input = failBack();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
    expect((await worldOf(rig)).weights).toEqual({ [west]: 100, [east]: 40 });
  });

  test('a fail-back writes its own region’s weight only: the other may be failed back at the same time', async () => {
    rig.stop();
    rig = await createRig({ dns });
    rig.down.add(west);
    await rig.run(failOver());
    rig.down.delete(west);
    const { dns: others } = rig.cloud.ports(east);
    let done = false;
    rig.onCall(({ method }) => {
      // Between what the step reads and what it sets.
      if (method === 'record' && rig.calls.at(-2)?.method === 'records' && !done) {
        done = true;
        void others.setWeights({ service, weights: { [east]: 75 } });
      }
      return 'pass';
    });
    await rig.run(failBack());
    expect((await worldOf(rig)).weights).toEqual({ [west]: 100, [east]: 75 });
  });

  test('a fail-back that is undone takes back the region’s weight only', async () => {
    rig.stop();
    rig = await createRig({ dns });
    rig.down.add(west);
    await rig.run(failOver());
    rig.down.delete(west);
    const { dns: others } = rig.cloud.ports(east);
    rig.cloud.onEvent(({ kind, text }) => {
      if (kind !== 'weights' || !text.includes(`${west} 50, ${east} 100`)) return;
      void others.setWeights({ service, weights: { [east]: 40 } });
      rig.down.add(west);
    });
    const input = failBack();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect((await worldOf(rig)).weights).toEqual({ [west]: 0, [east]: 40 });
    neverAllZero();
  });

  test('a change that Route 53 has forgotten is submitted again', async () => {
    rig.stop();
    rig = await createRig({ dns });
    rig.down.add(west);
    let forgotten = false;
    rig.onCall((call) => {
      if (call.method !== 'inSync' || forgotten) return 'pass';
      forgotten = true;
      return new PortError('not-found', 'NoSuchChange');
    });
    const input = failOver();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
    expect(rig.calls.filter((c) => c.method === 'setWeights')).toHaveLength(2);
  });
});

describe('fail-back of a region', () => {
  beforeEach(async () => {
    rig.down.add(west);
    await rig.run(failOver());
    rig.down.delete(west);
    rig.weightsSeen.length = 0;
  });

  test('its weight is small before DNS answers with it again, and grows with proof between', async () => {
    const input = failBack();
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('recovered');
    const steps = incident.events.filter(
      (e) => ['share', 'switch-off', 'prove-share', 'prove'].includes(e.step) && e.phase === 'done',
    );
    expect(steps.map((e) => `${e.step} ${e.data?.key ?? ''}`.trim())).toEqual([
      'share 10',
      'switch-off',
      'prove-share 10',
      'share 50',
      'prove-share 50',
      'share 100',
      'prove-share 100',
      'prove',
    ]);
    expect((await worldOf(rig)).weights).toEqual({ [west]: 100, [east]: 100 });
    expect(answered()).toEqual([west, east]);
    neverAllZero();
  });

  test('the nodes that the failover asked for are given back', async () => {
    expect((await groupOf(rig, east)).desired).toBe(12);
    await rig.run(failBack());
    expect((await groupOf(rig, east)).desired).toBe(6);
  });

  describe('while a node here is left out of the load balancer', () => {
    const zone = zoneName('us-east-1a');
    const young = () => rig.nodesIn(zone, east).at(-1)!;
    const served = async () => (await rig.ports(east).balancer.health({ service })).map((t) => t.node);
    async function leaveOut(node: NodeId): Promise<void> {
      await rig.pass(120_000);
      for (const { name } of rig.cloud.view().regions.find((r) => r.name === east)!.zones)
        rig.cloud.setCapacity(name, 0);
      rig.broken.add(node);
      await rig.run(rig.input('replace-node', { kind: 'node', region: east, zone, node }, east));
      rig.broken.delete(node);
      await rig.pass(60_000);
      expect(await served()).not.toContain(node);
      expect(await served()).toHaveLength(11);
    }

    test('that one is given back first, and as many serve as before', async () => {
      const node = young();
      await leaveOut(node);
      await rig.run(failBack());
      await rig.pass(60_000);
      expect((await groupOf(rig, east)).desired).toBe(6);
      expect(rig.nodesIn(zone, east)).not.toContain(node);
      expect(await served()).toHaveLength(6);
    });

    test.each(['before', 'after'] as const)('also by a second run, killed %s it is ended', async (when) => {
      const node = young();
      await leaveOut(node);
      let killed = false;
      rig.onCall((call) => {
        if (killed || call.method !== 'terminate') return 'pass';
        killed = true;
        return `kill-${when}`;
      });
      const back = failBack();
      await rig.run(back);
      rig.restart();
      await rig.run(back, `${back.incident}.r1`);
      await rig.pass(60_000);
      expect(killed).toBe(true);
      expect((await groupOf(rig, east)).desired).toBe(6);
      expect(rig.nodesIn(zone, east)).not.toContain(node);
      expect(await served()).toHaveLength(6);
    });
  });

  test('and those of one that was failed over once more while it was out', async () => {
    rig.stop();
    rig = await createRig({}, { max: 15 });
    rig.down.add(west);
    await rig.run(failOver());
    expect((await groupOf(rig, east)).desired).toBe(12);
    await rig.run(failOver({ verb: 'force', by: 'ana' }));
    expect((await groupOf(rig, east)).desired).toBe(15);
    rig.down.delete(west);
    await rig.run(failBack());
    expect((await groupOf(rig, east)).desired).toBe(6);
  });

  test('by weights, one that came back otherwise keeps its weight, and the nodes are given back', async () => {
    rig.stop();
    rig = await createRig({ dns: { name: 'llm.test', control: 'records', ttlMs: 30_000 } });
    rig.down.add(west);
    await rig.run(failOver());
    rig.down.delete(west);
    await rig.ports(east).dns.setWeights({ service, weights: { [west]: 100, [east]: 100 } });
    rig.weightsSeen.length = 0;
    const input = failBack();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
    expect(rig.weightsSeen.every((weights) => weights[west] === 100)).toBe(true);
    expect((await groupOf(rig, east)).desired).toBe(6);
  });

  test('a region that fails again at 50% is out at once, and its weight is as it was', async () => {
    rig.onCall((call) => {
      if (call.method === 'setWeights' && rig.calls.filter((c) => c.method === 'setWeights').length === 2)
        rig.down.add(west);
      return 'pass';
    });
    const input = failBack();
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('reverted');
    expect(await rig.ports(east).switch.read({ service, region: west })).toBe(true);
    expect((await worldOf(rig)).weights).toEqual({ [west]: 100, [east]: 100 });
    const undone = incident.events
      .filter((e) => e.phase === 'undone')
      .map((e) => `${e.step} ${e.data?.key}`.trim());
    expect(undone.indexOf('switch-off')).toBeLessThan(undone.indexOf('share 10'));
    neverAllZero();
  });

  test('answers that fail take it out again, whatever the verdict says', async () => {
    rig.say(() => 'recovered');
    rig.onCall((call) => {
      if (call.method === 'setWeights') rig.down.add(west);
      return 'pass';
    });
    const input = failBack();
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('reverted');
    expect(incident.events.at(-1)?.text).toContain('failed 2 times in a row at 10%');
    expect(await rig.ports(east).switch.read({ service, region: west })).toBe(true);
  });

  test('without the DNS API the region stays out, and the incident says so', async () => {
    dnsApiIsGone();
    const input = failBack();
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('reverted');
    expect(incident.events.at(-1)?.text).toContain(`the DNS API does not answer, so ${west} stays out`);
    expect(answered()).toEqual([east]);
  });

  test('a region that does not answer stays out', async () => {
    rig.down.add(west);
    const input = failBack();
    await rig.run(input);
    expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
    expect(rig.calls.filter((c) => c.method === 'setWeights')).toEqual([]);
    expect(answered()).toEqual([east]);
  });
});
