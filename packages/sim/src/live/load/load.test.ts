import http from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type DnsServer, startDns } from '../dns/server.ts';
import { type Door, openDoor } from '../door.ts';
import { type InferenceNode, startNode } from '../node/server.ts';
import { ownAddress } from '../testing/own-address.ts';
import { createLoad, type Load, type LoadOptions } from './load.ts';

const regions = ['r1', 'r2'];
let nodes: InferenceNode[];
let records: { region: string; weight: number }[];
/** How often the name was asked for. */
let asked: number;
let dns: DnsServer;
let options: LoadOptions;
let load: Load | null = null;

beforeEach(async () => {
  const random = { next: () => 0 };
  const node = (id: string) =>
    startNode({ id, model: 'sim', host: ownAddress, port: 0, loadMs: 0, scale: 0.02, random });
  nodes = await Promise.all(regions.map(node));
  records = [{ region: 'r1', weight: 1 }];
  asked = 0;
  const zone = {
    name: 'chat.evac.test',
    ttlMs: 1_000,
    records() {
      asked += 1;
      return records;
    },
    regions: nodes.map(({ host, port }, i) => ({ region: regions[i]!, host, port })),
    random,
  };
  dns = await startDns(zone, '127.0.0.1');
  options = {
    dns,
    dnsName: 'chat.evac.test',
    port: 0,
    srv: true,
    model: 'sim',
    rate: 20,
    // Patient enough for a busy machine; a test of a timeout has its own.
    timeoutMs: 30_000,
    clients: 1,
    regions: nodes.map(({ host, port }, i) => ({ name: regions[i]!, endpoint: `http://${host}:${port}` })),
  };
});

afterEach(async () => {
  vi.restoreAllMocks();
  await load?.stop();
  load = null;
  await dns.close();
  for (const node of nodes) await node.stop();
});

/** Runs a load until so many requests have ended. */
async function run(results: number, more: Partial<LoadOptions> = {}): Promise<Load> {
  const enough = Promise.withResolvers<void>();
  const onResult = () => {
    if (--results === 0) enough.resolve();
  };
  const started = createLoad({ ...options, onResult, ...more });
  load = started;
  await enough.promise;
  return started;
}

describe('a load', () => {
  test('counts what clients see: right answers, where from, how soon', async () => {
    const { results } = await run(5);
    expect(results[0]).toMatchObject({ ok: true, error: null, region: 'r1', node: 'r1' });
    expect(results[0]!.ttftMs).toBeGreaterThan(0);
    expect(results[0]!.ttftMs).toBeLessThan(results[0]!.latencyMs);
    expect(await load!.stop()).toBe(results);
    expect(results.every((r) => r.ok)).toBe(true);
  });

  test('honours the TTL: asks once, and again when it has run out', async () => {
    const start = Date.now();
    const date = vi.spyOn(Date, 'now').mockReturnValue(start);
    const { results } = await run(5);
    records = [{ region: 'r2', weight: 1 }];
    date.mockReturnValue(start + 999);
    const late = results.length + 5;
    await expect.poll(() => results.length).toBeGreaterThan(late);
    expect(new Set(results.map((r) => r.region))).toEqual(new Set(['r1']));
    expect(asked).toBe(1);
    date.mockReturnValue(start + 1_000);
    await expect.poll(() => results.at(-1)?.region).toBe('r2');
    expect(asked).toBe(2);
  });

  test('keeps its pace when nobody answers, and counts every timeout', async () => {
    let waiting = 0;
    let most = 0;
    const server = http.createServer((_request, response) => {
      waiting += 1;
      most = Math.max(most, waiting);
      response.once('close', () => {
        waiting -= 1;
      });
    });
    const door: Door = await openDoor(server, { host: ownAddress, port: 0 });
    const { results } = await run(10, { port: door.port, srv: false, rate: 100, timeoutMs: 1_000 });
    expect(new Set(results.map((r) => r.error))).toEqual(new Set(['timeout']));
    await expect.poll(() => most).toBeGreaterThanOrEqual(10);
    await load!.stop();
    await door.close();
  });

  test.each([
    ['crashed', 'connect-refused'],
    ['gpu-error', 'status-500'],
    ['garbled', 'wrong-answer'],
    ['misreleased', 'wrong-answer'],
    ['isolated', 'timeout'],
  ] as const)('calls a server that is %s "%s"', async (ailment, reason) => {
    await nodes[0]!.afflict(new Set([ailment]));
    const { results } = await run(3, ailment === 'isolated' ? { timeoutMs: 1_000 } : {});
    expect(results[0]).toMatchObject({ ok: false, error: reason, region: 'r1' });
  });

  test('says so when the name does not resolve', async () => {
    records = [];
    const { results } = await run(2);
    expect(results[0]).toMatchObject({ ok: false, error: 'name-not-resolved', region: null });
  });

  test('refuses to run more at once than it may', async () => {
    await nodes[0]!.afflict(new Set(['hung']));
    const { results } = await run(3, { concurrency: 2 });
    expect(results[0]).toMatchObject({ ok: false, error: 'no-room' });
    await nodes[0]!.afflict(new Set());
  });
});

test('a stream that breaks off is no answer', async () => {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('data: {"choices":[{"delta":{"content":"1"},"finish_reason":null}]}\n\n');
  });
  const door: Door = await openDoor(server, { host: ownAddress, port: 0 });
  const { results } = await run(1, { port: door.port, srv: false });
  expect(results[0]).toMatchObject({ ok: false, error: 'stream-cut' });
  await door.close();
});
