import type { NodeId, RegionName } from '@evac/core';
import { regionName, serviceName, zoneId, zoneName } from '@evac/core';
import FakeTimers from '@sinonjs/fake-timers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { seededRandom } from '../random.ts';
import type { Cloud, CloudEvent, CloudSpec, Machines } from './cloud.ts';
import { createCloud } from './create.ts';

const service = serviceName('chat');
const west = regionName('us-west-2');
const east = regionName('us-east-1');
const europe = regionName('eu-west-1');

const region = (name: RegionName, weight: number) => ({
  name,
  weight,
  group: `chat-${name}`,
  zones: ['a', 'b', 'c'].map((letter) => ({
    name: zoneName(`${name}${letter}`),
    id: zoneId(`${name}-az-${letter}`),
  })),
  nodesPerZone: 2,
  max: 9,
});
const spec: CloudSpec = {
  service,
  dnsName: 'chat.evac.test',
  ttlMs: 30_000,
  port: 8_000,
  regions: [region(west, 100), region(east, 0), region(europe, 0)],
  bootMs: 20_000,
  loadMs: 60_000,
  deregistrationDelayMs: 30_000,
  balancerCheckMs: 5_000,
  balancerThreshold: 2,
  switchCheckMs: 10_000,
  switchThreshold: 3,
};
const zoneA = zoneName('us-west-2a');

/** Machines that write down what is done to them, and fail to start when told to. */
function recordingMachines() {
  const done: string[] = [];
  const loads = new Map<NodeId, number>();
  let port = 0;
  const machines: Machines & {
    done: string[];
    loads: typeof loads;
    failing: number;
    starting: Promise<void> | null;
  } = {
    done,
    loads,
    failing: 0,
    starting: null,
    async start({ node, zone, loadMs }) {
      if (machines.failing > 0) {
        machines.failing -= 1;
        throw new Error('no address is free');
      }
      await machines.starting;
      done.push(`start ${zone}`);
      loads.set(node, loadMs);
      return { host: '127.0.0.1', port: ++port };
    },
    async stop(node) {
      done.push(`stop ${node}`);
    },
    async restart({ node, loadMs }) {
      done.push(`restart ${node}`);
      loads.set(node, loadMs);
    },
  };
  return machines;
}

let timers: FakeTimers.Clock;
let machines: ReturnType<typeof recordingMachines>;
let cloud: Cloud;
let events: CloudEvent[];

function build(seed = 1): Cloud {
  machines = recordingMachines();
  events = [];
  const made = createCloud(spec, machines, systemClock(), seededRandom(seed));
  made.onEvent((event) => events.push(event));
  return made;
}

beforeEach(async () => {
  timers = FakeTimers.install({ now: 1_000_000_000_000, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  cloud = build();
  await cloud.start();
});
afterEach(async () => {
  await cloud.stop();
  timers.uninstall();
});

const home = () => cloud.view().regions[0]!;
const fleet = () => cloud.ports(west).fleet;
const nodes = () => home().nodes;
const allPass = () => {
  for (const { node } of nodes()) cloud.reportTarget(node, true);
};

describe('the first nodes', () => {
  test('listen at once, loaded, and have run for a day', () => {
    expect(nodes()).toHaveLength(6);
    for (const { node, lifecycle, launchedAt } of nodes()) {
      expect(lifecycle).toBe('in-service');
      expect(launchedAt).toBe(Date.now() - 86_400_000);
      expect(machines.loads.get(node)).toBe(0);
    }
  });

  test('leave one piece of work waiting in each group', () => {
    expect(timers.countTimers()).toBe(3);
  });

  test('that do not start fail the start', async () => {
    const broken = build();
    machines.failing = 2;
    await expect(broken.start()).rejects.toThrow('2 of the first 6 nodes of chat-us-west-2 did not start');
    await broken.stop();
  });
});

describe('a launch', () => {
  test('is pending while it boots, and loads the model once it listens', async () => {
    const { node } = await fleet().launch({ group: 'chat-us-west-2', zone: zoneA, token: 't' });
    const found = () => nodes().find((n) => n.node === node);
    expect(found()).toMatchObject({ lifecycle: 'pending', target: 'unused', host: '', port: 0 });
    await timers.tickAsync(19_999);
    expect(found()?.lifecycle).toBe('pending');
    await timers.tickAsync(1);
    expect(found()).toMatchObject({ lifecycle: 'in-service', target: 'initial', port: 19 });
    expect(machines.loads.get(node)).toBe(60_000);
  });

  test('whose machine fails is tried again with a new node', async () => {
    machines.failing = 1;
    const { node } = await fleet().launch({ group: 'chat-us-west-2', zone: zoneA, token: 't' });
    await timers.tickAsync(20_000);
    expect(nodes().map((n) => n.node)).not.toContain(node);
    expect(events.at(-1)?.text).toBe(`${node} failed to start: Error: no address is free`);
    await timers.tickAsync(40_000);
    expect(nodes().filter((n) => n.lifecycle === 'in-service')).toHaveLength(7);
  });

  test('that is terminated while it boots never listens', async () => {
    const { node } = await fleet().launch({ group: 'chat-us-west-2', zone: zoneA, token: 't' });
    await timers.tickAsync(5_000);
    await fleet().terminate({ node, decrement: true });
    await timers.tickAsync(60_000);
    expect(nodes()).toHaveLength(6);
    expect(machines.done.filter((d) => d.startsWith('start us-west'))).toHaveLength(6);
  });
});

test('a restart loads the model anew, even on a first node that came up loaded', async () => {
  const { node } = nodes()[0]!;
  expect(machines.loads.get(node)).toBe(0);
  await cloud.ports(west).restart.restart({ node, token: 't' });
  expect(machines.loads.get(node)).toBe(60_000);
  expect(events.at(-1)).toMatchObject({ kind: 'node-restarted', region: west, zone: zoneA, node });
});

test('a launch that is terminated while its machine starts leaves no machine', async () => {
  const { node } = await fleet().launch({ group: 'chat-us-west-2', zone: zoneA, token: 't' });
  const { promise, resolve } = Promise.withResolvers<void>();
  machines.starting = promise;
  await timers.tickAsync(20_000);
  await fleet().terminate({ node, decrement: true });
  await timers.tickAsync(0);
  resolve();
  await timers.tickAsync(0);
  expect(machines.done.slice(-2)).toEqual([`start ${zoneA}`, `stop ${node}`]);
  expect(nodes()).toHaveLength(6);
});

test('each launch uses up capacity', async () => {
  cloud.setCapacity(zoneA, 1);
  const launch = (token: string) => fleet().launch({ group: 'chat-us-west-2', zone: zoneA, token });
  await launch('1');
  await expect(launch('2')).rejects.toMatchObject({ code: 'no-capacity' });
});

describe('a terminated node', () => {
  test('keeps its machine until its connections have drained', async () => {
    const { node } = nodes()[0]!;
    await fleet().terminate({ node, decrement: true });
    expect(nodes()[0]).toMatchObject({ lifecycle: 'terminating', target: 'draining' });
    await timers.tickAsync(29_999);
    expect(machines.done).not.toContain(`stop ${node}`);
    await timers.tickAsync(1);
    expect(machines.done).toContain(`stop ${node}`);
    expect(nodes().map((n) => n.node)).not.toContain(node);
  });

  test('that had left the target group is stopped at once', async () => {
    const { node, port } = nodes()[0]!;
    await cloud.ports(west).balancer.deregister({ targetGroup: 'targets-chat-us-west-2', node, port });
    await timers.tickAsync(30_000);
    await fleet().terminate({ node, decrement: true });
    await timers.tickAsync(0);
    expect(machines.done).toContain(`stop ${node}`);
  });

  test('that was protected is ended all the same, but scale-in passes it over', async () => {
    for (const { node } of nodes().slice(1)) cloud.setProtected(node, true);
    await fleet().setDesired({ group: 'chat-us-west-2', desired: 3 });
    await timers.tickAsync(60_000);
    expect(nodes()).toHaveLength(5);
    await fleet().terminate({ node: nodes()[0]!.node, decrement: false });
    await timers.tickAsync(60_000);
    expect(nodes()).toHaveLength(4);
  });
});

test('a kept node runs on, out of the group, until the cloud stops', async () => {
  const { node } = nodes()[0]!;
  await fleet().keep({ node, decrement: true });
  await timers.tickAsync(60_000);
  expect(nodes().find((n) => n.node === node)).toMatchObject({ lifecycle: 'detached', target: 'unused' });
  expect(machines.done).not.toContain(`stop ${node}`);
  await cloud.stop();
  expect(machines.done).toContain(`stop ${node}`);
});

describe('AZRebalance', () => {
  async function launchThreeInZoneA() {
    for (const token of ['1', '2', '3']) {
      await fleet().launch({ group: 'chat-us-west-2', zone: zoneA, token });
    }
    await timers.tickAsync(20_000);
  }

  test('launches in the smaller zone before it ends a node of the larger', async () => {
    await launchThreeInZoneA();
    const before = events.length;
    await timers.tickAsync(200_000);
    const moves = events
      .slice(before)
      .filter((e) => e.kind === 'node-launched' || e.text.includes('is draining'))
      .map((e) => `${e.kind} ${e.zone}`);
    expect(moves).toEqual([
      'node-launched us-west-2b',
      'target-state us-west-2a',
      'node-launched us-west-2c',
      'target-state us-west-2a',
    ]);
    expect(home().desired).toBe(9);
  });

  test('above the desired capacity for a while is not a reason to scale in', async () => {
    await launchThreeInZoneA();
    await timers.tickAsync(20_000);
    expect(nodes()).toHaveLength(10);
    await fleet().setDesired({ group: 'chat-us-west-2', desired: 9 });
    expect(nodes().map((n) => n.lifecycle)).not.toContain('terminating');
  });

  test('does not end a node that was taken out of the group meanwhile', async () => {
    const oldest = nodes()[0]!.node;
    await launchThreeInZoneA();
    await timers.tickAsync(20_000);
    await fleet().keep({ node: oldest, decrement: true });
    await timers.tickAsync(200_000);
    expect(nodes().find((n) => n.node === oldest)?.lifecycle).toBe('detached');
  });

  test('that could not launch ends nothing', async () => {
    for (const zone of ['us-west-2b', 'us-west-2c']) cloud.setCapacity(zoneName(zone), 0);
    await launchThreeInZoneA();
    await timers.tickAsync(200_000);
    expect(nodes().filter((n) => n.zone === zoneA)).toHaveLength(5);
  });

  test('moves nodes out of a zone that launches may not use', async () => {
    await fleet().setZones({
      group: 'chat-us-west-2',
      zones: spec.regions[0]!.zones.slice(1).map((z) => z.name),
    });
    await timers.tickAsync(200_000);
    expect(nodes().filter((n) => n.zone === zoneA)).toEqual([]);
    expect(nodes()).toHaveLength(6);
  });
});

describe('routing', () => {
  const routed = () => cloud.routable(west).map((r) => r.zone);

  test('goes to healthy targets only', () => {
    cloud.reportTarget(nodes()[0]!.node, true);
    expect(routed()).toEqual([zoneA]);
  });

  test('goes to all registered targets while none is healthy', async () => {
    expect(routed()).toHaveLength(6);
    const { node, port } = nodes()[0]!;
    await cloud.ports(west).balancer.deregister({ targetGroup: 'targets-chat-us-west-2', node, port });
    expect(routed()).toHaveLength(5);
  });

  test('leaves a target out after two failed checks in a row, not after two apart', () => {
    allPass();
    const { node } = nodes()[0]!;
    for (const ok of [true, false, true, false]) cloud.reportTarget(node, ok);
    expect(routed()).toHaveLength(6);
    cloud.reportTarget(node, false);
    expect(routed()).toHaveLength(5);
  });

  test('leaves a zone out once a shift away from it is applied, and until it ends', async () => {
    allPass();
    const { zonalShift } = cloud.ports(west);
    const awayFrom = zoneId('us-west-2-az-a');
    await zonalShift.start({ service, awayFrom, expiresInMs: 60_000, comment: '' });
    expect(routed()).toHaveLength(6);
    await timers.tickAsync(1_000);
    expect(new Set(routed())).toEqual(new Set(['us-west-2b', 'us-west-2c']));
    expect(home().zones.map((z) => z.shifted)).toEqual([true, false, false]);
    await timers.tickAsync(59_000);
    expect(events.at(-1)).toMatchObject({ kind: 'shift-ended', zone: zoneA, at: Date.now() });
    expect(routed()).toHaveLength(6);
  });

  test('leaves a zone out until the end of the extension of its shift', async () => {
    const { zonalShift } = cloud.ports(west);
    const awayFrom = zoneId('us-west-2-az-a');
    const { id } = await zonalShift.start({ service, awayFrom, expiresInMs: 60_000, comment: '' });
    await timers.tickAsync(50_000);
    await zonalShift.extend({ id, expiresInMs: 60_000 });
    await timers.tickAsync(59_999);
    expect(routed()).toHaveLength(4);
    await timers.tickAsync(1);
    expect(events.at(-1)).toMatchObject({ kind: 'shift-ended', zone: zoneA, at: Date.now() });
  });

  test('fails open inside the zones left, not back into the zone shifted away', async () => {
    const { zonalShift } = cloud.ports(west);
    const awayFrom = zoneId('us-west-2-az-a');
    await zonalShift.start({ service, awayFrom, expiresInMs: 60_000, comment: '' });
    await timers.tickAsync(1_000);
    for (const { node, zone } of nodes()) if (zone === zoneA) cloud.reportTarget(node, true);
    expect(new Set(routed())).toEqual(new Set(['us-west-2b', 'us-west-2c']));
  });
});

describe('DNS', () => {
  const answer = () => cloud.answer().map((a) => a.region);
  const report = (from: RegionName, ok: boolean, times: number) => {
    for (let i = 0; i < times; i++) cloud.reportSwitch(west, from, ok);
  };

  test('a switch takes its region out after three results in a row, and a good one between starts over', () => {
    report(east, true, 1);
    report(east, false, 1);
    report(east, true, 2);
    expect(answer()).toEqual([west]);
    report(east, true, 1);
    expect(answer()).toEqual([east, europe]);
    expect(events.at(-1)).toMatchObject({ kind: 'dns-answer', region: null });
  });

  test('any one of the other regions can take a region out; all must let it in', () => {
    report(east, true, 3);
    report(europe, true, 3);
    report(east, false, 3);
    expect(answer()).toEqual([east, europe]);
    report(europe, false, 3);
    expect(answer()).toEqual([west]);
  });

  test('a weight is answered when its change is in sync, not before', async () => {
    const { dns } = cloud.ports(europe);
    const { change } = await dns.setWeights({ service, weights: { [west]: 0, [europe]: 1 } });
    expect(home().weight).toBe(0);
    await timers.tickAsync(1_999);
    expect(answer()).toEqual([west]);
    expect(await dns.inSync({ change })).toBe(false);
    await timers.tickAsync(1);
    expect(answer()).toEqual([europe]);
    expect(await dns.inSync({ change })).toBe(true);
    expect(cloud.view().regions.map((r) => r.answered)).toEqual([false, false, true]);
  });
});

test('a notification is kept and shown on the timeline', async () => {
  const notification = {
    severity: 'warning',
    service,
    title: 'Zone',
    text: 'impaired',
    incident: null,
  } as const;
  await cloud.ports(west).notify.send(notification);
  expect(home().notifications).toEqual([notification]);
  expect(events.at(-1)).toMatchObject({
    kind: 'notification',
    region: west,
    text: 'warning: Zone: impaired',
  });
});

test('nobody can change the store through what it gives or gets', async () => {
  const { store } = cloud.ports(west);
  const pause = { id: 'p', service, move: null, by: 'ann', reason: 'release', at: 1, until: null };
  await store.addPause(pause);
  const [kept] = await store.pauses();
  for (const mine of [pause, kept!]) {
    expect(() => {
      mine.reason = 'changed outside';
    }).toThrow(TypeError);
  }
  expect((await store.pauses())[0]?.reason).toBe('release');
});

test('a stopped cloud leaves no timer and no machine', async () => {
  await fleet().launch({ group: 'chat-us-west-2', zone: zoneA, token: 't' });
  await fleet().terminate({ node: nodes()[0]!.node, decrement: false });
  await cloud.stop();
  expect(timers.countTimers()).toBe(0);
  expect(machines.done.filter((d) => d.startsWith('stop'))).toHaveLength(18);
});

test('the same seed and the same calls make the same trace', async () => {
  async function run(seed: number): Promise<string> {
    timers.setSystemTime(1_000_000_000_000);
    cloud = build(seed);
    await cloud.start();
    await fleet().terminate({ node: nodes()[3]!.node, decrement: false });
    await fleet().launch({ group: 'chat-us-west-2', zone: zoneA, token: 't' });
    await cloud.ports(east).switch.write({ service, region: west, on: true });
    await timers.tickAsync(300_000);
    await cloud.stop();
    return JSON.stringify(events);
  }
  await cloud.stop();
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(await run(8)).not.toBe(first);
});
