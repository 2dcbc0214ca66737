import { type NodeId, PortError } from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type Rig, service, west, zoneA, zoneB, zoneC } from './rig.ts';
import { groupOf, isLeaseFree, story, worldOf } from './world.ts';

let rig: Rig;
let node: NodeId;
beforeEach(async () => {
  rig = await createRig();
  node = rig.nodesIn(zoneA)[0]!;
  rig.broken.add(node);
});
afterEach(() => rig.stop());

const request = (more: Parameters<Rig['input']>[3] = {}) =>
  rig.input('replace-node', { kind: 'node', region: west, zone: zoneA, node }, west, more);

async function targetsOf(id: NodeId) {
  return (await rig.ports(west).balancer.health({ service })).filter((t) => t.node === id);
}

test('a dead node is out of rotation first, and ended only when its replacement is proven', async () => {
  const before = await worldOf(rig);
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('recovered');
  const order = [
    'drain done',
    'confirm done',
    'suspend-rebalance intent',
    'launch done',
    'replacement-healthy done',
  ];
  const rest = [
    'probe-replacement done',
    'retire intent',
    'retire done',
    'suspend-rebalance undone',
    'prove done',
  ];
  const told = story(incident).filter((line) => [...order, ...rest].includes(line));
  expect(told).toEqual([...order, ...rest]);
  await rig.pass(60_000);
  const { regions, weights } = await worldOf(rig);
  expect(regions).toEqual(before.regions);
  expect(weights).toEqual(before.weights);
  expect(rig.nodesIn(zoneA)).not.toContain(node);
  expect(await isLeaseFree(rig, input)).toBe(true);
  expect(rig.notifications().map((n) => n.text)).toHaveLength(1);
});

test('an old node that cannot be ended for minutes is ended then, and the group is as large as before', async () => {
  const mendedAt = rig.clock.now() + 6 * 60_000;
  const throttled = new PortError('throttled', 'Rate exceeded');
  rig.onCall(({ method }) => (method === 'terminate' && rig.clock.now() < mendedAt ? throttled : 'pass'));
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  await rig.pass(60_000);
  expect(rig.nodesIn(zoneA)).not.toContain(node);
  expect((await groupOf(rig, west)).desired).toBe(6);
});

test('a larger move that begins while the old node is being ended leaves no node too many', async () => {
  let asked = false;
  rig.onCall(({ method }) => {
    if (method !== 'terminate' || asked) return 'pass';
    asked = true;
    return new PortError('throttled', 'Rate exceeded');
  });
  rig.say(() => (asked ? 'subsumed' : 'confirmed'));
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('subsumed');
  expect(story(incident)).toContain('retire done');
  await rig.pass(60_000);
  expect(rig.nodesIn(zoneA)).not.toContain(node);
  expect((await groupOf(rig, west)).desired).toBe(6);
});

test('no capacity in its zone: the replacement comes up in another zone', async () => {
  rig.cloud.setCapacity(zoneA, 0);
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  expect(rig.nodesIn(zoneB)).toHaveLength(3);
});

describe('no capacity anywhere', () => {
  beforeEach(() => {
    for (const zone of [zoneA, zoneB, zoneC]) rig.cloud.setCapacity(zone, 0);
  });

  test('the old node stays, and the incident says so', async () => {
    const input = request();
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('reverted');
    expect(incident.events.at(-1)?.text).toMatch(
      /^no capacity in us-west-2a, us-west-2b, us-west-2c: i-\w+ stays/,
    );
    expect(rig.nodesIn(zoneA)).toContain(node);
    expect((await groupOf(rig, west)).suspended).toEqual([]);
    expect((await groupOf(rig, west)).desired).toBe(6);
  });

  describe('it stays out of rotation while others serve', () => {
    beforeEach(async () => {
      await rig.run(request());
      await rig.pass(60_000);
      expect(await targetsOf(node)).toEqual([]);
    });
    const failBack = () => rig.input('fail-back', { kind: 'node', region: west, zone: zoneA, node }, west);

    test('until it answers again, and is failed back', async () => {
      rig.broken.delete(node);
      const back = failBack();
      await rig.run(back);
      expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
      expect((await targetsOf(node)).map((t) => t.state)).toEqual(['healthy']);
    });

    test('also when it fails again in its fail-back', async () => {
      const back = failBack();
      await rig.run(back);
      const incident = await rig.incident(back);
      expect(incident.outcome).toBe('reverted');
      expect(story(incident)).toContain('return-traffic undone');
      await rig.pass(60_000);
      expect(await targetsOf(node)).toEqual([]);
    });

    test('and the next attempt to replace it puts it back if it recovers meanwhile', async () => {
      rig.broken.delete(node);
      const again = request();
      await rig.run(again);
      expect(await rig.incident(again)).toMatchObject({ outcome: 'reverted' });
      await rig.pass(60_000);
      expect((await targetsOf(node)).map((t) => t.state)).toEqual(['healthy']);
    });

    test('and the next attempt answers for it, and may be failed back too', async () => {
      await rig.run(request());
      rig.broken.delete(node);
      await rig.run(failBack());
      expect((await targetsOf(node)).map((t) => t.state)).toEqual(['healthy']);
    });
  });

  test('what no move has left out is not put back', async () => {
    rig.broken.delete(node);
    for (const target of await targetsOf(node)) await rig.ports(west).balancer.deregister(target);
    const back = rig.input('fail-back', { kind: 'node', region: west, zone: zoneA, node }, west);
    await rig.run(back);
    expect(await rig.incident(back)).toMatchObject({ outcome: 'reverted' });
    await rig.pass(60_000);
    expect(await targetsOf(node)).toEqual([]);
  });

  test('it goes back into rotation if it has recovered meanwhile', async () => {
    const input = request();
    rig.onCall((call) => {
      if (call.method === 'launch') rig.broken.delete(node);
      return 'pass';
    });
    await rig.run(input);
    await rig.pass(60_000);
    expect((await targetsOf(node)).map((t) => t.state)).toEqual(['healthy']);
  });
});

test('a group at its maximum is not the same as no capacity', async () => {
  rig.stop();
  rig = await createRig({}, { max: 6 });
  node = rig.nodesIn(zoneA)[0]!;
  rig.broken.add(node);
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('reverted');
  expect(incident.events.at(-1)?.text).toContain('raise its maximum');
  expect((await groupOf(rig, west)).suspended).toEqual([]);
});

test('a node that recovers while it is drained goes back into service', async () => {
  let asked = 0;
  rig.say(() => (++asked > 3 ? 'recovered' : 'waiting'));
  rig.broken.delete(node);
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident).toMatchObject({ outcome: 'reverted' });
  expect(incident.events.at(-1)?.text).toContain('recovered');
  await rig.pass(60_000);
  expect((await targetsOf(node)).map((t) => t.state)).toEqual(['healthy']);
});

test('a node that is never dead for sure goes back into service when there was time enough to be sure', async () => {
  rig.say(() => 'waiting');
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('reverted');
  expect(incident.events.at(-1)?.text).toContain('not dead for sure; gave up after 3m30s');
  expect(story(incident)).not.toContain('launch intent');
});

test('a larger move takes over: the replacement is ended and everything is as it was', async () => {
  const before = await worldOf(rig);
  let launched = false;
  rig.onCall((call) => {
    launched ||= call.method === 'launch';
    return 'pass';
  });
  rig.say(() => (launched ? 'subsumed' : 'confirmed'));
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'subsumed' });
  rig.broken.delete(node);
  await rig.pass(120_000);
  expect(await worldOf(rig)).toEqual(before);
});

test('a guard’s refusal at Admit closes the incident; nothing is done', async () => {
  rig.refuse(() => '2 of 6 nodes would be left');
  const input = request();
  const before = await worldOf(rig);
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('refused');
  expect(incident.events.at(-1)?.text).toBe('refused by capacity: 2 of 6 nodes would be left; add nodes');
  expect(await worldOf(rig)).toEqual(before);
  expect(
    rig.calls.some((c) => c.port === 'balancer' || (c.port === 'fleet' && c.method !== 'describe')),
  ).toBe(false);
});

test('the last healthy target is never taken out', async () => {
  for (const zone of [zoneA, zoneB, zoneC]) for (const n of rig.nodesIn(zone)) rig.broken.add(n);
  await rig.pass(30_000);
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('refused');
  expect(incident.events.at(-1)?.text).toContain('refused by last-one-standing');
});

test('a replacement that never serves is ended, and the size is as it was', async () => {
  const known = new Set([zoneA, zoneB, zoneC].flatMap((z) => rig.nodesIn(z)));
  rig.onCall(() => {
    for (const zone of [zoneA, zoneB, zoneC])
      for (const n of rig.nodesIn(zone)) if (!known.has(n)) rig.broken.add(n);
    return 'pass';
  });
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('reverted');
  expect(incident.events.at(-1)?.text).toContain('does not serve yet; gave up after 5m');
  await rig.pass(60_000);
  expect((await groupOf(rig, west)).desired).toBe(6);
  expect(rig.nodesIn(zoneA)).toHaveLength(2);
  expect((await groupOf(rig, west)).suspended).toEqual([]);
});

test('a replacement that stops serving after its proof does not cost the old node', async () => {
  const known = new Set(rig.nodesIn(zoneA));
  rig.onCall(() => {
    if (rig.results.some((r) => r.step === 'probe-replacement' && r.result.next === 'go')) {
      for (const n of rig.nodesIn(zoneA)) if (!known.has(n)) breakNow(n);
    }
    return 'pass';
  });
  const input = request();
  await rig.run(input);
  expect((await rig.incident(input)).events.at(-1)?.text).toContain('does not serve any more');
  expect(rig.nodesIn(zoneA)).toContain(node);
});

/** Broken, and the balancer knows. */
function breakNow(id: NodeId) {
  rig.broken.add(id);
  for (let checks = 0; checks < 2; checks++) rig.cloud.reportTarget(id, false);
}

test('one act that cannot be undone does not keep the others', async () => {
  const known = new Set([zoneA, zoneB, zoneC].flatMap((z) => rig.nodesIn(z)));
  rig.cloud.onEvent(({ kind, node: id }) => {
    if (kind === 'node-listening' && id && !known.has(id)) rig.broken.add(id);
  });
  rig.onCall((call) => (call.method === 'terminate' ? new Error('Auto Scaling is away') : 'pass'));
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('failed');
  expect(incident.events.at(-1)?.text).toContain('Could not be undone: launch');
  expect((await groupOf(rig, west)).suspended).toEqual([]);
});

test('a replacement that somebody ends leaves no node too many', async () => {
  let replacement: NodeId | undefined;
  const known = new Set(rig.nodesIn(zoneA));
  rig.onCall((call) => {
    replacement ??= rig.nodesIn(zoneA).find((n) => !known.has(n));
    const serving = call.method === 'health' && replacement !== undefined;
    if (serving && replacement) void rig.ports(west).fleet.terminate({ node: replacement, decrement: false });
    return 'pass';
  });
  const input = request();
  await rig.run(input);
  expect((await rig.incident(input)).outcome).toBe('reverted');
  expect((await groupOf(rig, west)).desired).toBe(6);
});

test('a size that was planned before others asked for more is not set any more', async () => {
  const { fleet } = rig.cloud.ports(west);
  let asked = false;
  rig.onCall(({ method }) => {
    if (rig.results.at(-1)?.step === 'probe-replacement' && rig.nodesIn(zoneA).includes(node))
      void fleet.terminate({ node, decrement: false });
    if (method !== 'setDesired' || asked) return 'pass';
    asked = true;
    void fleet.setDesired({ group: 'llm-us-west-2', desired: 10 });
    return new PortError('throttled', 'Rate exceeded');
  });
  const input = request();
  await rig.run(input);
  expect(asked).toBe(true);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  expect((await groupOf(rig, west)).desired).toBe(10);
});

test('a node may be kept, detached, for forensics', async () => {
  rig.stop();
  rig = await createRig({ retire: 'keep' });
  node = rig.nodesIn(zoneA)[0]!;
  rig.broken.add(node);
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'recovered' });
  expect((await groupOf(rig, west)).desired).toBe(6);
  expect(rig.calls.some((c) => c.method === 'keep')).toBe(true);
  expect(rig.calls.some((c) => c.method === 'terminate')).toBe(false);
});

describe('AZRebalance', () => {
  test('suspended by a person stays suspended', async () => {
    await rig.ports(west).fleet.suspend({ group: `llm-${west}`, process: 'AZRebalance' });
    await rig.run(request());
    expect((await groupOf(rig, west)).suspended).toEqual(['AZRebalance']);
  });

  test('of two moves at once, the last one resumes it', async () => {
    const other = rig.nodesIn(zoneB)[0]!;
    rig.broken.add(other);
    const first = request();
    const second = rig.input('replace-node', { kind: 'node', region: west, zone: zoneB, node: other }, west);
    await rig.start(first);
    await rig.pass(30_000);
    await rig.run(second);
    await rig.pass(60_000);
    expect((await rig.incident(first)).outcome).toBe('recovered');
    expect((await rig.incident(second)).outcome).toBe('recovered');
    const [earlier, later] = [await rig.incident(first), await rig.incident(second)];
    const said = (i: typeof earlier) =>
      i.events.find((e) => e.step === 'suspend-rebalance' && e.phase === 'undone')?.text;
    expect(said(earlier)).toContain('stays suspended for');
    expect(said(later)).toContain('is resumed');
    expect((await groupOf(rig, west)).suspended).toEqual([]);
  });
});

test('an act that was interrupted again and again is said to be done again once', async () => {
  let lost = 0;
  rig.onCall((call) => (call.method === 'deregister' && lost++ < 3 ? new Error('no answer') : 'pass'));
  const input = request();
  await rig.run(input);
  const { events, outcome } = await rig.incident(input);
  expect(outcome).toBe('recovered');
  const begun = events.filter((e) => e.step === 'drain' && e.phase === 'intent').map((e) => e.text);
  const said = `takes ${node} out of 1 target group(s)`;
  expect(begun).toEqual([said, ...Array(3).fill(`${said} (again)`)]);
});

test('a notification channel that is down does not keep the incident open', async () => {
  rig.onCall((call) => (call.port === 'notify' ? new Error('topic is gone') : 'pass'));
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('recovered');
  expect(incident.events.some((e) => e.step === 'notify' && e.phase === 'failed')).toBe(true);
});

test('an API that is away for a minute does not keep what was begun from being undone', async () => {
  for (const zone of [zoneA, zoneB, zoneC]) rig.cloud.setCapacity(zone, 0);
  let since: number | null = null;
  rig.onCall((call) => {
    if (call.method !== 'resume') return 'pass';
    since ??= rig.clock.now();
    return rig.clock.now() - since < 60_000 ? new Error('Auto Scaling is away') : 'pass';
  });
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'reverted' });
  expect((await groupOf(rig, west)).suspended).toEqual([]);
});

test('a node that could not be put back is failed back once it answers', async () => {
  for (const zone of [zoneA, zoneB, zoneC]) rig.cloud.setCapacity(zone, 0);
  let drained = false;
  rig.onCall((call) => {
    if (call.port === 'balancer' && drained) return new Error('the load balancer is away');
    drained ||= call.method === 'deregister';
    return 'pass';
  });
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'failed' });
  rig.onCall(() => 'pass');
  rig.broken.delete(node);
  const back = rig.input('fail-back', { kind: 'node', region: west, zone: zoneA, node }, west);
  await rig.run(back);
  expect(await rig.incident(back)).toMatchObject({ outcome: 'recovered' });
  expect((await targetsOf(node)).map((t) => t.state)).toEqual(['healthy']);
});

test('a replacement that alone serves is ended only when the old node does', async () => {
  const others = [zoneA, zoneB, zoneC].flatMap((z) => rig.nodesIn(z));
  let alone: number | null = null;
  const ended: number[] = [];
  rig.onCall((call) => {
    if (call.method === 'terminate') ended.push(rig.clock.now());
    const serves = rig.nodesIn(zoneA).some((n) => !others.includes(n));
    // Everything else fails once the replacement is up, and the old node recovers a minute later.
    if (
      serves &&
      alone === null &&
      rig.results.some((r) => r.step === 'replacement-healthy' && r.result.next === 'go')
    ) {
      alone = rig.clock.now();
      for (const n of others) {
        rig.broken.add(n);
        for (let i = 0; i < 3; i++) rig.cloud.reportTarget(n, false);
      }
      setTimeout(() => rig.broken.delete(node), 60_000);
    }
    return 'pass';
  });
  rig.say(() => (alone === null ? 'confirmed' : 'subsumed'));
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'subsumed' });
  expect(ended[0]).toBeGreaterThan((alone ?? Number.POSITIVE_INFINITY) + 60_000);
});

test('nor because the balancer calls an old node healthy that is dead for sure', async () => {
  const others = [zoneA, zoneB, zoneC].flatMap((z) => rig.nodesIn(z)).filter((n) => n !== node);
  let alone: number | null = null;
  let ended: number | null = null;
  rig.onCall((call) => {
    if (call.method === 'terminate') ended ??= rig.clock.now();
    const isUp = rig.results.some((r) => r.step === 'replacement-healthy' && r.result.next === 'go');
    if (isUp && alone === null) {
      alone = rig.clock.now();
      // A shallow check finds the old node in order, and it is the only one beside the replacement.
      rig.broken.delete(node);
      for (const n of others) {
        rig.broken.add(n);
        for (let i = 0; i < 3; i++) rig.cloud.reportTarget(n, false);
      }
      setTimeout(() => rig.broken.delete(others[0]!), 120_000);
    }
    return 'pass';
  });
  let turned = false;
  rig.say(() => {
    if (alone === null || turned) return 'confirmed';
    turned = true;
    return 'subsumed';
  });
  const input = request();
  await rig.run(input);
  expect(await rig.incident(input)).toMatchObject({ outcome: 'subsumed' });
  expect(ended! - alone!).toBeGreaterThan(120_000);
});

test('what cannot be undone is named, and a person is called', async () => {
  for (const zone of [zoneA, zoneB, zoneC]) rig.cloud.setCapacity(zone, 0);
  rig.onCall((call) => (call.method === 'resume' ? new Error('Auto Scaling is away') : 'pass'));
  const input = request();
  await rig.run(input);
  const incident = await rig.incident(input);
  expect(incident.outcome).toBe('failed');
  expect(incident.events.at(-1)?.text).toContain('Could not be undone: suspend-rebalance');
  expect(rig.notifications().at(-1)?.text).toMatch(/critical/);
});
