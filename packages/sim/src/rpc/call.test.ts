import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortError } from '@evac/core';
import { afterEach, expect, test } from 'vitest';
import { callsTo } from './call.ts';
import { serveRpc } from './server.ts';

/** Patient enough for a busy machine; a test of a timeout has its own. */
const patientMs = 30_000;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function rawServer(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a refusal of the port arrives as the same PortError', async () => {
  const refuse = async () => {
    throw new PortError('stale-token', 'token 3 is old');
  };
  const server = await serveRpc({ store: { record: refuse } }, { host: '127.0.0.1', port: 0 });
  closing.push(() => server.close());
  const call = callsTo(server.url, patientMs);
  const failed = call('store/record', {});
  await expect(failed).rejects.toBeInstanceOf(PortError);
  await expect(failed).rejects.toMatchObject({ code: 'stale-token', message: 'token 3 is old' });
});

test('nobody listening is unavailable, with the URL in the sentence', async () => {
  // A port that who asks for a free one is never given.
  const url = 'http://127.0.0.1:1';
  const target = `${url}/rpc/fleet/describe`;
  await expect(callsTo(url, patientMs)('fleet/describe', {})).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(`${target} cannot be reached: connect ECONNREFUSED`),
  });
});

test('silence is unavailable after the timeout', async () => {
  const url = await rawServer(() => undefined);
  await expect(callsTo(url, 50)('fleet/describe', {})).rejects.toMatchObject({
    code: 'unavailable',
    message: `${url}/rpc/fleet/describe cannot be reached: no answer within 50 ms`,
  });
});

test('an answer that stops half-way is unavailable after the timeout', async () => {
  const url = await rawServer((_, response) => void response.write('{"half":'));
  await expect(callsTo(url, 50)('fleet/describe', {})).rejects.toMatchObject({ code: 'unavailable' });
});

test('an answer that is not JSON, or an error of no known code, is unavailable', async () => {
  const page = await rawServer((_, response) => response.end('<html>'));
  await expect(callsTo(page, patientMs)('a/b')).rejects.toMatchObject({
    code: 'unavailable',
    message: `${page}/rpc/a/b answered 200 without JSON`,
  });
  const teapot = await rawServer((_, response) => response.writeHead(418).end('{"code":"tea"}'));
  await expect(callsTo(teapot, patientMs)('a/b')).rejects.toMatchObject({
    code: 'unavailable',
    message: `${teapot}/rpc/a/b answered 418`,
  });
});

test('calls in a row reuse kept-alive connections', async () => {
  let connections = 0;
  // Longer than any pause between two of them.
  const server = http.createServer({ keepAliveTimeout: 120_000 }, (_, response) => response.end('null'));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const call = callsTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, patientMs);
  for (let i = 0; i < 20; i++) await call('a/b');
  // A call may begin before undici has taken the last one's connection back: a second one, then, but no third.
  expect(connections).toBeLessThanOrEqual(2);
});
