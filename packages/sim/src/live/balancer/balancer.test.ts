import http from 'node:http';
import { text } from 'node:stream/consumers';
import { type NodeId, nodeId, regionName, type ZoneName, zoneName } from '@evac/core';
import { Agent, fetch, type RequestInit } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Door, openDoor } from '../door.ts';
import { ownAddress } from '../testing/own-address.ts';
import { type Balancer, type BalancerCloud, startBalancer } from './balancer.ts';

const region = regionName('r1');
const zone = zoneName('r1a');
interface Target {
  node: NodeId;
  zone: ZoneName;
  host: string;
  port: number;
}

let routable: Target[];
let counted: { ok: boolean; zone: ZoneName }[];
let reported: Map<NodeId, boolean>;
let cloud: BalancerCloud;
let balancer: Balancer;
const doors: Door[] = [];
/** Connections of this test alone: one that was kept by another may be to a port that was given again. */
let connections: Agent;

/** Patient enough for a busy machine; a test of what takes too long has its own. */
const start = (idleMs = 30_000) =>
  startBalancer(cloud, { region, host: '127.0.0.1', port: 0, checkMs: 50, idleMs });

beforeEach(async () => {
  connections = new Agent();
  routable = [];
  counted = [];
  reported = new Map();
  cloud = {
    routable: () => routable,
    reportTarget: (node, ok) => reported.set(node, ok),
    countRequest: (_region, at, ok) => counted.push({ ok, zone: at }),
    view: () => ({
      regions: [
        {
          name: region,
          weight: 1,
          answered: true,
          zones: [],
          nodes: routable.map((t) => ({ ...t, lifecycle: 'in-service', target: 'healthy', launchedAt: 0 })),
          desired: 0,
          suspended: [],
          incidents: [],
          notifications: [],
        },
      ],
    }),
  };
  balancer = await start();
});

afterEach(async () => {
  await connections.destroy();
  await balancer.close();
  for (const door of doors.splice(0)) await door.close();
});

async function target(
  name: string,
  handler: http.RequestListener,
  health = 200,
): Promise<{ door: Door; entry: Target }> {
  const server = http.createServer((request, response) => {
    if (request.url === '/health') response.writeHead(health).end();
    else handler(request, response);
  });
  const door = await openDoor(server, { host: ownAddress, port: 0 });
  doors.push(door);
  const entry = { node: nodeId(name), zone, host: door.host, port: door.port };
  routable.push(entry);
  return { door, entry };
}

const ask = (init: RequestInit = {}) =>
  fetch(`http://${balancer.host}:${balancer.port}/x?y=1`, { ...init, dispatcher: connections });

describe('routing', () => {
  test('passes method, path, headers and body on, and the answer back', async () => {
    await target('i-1', async (request, response) => {
      const body = await text(request);
      const { 'x-forwarded-for': from, 'x-mine': mine } = request.headers;
      response.writeHead(201, { 'x-node': 'i-1' });
      response.end(JSON.stringify({ method: request.method, url: request.url, body, from, mine }));
    });
    const answer = await ask({ method: 'POST', body: 'hello', headers: { 'x-mine': 'yes' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-node')).toBe('i-1');
    expect(await answer.json()).toEqual({
      method: 'POST',
      url: '/x?y=1',
      body: 'hello',
      from: '127.0.0.1',
      mine: 'yes',
    });
  });

  test('takes turns, whatever they have to do', async () => {
    const seen: string[] = [];
    for (const name of ['i-1', 'i-2', 'i-3']) {
      await target(name, (_request, response) => {
        seen.push(name);
        response.end();
      });
    }
    for (let i = 0; i < 6; i++) await (await ask()).text();
    expect(seen).toEqual(['i-1', 'i-2', 'i-3', 'i-1', 'i-2', 'i-3']);
    routable = routable.filter((entry) => entry.node !== 'i-2');
    for (let i = 0; i < 4; i++) await (await ask()).text();
    expect(seen.slice(6)).toEqual(['i-1', 'i-3', 'i-1', 'i-3']);
  });

  test('streams: the first chunk arrives while the target still speaks', async () => {
    const serving = Promise.withResolvers<http.ServerResponse>();
    await target('i-1', (_request, response) => {
      response.write('first');
      serving.resolve(response);
    });
    const reader = (await ask()).body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('first');
    (await serving.promise).end('last');
    expect((await reader.read()).value).toBe('last');
  });

  test('lets a request finish on a target that is routed to no more', async () => {
    const serving = Promise.withResolvers<http.ServerResponse>();
    await target('i-1', (_request, response) => serving.resolve(response));
    const asked = ask();
    const response = await serving.promise;
    routable = [];
    response.end('done');
    expect(await (await asked).text()).toBe('done');
  });
});

describe('what an ALB answers itself', () => {
  test('503 when there is no target', async () => {
    expect((await ask()).status).toBe(503);
  });

  test('502 when the target refuses, 502 when it hangs up before it answers', async () => {
    const { door } = await target('i-1', (request) => request.socket.destroy());
    expect((await ask({ method: 'POST', body: 'hello' })).status).toBe(502);
    await door.set('refusing');
    expect((await ask({ method: 'POST', body: 'hello' })).status).toBe(502);
    await expect.poll(() => counted.map((c) => c.ok)).toEqual([false, false]);
  });

  test('504 when the target says nothing', async () => {
    await balancer.close();
    balancer = await start(100);
    await target('i-1', (request) => request.resume());
    expect((await ask()).status).toBe(504);
    await expect.poll(() => counted).toEqual([{ ok: false, zone }]);
  });

  test('an answer that stands still is broken off in the end', async () => {
    await balancer.close();
    // The half of it must come in this time, or there is a 504.
    balancer = await start(2_000);
    await target('i-1', (_request, response) => response.write('half'));
    const answer = await ask();
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  test('an answer that breaks off is broken off', async () => {
    const { door } = await target('i-1', (_request, response) => response.write('half'));
    const answer = await ask();
    door.reset();
    await expect(answer.text()).rejects.toThrow();
  });

  test('a client that leaves frees the target, and counts as failed if it got nothing', async () => {
    const closed = Promise.withResolvers<void>();
    const leave = new AbortController();
    await target('i-1', (_request, response) => {
      response.once('close', closed.resolve);
      leave.abort();
    });
    await expect(ask({ signal: leave.signal })).rejects.toThrow();
    await closed.promise;
    await expect.poll(() => counted).toEqual([{ ok: false, zone }]);
  });
});

test('checks every registered target and reports what it finds', async () => {
  const { door, entry } = await target('i-1', () => {});
  const { entry: other } = await target('i-2', () => {}, 503);
  await expect.poll(() => [entry, other].map(({ node }) => reported.get(node))).toEqual([true, false]);
  reported.clear();
  await door.set('dark');
  await expect.poll(() => reported.get(entry.node)).toBe(false);
});

test('knows when it last routed where', async () => {
  const { entry } = await target('i-1', (_request, response) => response.end());
  expect(balancer.lastRequestAt.region).toBeNull();
  const before = Date.now();
  await (await ask()).text();
  expect(balancer.lastRequestAt.region).toBeGreaterThanOrEqual(before);
  expect(balancer.lastRequestAt.nodes.get(entry.node)).toBeGreaterThanOrEqual(before);
});

test('a dark balancer answers nobody', async () => {
  await target('i-1', (_request, response) => response.end());
  await balancer.set('dark');
  await expect(ask({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' });
});
