import { createLoad } from '@evac/sim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolverOf } from '../../packages/sim/src/resolver.ts';
import { get, patienceMs, startTestWorld, type TestWorld } from './world.ts';

let t: TestWorld;
beforeAll(async () => {
  t = await startTestWorld();
});
afterAll(() => t.world.stop());

const messages = [{ role: 'user' as const, content: 'Reply with the single word ready' }];

describe('the official OpenAI client, through the load balancer', () => {
  test('lists the model and gets an answer', async () => {
    const client = t.openai();
    const { data } = await client.models.list();
    expect(data.map((m) => m.id)).toEqual([t.description.model]);
    const answer = await client.chat.completions.create({ model: t.description.model, messages });
    expect(answer.choices[0]?.message.content).toBe('ready');
    expect(answer.usage?.total_tokens).toBeGreaterThan(1);
  });

  test('streams, token by token: what comes is there while the rest is not made yet', async () => {
    const name = 'stream-stall';
    for (const { id } of await t.nodesOf(1)) await t.admin.fault({ name, target: id, on: true });
    const stream = await t.openai(1).chat.completions.create({
      model: t.description.model,
      messages: [{ role: 'user', content: 'Count from 1 to 30' }],
      stream: true,
    });
    const parts: string[] = [];
    for await (const chunk of stream) {
      const content = chunk.choices[0]?.delta.content;
      if (!content) continue;
      parts.push(content);
      // It stands still after two tokens, until it is mended.
      if (parts.length === 2) await t.admin.fault({ name, target: null, on: false });
    }
    expect(parts.join('').split(', ')).toHaveLength(30);
  });

  test('gets the errors that the API defines', async () => {
    const wrong = t.openai().chat.completions.create({ model: 'other', messages });
    await expect(wrong).rejects.toMatchObject({ status: 404, type: 'NotFoundError' });
  });
});

test('requests spread over all nodes of a region', async () => {
  const url = `${t.description.regions[0]!.endpoint}/v1/models`;
  const answering = async () => {
    const nodes = new Set<string | null>();
    for (let i = 0; i < 12; i++) nodes.add((await fetch(url)).headers.get('x-evac-node'));
    return nodes;
  };
  // One that a busy machine let miss its checks is back soon.
  await expect.poll(answering).toEqual(new Set((await t.nodesOf(0)).map((n) => n.id)));
});

describe('DNS', () => {
  const resolver = () => resolverOf(t.description.dns, patienceMs, 1);

  test('the name leads to every region, one at a time, and each answers there', async () => {
    const { dnsName, port, regions, ttlMs } = t.description;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => resolver().resolve4(dnsName, { ttl: true })),
    );
    expect(answers.every((a) => a.length === 1 && a[0]!.ttl * 1_000 === ttlMs)).toBe(true);
    const urls = new Set(answers.map((a) => `http://${a[0]!.address}:${port}`));
    expect(urls).toEqual(new Set(regions.map((r) => r.endpoint)));
    for (const url of urls) expect(await get(`${url}/health`)).toBe(200);
  });

  test('each region has a name of its own', async () => {
    const [region] = t.description.regions;
    const addresses = await resolver().resolve4(`${region!.name}.${t.description.dnsName}`);
    expect(addresses).toEqual([new URL(region!.endpoint).hostname]);
  });
});

test('a load of clients is served in both regions, every request rightly', async () => {
  const { description } = t;
  const enough = Promise.withResolvers<void>();
  const met = new Set<string | null>();
  let left = 60;
  const load = createLoad({
    ...description,
    rate: 100,
    timeoutMs: patienceMs,
    onResult: ({ region }) => {
      left -= 1;
      // Eight clients ask DNS at first, and may all be sent the same way.
      if (left <= 0 && met.add(region).size === description.regions.length) enough.resolve();
    },
  });
  await enough.promise;
  const results = await load.stop();
  expect(results.filter((r) => !r.ok)).toEqual([]);
  expect(new Set(results.map((r) => r.region))).toEqual(new Set(description.regions.map((r) => r.name)));
  const { lastRequestAt } = await t.admin.view();
  expect(Object.keys(lastRequestAt.regions)).toHaveLength(2);
});

test('the admin address describes the world, and every address of it answers', async () => {
  const { admin: _, ...rest } = await t.admin.description();
  expect(rest).toMatchObject({ dnsName: 'chat.evac.test', srv: false, scale: 0.02 });
  for (const region of rest.regions) {
    for (const url of [...region.controls, ...region.zones.flatMap((z) => z.controls)])
      expect(await get(url)).toBe(200);
    for (const { host, port } of region.nodes) expect(await get(`http://${host}:${port}/health`)).toBe(200);
  }
  const fleet = await fetch(`${rest.regions[0]!.api}/rpc/fleet/describe`, {
    method: 'POST',
    body: JSON.stringify({ service: rest.service }),
  });
  expect((await fleet.json()) as { nodes: unknown[] }).toMatchObject({ nodes: { length: 6 } });
});

test('events are numbered and can be read on from any', async () => {
  const all = await t.admin.events(0);
  expect(all.map((e) => e.seq)).toEqual(all.map((_, i) => i + 1));
  expect(all.filter((e) => e.kind === 'node-listening')).toHaveLength(12);
  expect((await t.admin.events(all.length - 2)).slice(0, 2)).toEqual(all.slice(-2));
});

test('where there is one loopback address, SRV records lead to the regions', async () => {
  const other = await startTestWorld({ aliases: false, zones: 1, nodes: 1 });
  const { dns, dnsName, regions, srv } = other.description;
  expect(srv).toBe(true);
  const resolver = resolverOf(dns, patienceMs, 1);
  const ports = new Set<number>();
  for (let i = 0; i < 20; i++) ports.add((await resolver.resolveSrv(dnsName))[0]!.port);
  expect(ports).toEqual(new Set(regions.map((r) => Number(new URL(r.endpoint).port))));
  await other.world.stop();
});
