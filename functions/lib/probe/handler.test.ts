import { once } from 'node:events';
import http from 'node:http';
import { createStore } from '@evac/aws';
import { vantageId } from '@evac/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestClock } from '../../../packages/aws/src/testing/clock.ts';
import { nodes, nodeTarget, settings, west, zoneA } from '../../../packages/core/src/testing/snapshot.ts';
import { systemClock } from '../clock.ts';
import { type FunctionsWorld, lambdaContext, startFunctionsWorld } from '../testing/aws.ts';
import { watchLog } from '../testing/log.ts';
import { createProbeHandler } from './handler.ts';

let aws: FunctionsWorld;
afterEach(() => aws.close());

/** A span of a minute, as the queue delivers it: longer than any machine that is only busy stands still. */
function message(sentAt: number) {
  const body = { at: '2026-11-21T18:00:00Z', after: 0, for: 60, shard: 0, shards: 1 };
  return { Records: [{ body: JSON.stringify(body), attributes: { SentTimestamp: String(sentAt) } }] };
}

describe('the probe function', () => {
  it('asks the targets of the table over the network, writes what it found, and calls nothing but the table', async () => {
    const usual = settings();
    const service = settings({
      shallow: { kind: 'tcp', timeoutMs: 15_000, connection: 'fresh' },
      timing: { ...usual.timing, intervalMs: 60_000, fastIntervalMs: 30_000 },
    });
    aws = await startFunctionsWorld({}, [service]);
    const server = http.createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const log = watchLog();
    const region = west;
    const vantage = {
      id: vantageId('in/us-west-2a'),
      region,
      zone: zoneA,
      controls: [`http://127.0.0.1:${port}/`],
    };
    const clients = aws.world.clients({ region });
    const store = createStore({ clients, clock: createTestClock(Date.now()) }, 'evac');
    const targets = nodes.map((n) => ({
      ...nodeTarget(n),
      address: { protocol: 'http' as const, host: '127.0.0.1', port },
    }));
    await store.writeTargets({ service: service.name, targets });
    const probe = createProbeHandler(() => ({ region, table: 'evac', settings: '', vantage }), {
      ...aws.world,
      clock: systemClock,
    });
    await probe(message(Date.now()), lambdaContext());
    const observations = await store.observations({ service: service.name });
    expect(observations).toMatchObject([{ vantage: vantage.id, region, zone: zoneA, blind: false }]);
    expect(observations[0]?.outcomes.map((o) => o.class)).toEqual(nodes.map(() => 'ok'));
    expect(aws.calls).toEqual([]);
    const writes = aws.db.calls.filter((c) => !['Query', 'GetItem', 'BatchGetItem'].includes(c.action));
    expect(writes.slice(1).every((c) => c.body.includes('observation#llm'))).toBe(true);

    const calls = aws.db.calls.length;
    await probe(message(Date.now() - 61_000), lambdaContext());
    log.stop();
    expect(log.entries()).toMatchObject([
      { level: 'WARN', message: 'a round came too late, and is left out' },
    ]);
    expect(aws.db.calls).toHaveLength(calls);
    server.close();
  });
});
