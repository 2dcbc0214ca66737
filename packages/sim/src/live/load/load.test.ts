import http from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DnsServer, startDns } from '../dns/server.ts';
import { type Door, openDoor } from '../door.ts';
import { type InferenceNode, startNode } from '../node/server.ts';
import { createLoad, type Load, type LoadOptions } from './load.ts';

const regions = ['r1', 'r2'];
let nodes: InferenceNode[];
let records: { region: string; weight: number }[];
/** When the name was asked for: Unix ms, as a resolver counts its TTL. */
let asked: number[];
let dns: DnsServer;
let options: LoadOptions;
let load: Load | null = null;

beforeEach(async () => {
  const random = { next: () => 0 };
  const node = (id: string) =>
    startNode({ id, model: 'sim', host: '127.0.0.1', port: 0, loadMs: 0, scale: 0.02, random });
  nodes = await Promise.all(regions.map(node));
  records = [{ region: 'r1', weight: 1 }];
  asked = [];
  const zone = {
    name: 'chat.evac.test',
    ttlMs: 1_000,
    records() {
      asked.push(Date.now());
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
    rate: 100,
    timeoutMs: 500,
    clients: 1,
    regions: nodes.map(({ host, port }, i) => ({ name: regions[i]!, endpoint: `http://${host}:${port}` })),
  };
});

afterEach(async () => {
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
    const { results } = await run(20);
    // The SRV and the address of its target.
    expect(asked).toHaveLength(1);
    records = [{ region: 'r2', weight: 1 }];
    await expect.poll(() => results.at(-1)?.region, { timeout: 3_000 }).toBe('r2');
    // Not by when its requests began: the first of them waits for the name, and a later one may end before it.
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(1_000);
  });

  test('keeps its pace when nobody answers, and counts every timeout', async () => {
    await nodes[0]!.afflict(new Set(['hung']));
    const { results } = await run(10, { timeoutMs: 200 });
    expect(new Set(results.map((r) => r.error))).toEqual(new Set(['timeout']));
    expect(results[9]!.at - results[0]!.at).toBeLessThan(200);
  });

  test.each([
    ['crashed', 'connect-refused'],
    ['gpu-error', 'status-500'],
    ['garbled', 'wrong-answer'],
    ['misreleased', 'wrong-answer'],
    ['isolated', 'timeout'],
  ] as const)('calls a server that is %s "%s"', async (ailment, reason) => {
    await nodes[0]!.afflict(new Set([ailment]));
    const { results } = await run(3, { timeoutMs: 150 });
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
  });
});

test('a stream that breaks off is no answer', async () => {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('data: {"choices":[{"delta":{"content":"1"},"finish_reason":null}]}\n\n');
  });
  const door: Door = await openDoor(server, { host: '127.0.0.1', port: 0 });
  const { results } = await run(1, { port: door.port, srv: false });
  expect(results[0]).toMatchObject({ ok: false, error: 'stream-cut' });
  await door.close();
});
