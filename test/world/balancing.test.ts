import { regionName, serviceName, zoneId } from '@evac/core';
import { connectCloud, connectionTo } from '@evac/sim';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, startTestWorld, type TestWorld } from './world.ts';

let t: TestWorld;
beforeAll(async () => {
  t = await startTestWorld({ regions: 1 });
});
afterAll(() => t.world.stop());

const region = () => t.description.regions[0]!;
const ports = () => connectCloud(connectionTo(t.description, regionName(region().name)));
const service = () => serviceName(t.description.service);

/** The nodes that twelve requests in a row are answered by. */
async function answering(): Promise<Set<string>> {
  const nodes = new Set<string>();
  for (let i = 0; i < 12; i++) {
    const answer = await fetch(`${region().endpoint}/health`);
    nodes.add(answer.headers.get('x-evac-node') ?? `none: ${answer.status}`);
  }
  return nodes;
}
const idsOf = async (...zones: number[]) => {
  const nodes = await Promise.all(zones.map((zone) => t.nodesOf(0, zone)));
  return new Set(nodes.flat().map((n) => n.id));
};

test('a zonal shift, by zone ID, takes a zone out of use, and its end brings it back', async () => {
  const [zone] = region().zones;
  const ask = { service: service(), awayFrom: zoneId(zone!.id), expiresInMs: 60_000, comment: 'test' };
  const shift = await ports().zonalShift.start(ask);
  await expect.poll(answering).toEqual(await idsOf(1, 2));
  await ports().zonalShift.cancel({ id: shift.id });
  await expect.poll(answering).toEqual(await idsOf(0, 1, 2));
});

test('a node that is deregistered finishes what it has, and gets nothing new', async () => {
  const [target] = await ports().balancer.health({ service: service() });
  const { node, port, targetGroup } = target!;
  await t.admin.fault({ name: 'node-hang', target: node, on: true });
  const body = '{"prompt":"Count from 1 to 4"}';
  const asked: Promise<Response>[] = [];
  const since = (await t.admin.view()).lastRequestAt.nodes[node] ?? 0;
  const hasOne = async () => ((await t.admin.view()).lastRequestAt.nodes[node] ?? 0) > since;
  while (!(await hasOne())) {
    const length = asked.push(fetch(`${region().endpoint}/v1/completions`, { method: 'POST', body }));
    await expect
      .poll(async () => (await Promise.race([asked[length - 1], null])) !== null || hasOne())
      .toBe(true);
  }
  await ports().balancer.deregister({ targetGroup, node, port });
  expect(await answering()).not.toContain(node);
  await t.admin.fault({ name: 'node-hang', target: node, on: false });
  const answers = await Promise.all(asked);
  expect(new Set(answers.map((r) => r.status))).toEqual(new Set([200]));
  await ports().balancer.register({ targetGroup, node, port });
  await expect.poll(answering).toContain(node);
});

test('when every node fails its check, all of them get requests again', async () => {
  const states = async () => {
    const targets = await ports().balancer.health({ service: service() });
    return [...new Set(targets.map((target) => target.state))];
  };
  for (const { id } of await t.nodesOf(0)) await t.admin.fault({ name: 'slow-start', target: id, on: true });
  await expect.poll(states).toEqual(['unhealthy']);
  await expect.poll(answering).toEqual(await idsOf(0, 1, 2));
  expect(await get(`${region().endpoint}/health`)).toBe(503);
  await t.admin.fault({ name: 'slow-start', target: null, on: false });
  await expect.poll(states).toEqual(['healthy']);
});

test('the balancer counts what each zone was asked and failed', async () => {
  const since = Date.now();
  const [node] = await t.nodesOf(0, 1);
  await t.admin.fault({ name: 'gpu-error', target: node!.id, on: true });
  const body = '{"prompt":"hi"}';
  for (let i = 0; i < 12; i++) {
    await (await fetch(`${region().endpoint}/v1/completions`, { method: 'POST', body })).text();
  }
  await t.admin.fault({ name: 'gpu-error', target: null, on: false });
  const failed = async () => {
    const rounds = await ports().balancer.traffic({ service: service(), since: since - 1_000 });
    const bad = rounds.filter((round) => round.failed > 0 && round.at > since);
    return [...new Set(bad.map((round) => round.zone))];
  };
  await expect.poll(failed).toEqual([region().zones[1]!.name]);
});
