import { PortError } from '@evac/core';
import { Agent, fetch } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RpcServer, serveRpc } from './server.ts';

class WithPrototype {
  inherited = undefined;
  hidden() {
    return 'never';
  }
}

const asked = Promise.withResolvers<void>();
const ports = {
  echo: {
    async back(ask: unknown) {
      return ask;
    },
    async nothing() {},
    async refuse() {
      throw new PortError('no-capacity', 'us-west-2a is full');
    },
    async forever() {
      asked.resolve();
      await new Promise(() => undefined);
    },
    async broken() {
      throw new Error('a bug');
    },
    notAFunction: 1,
  },
  classy: new WithPrototype(),
};

let server: RpcServer;
/** Connections of this test alone: one that was kept by another may be to a port that was given again. */
let connections: Agent;
beforeEach(async () => {
  connections = new Agent();
  server = await serveRpc(ports, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await connections.destroy();
  await server.close();
});

async function post(path: string, body?: string, method = 'POST') {
  const dispatcher = connections;
  const response = await fetch(`${server.url}${path}`, {
    method,
    dispatcher,
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: (await response.json()) as { code?: string; message?: string } };
}

test('a method gets the JSON argument and answers its JSON result', async () => {
  const asked = { zone: 'a', list: [1, null] };
  expect(await post('/rpc/echo/back', JSON.stringify(asked))).toEqual({ status: 200, body: asked });
});

test('a method without an argument or a result is called with nothing and answers null', async () => {
  expect(await post('/rpc/echo/nothing')).toEqual({ status: 200, body: null });
});

test('a PortError answers 409 with its code and sentence', async () => {
  const body = { code: 'no-capacity', message: 'us-west-2a is full' };
  expect(await post('/rpc/echo/refuse')).toEqual({ status: 409, body });
});

test('anything else that is thrown answers 500 and names the method', async () => {
  const body = { code: 'unavailable', message: 'echo.broken broke: Error: a bug' };
  expect(await post('/rpc/echo/broken')).toEqual({ status: 500, body });
});

test.each([
  '/rpc/echo/toString',
  '/rpc/echo/constructor',
  '/rpc/echo/__proto__',
  '/rpc/echo/notAFunction',
  '/rpc/classy/hidden',
  '/rpc/__proto__/toString',
  '/rpc/constructor/keys',
  '/rpc/nobody/back',
  '/rpc/echo',
  '/rpc/echo/back/more',
  '/',
])('%s is no method', async (path) => {
  const { status, body } = await post(path, '{}');
  expect(status).toBe(404);
  expect(body.code).toBe('invalid');
});

test('an unknown method is told what there is', async () => {
  const { body } = await post('/rpc/echo/front', '{}');
  expect(body.message).toBe(
    'echo has no method named front: it has back, nothing, refuse, forever, broken, notAFunction',
  );
});

test('a body that is not JSON is refused', async () => {
  const { status, body } = await post('/rpc/echo/back', '{half');
  expect(status).toBe(400);
  expect(body.message).toMatch(/^the body is not JSON: /);
});

test('a body over 8 MiB is refused', async () => {
  const { status, body } = await post('/rpc/echo/back', `"${'x'.repeat(8 * 1024 * 1024)}"`);
  expect(status).toBe(413);
  expect(body.message).toBe('a body may have 8388608 bytes, this one has more');
});

test('GET is not allowed', async () => {
  expect((await post('/rpc/echo/back', undefined, 'GET')).status).toBe(405);
});

test('going down resets what is under way', async () => {
  const failed = expect(post('/rpc/echo/forever')).rejects.toThrow();
  await asked.promise;
  server.setUp(false);
  await failed;
});

test('down, it resets connections, and up again it answers', async () => {
  server.setUp(false);
  await expect(post('/rpc/echo/nothing')).rejects.toThrow();
  server.setUp(true);
  expect((await post('/rpc/echo/nothing')).status).toBe(200);
});
