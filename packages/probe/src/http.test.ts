import { afterEach, describe, expect, it, vi } from 'vitest';
import { askOnce, finding, httpAsk, target } from './testing/asking.ts';
import * as bad from './testing/misbehave.ts';
import { timeByTurns } from './testing/time-by-turns.ts';

timeByTurns();

let server: bad.BadServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function ask(
  routes: Parameters<typeof bad.serve>[0],
  probe: Parameters<typeof httpAsk>[0] = {},
  model = '',
) {
  server = await bad.serve(routes);
  return askOnce(target(server.port), httpAsk(probe), { model: model || null });
}

/** Closed by the deadline or the cap, not left to the server. */
async function expectNoConnectionLeft(): Promise<void> {
  await expect.poll(() => server?.open(), { interval: 5 }).toBe(0);
}

describe('a server that answers', () => {
  it('is ok, with what it took', async () => {
    // By turns it may be less than one.
    vi.useRealTimers();
    const outcome = await ask(bad.json({ status: 'ok' }));
    expect(finding(outcome)).toBe('ok answered');
    expect(outcome.detail).toMatch(/^status 200 in \d+ms$/);
    expect(outcome.timings?.connectMs).toBeGreaterThan(0);
    expect(outcome.timings?.firstByteMs).toBeGreaterThan(outcome.timings?.connectMs ?? 0);
    await expectNoConnectionLeft();
  });

  it('is sent the method, path, headers and body of the config', async () => {
    await ask(bad.reply(200), {
      method: 'POST',
      path: '/predict?x=ü',
      headers: { 'X-Key': 'k', Host: 'api.example.com', Connection: 'upgrade' },
      body: '{"q":"ü"}',
    });
    const request = server?.requests[0];
    expect(request?.head).toMatch(/^POST \/predict\?x=%C3%BC HTTP\/1\.1\r\nhost: api\.example\.com\r\n/);
    expect(request?.head).toContain('\r\nX-Key: k\r\n');
    expect(request?.head).toContain('\r\ncontent-length: 10');
    expect(request?.head).not.toContain('upgrade');
    expect(Buffer.from(request?.body ?? '', 'latin1').toString('utf8')).toBe('{"q":"ü"}');
  });

  it('may take any status that the config expects', async () => {
    const assertions = [{ kind: 'status', from: 401, to: 401 } as const];
    expect(finding(await ask(bad.reply(401), { assertions }))).toBe('ok answered');
    await server?.close();
    const outcome = await ask(bad.reply(200), { assertions });
    expect(outcome).toMatchObject({ reason: 'assertion-failed', detail: 'status 200, expected 401' });
  });

  it('answers a HEAD without a body, however long it says that is', async () => {
    const behaviour = bad.raw('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    expect(finding(await ask(behaviour, { method: 'HEAD' }))).toBe('ok answered');
  });

  it('may end its body by closing', async () => {
    const behaviour = bad.closeAfter('HTTP/1.0 200 OK\r\n\r\nall ', 'is well');
    const assertions = [{ kind: 'body-includes', text: 'all is well' } as const];
    expect(finding(await ask(behaviour, { assertions }))).toBe('ok answered');
  });
});

describe('a status that was not expected', () => {
  it.each([
    [400, 'misconfigured bad-request'],
    [401, 'misconfigured unauthorized'],
    [403, 'misconfigured forbidden'],
    [404, 'misconfigured not-found'],
    [405, 'misconfigured method-not-allowed'],
    [422, 'misconfigured unprocessable'],
    [410, 'misconfigured client-error'],
    [424, 'failed engine-error'],
    [408, 'failed too-slow'],
    [429, 'saturated too-many-requests'],
    [529, 'saturated overloaded'],
    [500, 'failed status-5xx'],
    [502, 'failed status-5xx'],
    [503, 'failed unavailable'],
    [504, 'failed too-slow'],
  ])('%i is %s, with and without Retry-After', async (status, expected) => {
    expect(finding(await ask(bad.reply(status)))).toBe(expected);
    await server?.close();
    const told = await ask(bad.reply(status, '', { 'Retry-After': '2' }));
    expect(finding(told)).toBe(status === 503 ? 'saturated retry-after' : expected);
  });

  it('503 with an overload body is saturated, with a loading body starting', async () => {
    const overloaded = await ask(bad.reply(503, '{"error":"The queue is FULL"}'));
    expect(overloaded).toMatchObject({
      class: 'saturated',
      reason: 'overload-body',
      detail: 'status 503 "{\\"error\\":\\"The queue is FULL\\"}", expected 200-299',
    });
    await server?.close();
    const loading = await ask(bad.reply(503, '{"error":{"message":"Loading model"}}'));
    expect(finding(loading)).toBe('starting loading');
  });

  it('says more than a body that never ends', async () => {
    const behaviour = bad.raw('HTTP/1.1 429 Slow down\r\ncontent-length: 999\r\n\r\nx');
    expect(finding(await ask(behaviour, { timeoutMs: 500 }))).toBe('saturated too-many-requests');
  });
});

describe('redirects', () => {
  it('are not followed unless asked', async () => {
    const outcome = await ask({ '/health': bad.redirect('/login') });
    expect(outcome).toMatchObject({
      class: 'misconfigured',
      reason: 'redirected',
      detail: 'status 302 to "/login", expected 200-299',
    });
  });

  it('are followed as often as asked, and no more', async () => {
    const routes = {
      '/health': bad.redirect('/a', 308),
      '/a': bad.redirect('/b', 307),
      '/b': bad.reply(200),
    };
    expect(finding(await ask(routes, { followRedirects: 2 }))).toBe('ok answered');
    await server?.close();
    expect(finding(await ask(routes, { followRedirects: 1 }))).toBe('misconfigured redirected');
  });

  it('take a POST to a GET at 303, and tell another origin no secret', async () => {
    const other = await bad.serve(bad.reply(200));
    const routes = { '/health': bad.redirect(`http://127.0.0.1:${other.port}/there`, 303) };
    const headers = { authorization: 'Bearer secret', 'x-api-key': 'secret', accept: 'text/plain' };
    const outcome = await ask(routes, { method: 'POST', body: 'x', headers, followRedirects: 1 });
    await other.close();
    expect(finding(outcome)).toBe('ok answered');
    expect(server?.requests[0]?.head).toContain('x-api-key: secret');
    expect(other.requests[0]?.head).toMatch(/^GET \/there /);
    expect(other.requests[0]?.head).toContain('accept: text/plain');
    expect(other.requests[0]?.head).not.toContain('secret');
  });

  it('share one deadline', async () => {
    const late: bad.Behaviour = (socket, request) =>
      void setTimeout(() => bad.redirect('/a')(socket, request), 200);
    const routes = { '/health': late, '/a': bad.hang };
    const outcome = await ask(routes, { followRedirects: 5, timeoutMs: 500 });
    expect(finding(outcome)).toBe('failed headers-timeout');
    expect(outcome.latencyMs).toBe(500);
    expect(server?.requests.map((request) => request.path)).toEqual(['/health', '/a']);
  });
});

describe('a server that does not answer', () => {
  it('refuses', async () => {
    const outcome = await askOnce(target(bad.refusedPort), httpAsk());
    expect(outcome).toMatchObject({ reason: 'connect-refused', detail: 'connection refused (ECONNREFUSED)' });
  });

  it('has no name', async () => {
    const outcome = await askOnce(target(80, { host: 'no-such-host.invalid' }), httpAsk());
    expect(finding(outcome)).toBe('failed name-not-resolved');
  });

  it('has a full accept queue', async () => {
    const stuck = await bad.stuckListener();
    const isFull = 'failed connect-timeout';
    const findings: string[] = [];
    // The first of them still find room in the queue.
    while (findings.length < 5 && findings.at(-1) !== isFull) {
      findings.push(finding(await askOnce(target(stuck.port), httpAsk({ timeoutMs: 300 }))));
    }
    await stuck.close();
    expect(findings.at(-1)).toBe(isFull);
  });

  it.each([
    ['hangs after accept', bad.hang],
    ['sends its headers one by one, and never the last', bad.slowHeaders(20)],
    ['sends only interim responses', bad.raw('HTTP/1.1 100 Continue\r\n\r\n')],
  ])('%s', async (_, behaviour) => {
    const outcome = await ask(behaviour, { timeoutMs: 300 });
    expect(finding(outcome)).toBe('failed headers-timeout');
    expect(outcome.detail).toBe('connected, but no complete response headers within 300ms');
    expect(outcome.timings?.connectMs).not.toBeNull();
    await expectNoConnectionLeft();
  });

  it('resets', async () => {
    expect(finding(await ask(bad.reset))).toBe('failed connection-reset');
  });

  it('closes without a word', async () => {
    expect(finding(await ask(bad.closeSilently))).toBe('failed connection-closed');
  });

  it('is too slow for its latency assertion, though in time', async () => {
    const late: bad.Behaviour = (socket, request) =>
      void setTimeout(() => bad.reply(200)(socket, request), 30);
    const outcome = await ask(late, { assertions: [{ kind: 'latency', maxMs: 10 }] });
    expect(finding(outcome)).toBe('failed too-slow');
    expect(outcome.detail).toMatch(/^latency \d+ms, expected at most 10ms$/);
  });
});

describe('a body', () => {
  it('that drips for ever ends at the deadline', async () => {
    const outcome = await ask(bad.slowBody(20), { timeoutMs: 500 });
    expect(outcome).toMatchObject({
      reason: 'body-timeout',
      detail: 'the response had not ended within 500ms',
    });
    await expectNoConnectionLeft();
  });

  it('that pours for ever ends at the cap', async () => {
    expect(finding(await ask(bad.endlessBody))).toBe('failed body-too-large');
    await expectNoConnectionLeft();
  });

  it('of 10 MB ends at the cap, unless the cap is larger', async () => {
    const tenMegabytes = Buffer.alloc(10_000_000, 120);
    const outcome = await ask(bad.reply(200, tenMegabytes));
    expect(outcome).toMatchObject({
      reason: 'body-too-large',
      detail: 'the body is larger than 65536 bytes',
    });
    await server?.close();
    const more = {
      maxBodyBytes: 10_000_000,
      assertions: [{ kind: 'body-size', minBytes: 1e7, maxBytes: 1e7 } as const],
    };
    expect(finding(await ask(bad.reply(200, tenMegabytes), more))).toBe('ok answered');
  });

  it('cut by a close, or by a reset', async () => {
    const half = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf';
    expect(finding(await ask(bad.closeAfter(half)))).toBe('failed connection-closed');
    await server?.close();
    expect(finding(await ask(bad.resetAfter(half)))).toBe('failed connection-reset');
    await server?.close();
    const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n';
    expect(finding(await ask(bad.closeAfter(chunked)))).toBe('failed connection-closed');
  });
});

describe('what a server serves', () => {
  const models = (...ids: string[]) => bad.json({ object: 'list', data: ids.map((id) => ({ id })) });
  const path = '/v1/models';

  it('is told by its list of models', async () => {
    expect(await ask(models('m1', 'adapter'), { path })).toMatchObject({ class: 'ok', model: 'm1' });
    await server?.close();
    expect(await ask(models('m1', 'adapter'), { path }, 'adapter')).toMatchObject({ model: 'adapter' });
  });

  it('must be the expected model', async () => {
    const outcome = await ask(models('m2', 'm3'), { path }, 'm1');
    expect(outcome).toMatchObject({
      reason: 'wrong-model',
      model: 'm2',
      detail: 'serves m2, m3, expected m1',
    });
    await server?.close();
    expect(await ask(models(), { path }, 'm1')).toMatchObject({ detail: 'serves no model, expected m1' });
  });

  it('is told by TGI with a revision, and by Ollama with tags', async () => {
    const info = bad.json({ model_id: 'm1', model_sha: 'abc' });
    expect(await ask(info, { path: '/info' })).toMatchObject({ model: 'm1', revision: 'abc' });
    await server?.close();
    const tags = bad.json({ models: [{ name: 'llama3:8b' }] });
    expect(await ask(tags, { path: '/api/tags' })).toMatchObject({ model: 'llama3:8b' });
  });

  it('is not looked for in a health page', async () => {
    expect(finding(await ask(models('m2'), { path: '/health' }, 'm1'))).toBe('ok answered');
  });

  it('cannot be told from a list that is not JSON', async () => {
    expect(finding(await ask(bad.reply(200, '<html>'), { path }, 'm1'))).toBe('failed invalid-json');
  });
});

describe('our own mistakes', () => {
  it.each([
    ['a header that would be two', { headers: { 'x-a': 'b\r\nx-c: d' } }],
    ['a header name with a space', { headers: { 'x a': 'b' } }],
    ['a path without its slash', { path: 'health' }],
    ['a method that is none', { method: 'GET /' }],
    ['a pattern that is none', { assertions: [{ kind: 'body-matches', pattern: '(' } as const] }],
    ['a JSONPath that is none', { assertions: [{ kind: 'json-path', path: '$.[' } as const] }],
  ])('%s is misconfigured, and never a failure', async (_, probe) => {
    const outcome = await ask(bad.json({}), probe);
    expect(finding(outcome)).toBe('misconfigured bad-request');
  });
});

it('a round that ends takes the probe with it', async () => {
  server = await bad.serve(bad.hang);
  const over = new AbortController();
  const asked = askOnce(target(server.port), httpAsk(), { signal: over.signal });
  await expect.poll(() => server?.requests.length, { interval: 5 }).toBe(1);
  over.abort();
  expect(finding(await asked)).toBe('unknown aborted');
  await expectNoConnectionLeft();
  const late = await askOnce(target(server.port), httpAsk(), { signal: over.signal });
  expect(finding(late)).toBe('unknown aborted');
});
