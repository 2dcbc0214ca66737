import { type NodeId, PortError } from '@evac/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type Rig, service, west, zoneA, zoneB, zoneC } from './rig.ts';
import { groupOf, isLeaseFree, story, worldOf } from './world.ts';

let rig: Rig;
let node: NodeId;
async function start(...make: Parameters<typeof createRig>) {
  rig = await createRig(...make);
  node = rig.nodesIn(zoneA)[0]!;
  rig.broken.add(node);
}
beforeEach(() => start({ restartFirst: true }));
afterEach(() => rig.stop());

const request = (more: Parameters<Rig['input']>[3] = {}) =>
  rig.input('replace-node', { kind: 'node', region: west, zone: zoneA, node }, west, more);
/** Calls, however they ended. */
const restarts = () => rig.calls.filter((c) => c.port === 'restart').length;
const launches = () => rig.calls.filter((c) => c.method === 'launch').length;
const restartsMade = () => rig.timeline.filter((e) => e.kind === 'node-restarted').length;
async function run(more: Parameters<Rig['input']>[3] = {}) {
  const input = request(more);
  await rig.run(input);
  // What was taken out of the load balancer drains for half a minute.
  await rig.pass(60_000);
  return rig.incident(input);
}
async function statesOf(id: NodeId) {
  const targets = await rig.ports(west).balancer.health({ service });
  return targets.filter((t) => t.node === id).map((t) => t.state);
}

describe('a hang', () => {
  beforeEach(() => rig.hung.add(node));

  test('ends with a restart: the node serves again, and no replacement is launched', async () => {
    const before = await worldOf(rig);
    const input = request();
    await rig.run(input);
    const incident = await rig.incident(input);
    expect(incident.outcome).toBe('recovered');
    expect(incident.events.at(-1)?.text).toBe(
      `a restart mended ${node}: it answers again, and is not replaced`,
    );
    expect(story(incident).filter((line) => !line.endsWith('waiting'))).toEqual([
      'admit done',
      'drain intent',
      'drain done',
      'confirm done',
      'restart intent',
      'restart done',
      'restarted done',
      'return-node intent',
      'drain undone',
      'return-node done',
      'prove done',
      'close intent',
      'close done',
    ]);
    expect(await worldOf(rig)).toEqual(before);
    expect(await statesOf(node)).toEqual(['healthy']);
    expect(await isLeaseFree(rig, input)).toBe(true);
    expect([restarts(), launches()]).toEqual([1, 0]);
  });

  test('is restarted out of rotation, and back in only once it answers', async () => {
    const seen: string[] = [];
    rig.onCall((call) => {
      if (call.method === 'restart') seen.push('restart');
      if (call.port === 'balancer' && call.method !== 'health') {
        seen.push(`${call.method} ${rig.broken.has(node) ? 'broken' : 'mended'}`);
      }
      return 'pass';
    });
    const incident = await run();
    expect(seen).toEqual(['deregister broken', 'restart', 'register mended']);
    const waited = incident.events.filter((e) => e.step === 'restarted' && e.phase === 'waiting');
    expect(waited.map((e) => e.text)).toEqual([`${node} does not answer yet (headers-timeout)`]);
  });

  test('is not over while its vantages do not call it healthy, though it answers', async () => {
    rig.say(() => 'confirmed');
    const incident = await run();
    expect(incident.outcome).toBe('recovered');
    expect(story(incident)).toContain('restarted failed');
    expect(incident.events.some((e) => e.text.endsWith('answers, but is not called healthy yet'))).toBe(true);
    expect(launches()).toBe(1);
  });

  test('a second time within a day: replaced at once', async () => {
    await run();
    rig.broken.add(node);
    rig.hung.add(node);
    const incident = await run();
    expect(incident.outcome).toBe('recovered');
    expect(incident.events.find((e) => e.step === 'restart')?.text).toMatch(
      /is replaced at once: it was restarted .* ago already$/,
    );
    expect(rig.nodesIn(zoneA)).not.toContain(node);
    expect(restarts()).toBe(1);
  });

  test('another day: restarted again', async () => {
    await run();
    await rig.pass(86_400_000);
    rig.broken.add(node);
    rig.hung.add(node);
    expect((await run()).outcome).toBe('recovered');
    expect([restarts(), launches()]).toEqual([2, 0]);
  });

  test('without restartFirst: replaced, and nothing of a restart is written', async () => {
    rig.stop();
    await start();
    rig.hung.add(node);
    const incident = await run();
    expect(incident.outcome).toBe('recovered');
    expect(story(incident).some((line) => line.startsWith('restart'))).toBe(false);
    expect([restarts(), launches()]).toEqual([0, 1]);
  });

  test('forced by a person: replaced, as the person wants', async () => {
    await run({ verb: 'force', by: 'ada' });
    expect([restarts(), launches()]).toEqual([0, 1]);
  });

  test('on a node that Auto Scaling had out of the load balancer: nothing is put there', async () => {
    const targets = await rig.ports(west).balancer.health({ service });
    const target = targets.find((t) => t.node === node)!;
    await rig.ports(west).balancer.deregister(target);
    await rig.pass(60_000);
    expect((await run()).outcome).toBe('recovered');
    expect(await statesOf(node)).toEqual([]);
  });

  test('a larger move takes over: the node goes back into the load balancer', async () => {
    rig.say(() => (restarts() > 0 ? 'subsumed' : 'confirmed'));
    expect((await run()).outcome).toBe('subsumed');
    await rig.pass(60_000);
    expect(await statesOf(node)).toEqual(['healthy']);
  });

  test('a mended node that the load balancer never uses is not called recovered', async () => {
    let back = false;
    rig.onCall((call) => {
      back ||= call.method === 'register';
      if (back) rig.broken.add(node);
      return 'pass';
    });
    const incident = await run();
    expect(incident.outcome).toBe('reverted');
    expect(incident.events.at(-1)?.text).toContain('does not serve yet; gave up after 2m');
  });
});

describe('what a restart does not mend is replaced', () => {
  test('a GPU error: at once', async () => {
    rig.fails({ reason: 'status-5xx', detail: 'status 500 "CUDA error: an illegal memory access"' });
    const incident = await run();
    expect(incident.outcome).toBe('recovered');
    expect(incident.events.find((e) => e.step === 'restart')).toMatchObject({
      phase: 'note',
      text: `${node} is replaced at once: status-5xx with "CUDA": the GPU, not the process`,
    });
    expect([restarts(), launches()]).toEqual([0, 1]);
    expect(rig.nodesIn(zoneA)).not.toContain(node);
  });

  test('what nobody can say the reason of: at once', async () => {
    rig.fails(null);
    expect((await run()).outcome).toBe('recovered');
    expect([restarts(), launches()]).toEqual([0, 1]);
  });

  test('what fails on: when a start has had its time', async () => {
    const incident = await run();
    expect(incident.outcome).toBe('recovered');
    const [restarted, failed] = ['restart done', 'restarted failed'].map((line) =>
      incident.events.find((e) => `${e.step} ${e.phase}` === line),
    );
    expect(failed?.text).toMatch(/^the restart did not mend it: .* gave up after 5m/);
    expect(failed!.at - restarted!.at).toBeGreaterThanOrEqual(rig.settings.timing.graceMs);
    expect(rig.nodesIn(zoneA)).not.toContain(node);
    expect([restarts(), launches()]).toEqual([1, 1]);
    expect((await groupOf(rig, west)).suspended).toEqual([]);
  });

  test('what no command reaches: at once', async () => {
    rig.unreachable.add(node);
    const incident = await run();
    expect(incident.outcome).toBe('recovered');
    expect(incident.events.find((e) => e.step === 'restart' && e.phase === 'failed')?.text).toMatch(
      /could not be restarted: .* cannot be reached/,
    );
    expect(story(incident).some((line) => line.startsWith('restarted'))).toBe(false);
    expect([restarts(), launches()]).toEqual([1, 1]);
  });

  test('also where the API that restarts is throttled for good', async () => {
    rig.hung.add(node);
    rig.onCall((call) => (call.port === 'restart' ? new PortError('throttled', 'Rate exceeded') : 'pass'));
    const incident = await run();
    expect(incident.outcome).toBe('recovered');
    expect(rig.nodesIn(zoneA)).not.toContain(node);
    expect(restarts()).toBeGreaterThan(1);
  });

  test('no capacity anywhere then: the node stays, as without a restart', async () => {
    for (const zone of [zoneA, zoneB, zoneC]) rig.cloud.setCapacity(zone, 0);
    expect((await run()).outcome).toBe('reverted');
    expect(rig.nodesIn(zoneA)).toContain(node);
  });
});

describe('an orchestrator that dies', () => {
  test('after it restarted the server does not restart it again', async () => {
    rig.hung.add(node);
    rig.onCall((call) => (call.port === 'restart' ? 'kill-after' : 'pass'));
    const input = request();
    expect(await rig.run(input)).toBe('killed');
    rig.restart();
    rig.onCall(() => 'pass');
    await rig.run(input, `${input.incident}.r1`);
    expect((await rig.incident(input)).outcome).toBe('recovered');
    expect([restarts(), restartsMade(), launches()]).toEqual([2, 1, 0]);
  });

  test('after the replacement was begun without a restart does not begin with one', async () => {
    rig.onCall((call) => {
      if (call.port === 'restart') return new PortError('throttled', 'Rate exceeded');
      return call.method === 'launch' ? 'kill-before' : 'pass';
    });
    const input = request();
    expect(await rig.run(input)).toBe('killed');
    rig.restart();
    rig.onCall(() => 'pass');
    const before = restarts();
    await rig.run(input, `${input.incident}.r1`);
    expect((await rig.incident(input)).outcome).toBe('recovered');
    expect(restarts()).toBe(before);
    expect((await groupOf(rig, west)).suspended).toEqual([]);
  });
});
