import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProbe } from './create-probe.ts';
import {
  askOnce,
  clock,
  finding,
  httpAsk,
  progressAsk,
  random,
  streamAsk,
  target,
} from './testing/asking.ts';
import * as bad from './testing/misbehave.ts';
import { timeByTurns } from './testing/time-by-turns.ts';

timeByTurns();

let server: bad.BadServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const idle = { tokens: 100, running: 0, waiting: 0 };
const stuck = { tokens: 100, running: 3, waiting: 2 };
const moved = { tokens: 148, running: 3, waiting: 2 };

async function ask(health: bad.Behaviour, metrics: bad.Behaviour, progress = progressAsk()) {
  server = await bad.serve({ '/health': health, '/metrics': metrics });
  return askOnce(target(server.port), httpAsk(health === bad.hang ? { timeoutMs: 200 } : {}), { progress });
}

const metricsAsked = () => server?.requests.filter((request) => request.path === '/metrics').length;

/** As a server answers who accepts it compressed. */
const compressed = (body: Buffer) => bad.reply(200, body, { 'content-encoding': 'gzip' });
const pageOf = ({ tokens, running, waiting }: typeof idle) =>
  `vllm:generation_tokens_total ${tokens}\nvllm:num_requests_running ${running}\nvllm:num_requests_waiting ${waiting}\n`;

describe('a server that hangs is told by its counters', () => {
  it('compressed, which they are asked to be: most of them go from zone to zone', async () => {
    const outcome = await ask(bad.hang, compressed(gzipSync(pageOf(stuck))));
    expect(outcome).toMatchObject({ class: 'failed', reason: 'hung', progress: stuck });
    const [asked] = server?.requests.filter((request) => request.path === '/metrics') ?? [];
    expect(asked?.head).toMatch(/^accept-encoding: gzip$/m);
  });

  it('busy when they advance', async () => {
    const outcome = await ask(bad.hang, bad.metrics(stuck, moved));
    expect(outcome).toMatchObject({ class: 'saturated', reason: 'busy', progress: moved });
    expect(outcome.detail).toMatch(/within \d+ms; but its counters advanced by 48 within 10ms$/);
    // What its counters took is not its own.
    expect(outcome.latencyMs).toBe(200);
  });

  it('hung when work is pending and they do not', async () => {
    const outcome = await ask(bad.hang, bad.metrics(stuck));
    expect(outcome).toMatchObject({ class: 'failed', reason: 'hung', progress: stuck });
  });

  it('lost when the server knows of no work', async () => {
    const outcome = await ask(bad.hang, bad.metrics(idle));
    expect(outcome).toMatchObject({ class: 'failed', reason: 'lost', progress: idle });
  });

  it.each([
    ['there are none', bad.reply(404)],
    ['they hang too', bad.hang],
    ['they are half a page', bad.closeAfter('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\nvllm:gen')],
    ['they are called compressed and are not', compressed(Buffer.from(pageOf(stuck)))],
    [
      'they would fill the memory',
      compressed(gzipSync(Buffer.concat([Buffer.alloc(5e6, '\n'), Buffer.from(pageOf(stuck))]))),
    ],
    ['they have other names', bad.reply(200, 'other_total 5\n')],
    ['there is no gauge', bad.reply(200, 'vllm:generation_tokens_total 5\n')],
    [
      'they are no numbers',
      bad.reply(200, 'vllm:generation_tokens_total NaN\nvllm:num_requests_running 1\n'),
    ],
    [
      'only the first reading comes',
      ((socket, request) =>
        (request.nth === 1 ? bad.metrics(stuck) : bad.reset)(socket, request)) satisfies bad.Behaviour,
    ],
  ])('by its own reason when %s', async (_, metrics) => {
    const outcome = await ask(bad.hang, metrics, progressAsk({ timeoutMs: 200 }));
    expect(finding(outcome)).toBe('failed headers-timeout');
    expect(outcome.progress).toBeUndefined();
  });

  it('and so is a reset, and a bare 503', async () => {
    expect(finding(await ask(bad.reset, bad.metrics(stuck, moved)))).toBe('saturated busy');
    await server?.close();
    expect(finding(await ask(bad.reply(503), bad.metrics(stuck)))).toBe('failed hung');
  });

  it('from another port, where the config names one', async () => {
    const metrics = await bad.serve({ '/metrics': bad.metrics(stuck) });
    const outcome = await ask(bad.hang, bad.metrics(idle), progressAsk({ port: metrics.port }));
    await metrics.close();
    expect(finding(outcome)).toBe('failed hung');
  });
});

describe('counters are read only where they are wanted', () => {
  it.each([
    ['an answer', bad.reply(200)],
    ['saturation', bad.reply(429)],
    ['a wrong probe', bad.reply(404)],
    ['an error', bad.reply(500)],
  ])('not for %s', async (_, health) => {
    await ask(health, bad.metrics(idle));
    expect(metricsAsked()).toBe(0);
  });

  it('once beside a generation that went well', async () => {
    server = await bad.serve({ '/v1/chat/completions': bad.stream(['4']), '/metrics': bad.metrics(moved) });
    const question = { check: 'deep', progress: progressAsk() } as const;
    const outcome = await askOnce(target(server.port), streamAsk(), question);
    expect(outcome).toMatchObject({ class: 'ok', progress: moved });
    expect(metricsAsked()).toBe(1);
  });

  it('and their absence does not spoil a generation', async () => {
    server = await bad.serve({ '/v1/chat/completions': bad.stream(['4']) });
    const question = { check: 'deep', progress: progressAsk() } as const;
    expect(finding(await askOnce(target(server.port), streamAsk(), question))).toBe('ok answered');
  });
});

it('a round that ends between two readings leaves the failure as it was', async () => {
  const over = new AbortController();
  server = await bad.serve({
    '/health': bad.reset,
    '/metrics': (socket, request) => {
      bad.metrics(stuck)(socket, request);
      setTimeout(() => over.abort(), 20);
    },
  });
  const progress = progressAsk({ gapMs: 60_000 });
  const outcome = await askOnce(target(server.port), httpAsk(), { progress, signal: over.signal });
  expect(finding(outcome)).toBe('failed connection-reset');
});

describe('connections', () => {
  async function askThrice(connection: 'fresh' | 'reuse', behaviour: bad.Behaviour) {
    server = await bad.serve(behaviour);
    const probe = createProbe({ clock, random });
    const question = { target: target(server.port), check: 'shallow', progress: null, model: null } as const;
    const outcomes = [];
    for (let i = 0; i < 3; i++) {
      outcomes.push(await probe.ask({ ...question, probe: httpAsk({ connection }) }));
    }
    return { probe, findings: outcomes.map(finding), connectMs: outcomes.map((o) => o.timings?.connectMs) };
  }
  const allOk = ['ok answered', 'ok answered', 'ok answered'];

  it('are fresh each time, or one for all', async () => {
    const fresh = await askThrice('fresh', bad.reply(200));
    expect(fresh.findings).toEqual(allOk);
    expect(server?.connections()).toBe(3);
    await server?.close();

    const reuse = await askThrice('reuse', bad.reply(200, 'body'));
    expect(reuse.findings).toEqual(allOk);
    expect(server?.connections()).toBe(1);
    expect(reuse.connectMs.slice(1)).toEqual([0, 0]);
    reuse.probe.close();
    await expect.poll(() => server?.open(), { interval: 5 }).toBe(0);
  });

  it('are not reused when the server says close, or says more than it promised', async () => {
    const closing = await askThrice('reuse', bad.reply(200, '', { connection: 'close' }));
    expect(closing.findings).toEqual(allOk);
    expect(server?.connections()).toBe(3);
    await server?.close();
    await askThrice(
      'reuse',
      bad.raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n'),
    );
    expect(server?.connections()).toBe(3);
  });

  it('that were closed while idle say nothing about the server', async () => {
    const silently: bad.Behaviour = (socket, request) => {
      // Closes in the very moment in which the second question comes.
      if (request.nth === 2) socket.resetAndDestroy();
      else bad.reply(200)(socket, request);
    };
    const { findings, probe } = await askThrice('reuse', silently);
    expect(findings).toEqual(allOk);
    expect(server?.connections()).toBe(2);
    probe.close();
  });

  it('are kept after a stream that was read to its end', async () => {
    server = await bad.serve(bad.stream(['4']));
    const probe = createProbe({ clock, random });
    for (let i = 0; i < 2; i++) {
      const question = { target: target(server.port), check: 'deep', progress: null, model: null } as const;
      await probe.ask({ ...question, probe: streamAsk({ connection: 'reuse' }) });
    }
    probe.close();
    expect(server.connections()).toBe(1);
  });
});

it('never rejects: what cannot be asked at all is no evidence', async () => {
  const outcome = await askOnce(target(70_000), httpAsk());
  expect(finding(outcome)).toBe('unknown vantage-blind');
  expect(outcome.detail).toContain('70000');
});

it.each([httpAsk(), streamAsk(), { kind: 'tcp', timeoutMs: 1_000, connection: 'fresh' } as const])(
  'leaves no deadline behind for what it could not ask: $kind',
  async (ask) => {
    expect(finding(await askOnce(target(70_000), ask))).toBe('unknown vantage-blind');
    expect(vi.getTimerCount()).toBe(0);
  },
);
