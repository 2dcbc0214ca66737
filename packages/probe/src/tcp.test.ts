import { afterEach, expect, it } from 'vitest';
import { askOnce, finding, target } from './testing/asking.ts';
import * as bad from './testing/misbehave.ts';
import { timeByTurns } from './testing/time-by-turns.ts';

timeByTurns();

const tcpAsk = { kind: 'tcp', timeoutMs: 30_000, connection: 'fresh' } as const;

let server: bad.BadServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

it('a server that accepts is ok, is sent nothing, and is left', async () => {
  server = await bad.serve(bad.hang);
  const outcome = await askOnce(target(server.port), tcpAsk);
  expect(finding(outcome)).toBe('ok answered');
  await expect.poll(() => [server?.connections(), server?.open()], { interval: 5 }).toEqual([1, 0]);
  expect(server.requests).toEqual([]);
});

it('a server that refuses has failed', async () => {
  const outcome = await askOnce(target(bad.refusedPort), tcpAsk);
  expect(finding(outcome)).toBe('failed connect-refused');
});

it('a round that is over is no evidence', async () => {
  server = await bad.serve(bad.hang);
  const outcome = await askOnce(target(server.port), tcpAsk, { signal: AbortSignal.abort() });
  expect(finding(outcome)).toBe('unknown aborted');
});
