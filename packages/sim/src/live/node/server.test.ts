import OpenAI from 'openai';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ownAddress } from '../testing/own-address.ts';
import type { Ailment } from './ailment.ts';
import { type InferenceNode, startNode } from './server.ts';

const scale = 0.02;
const running: InferenceNode[] = [];
let node: InferenceNode;
let base: string;
let client: OpenAI;

async function boot(loadMs = 0): Promise<InferenceNode> {
  const random = { next: () => 0.5 };
  const options = { id: 'i-1', model: 'sim', host: ownAddress, port: 0, loadMs, scale, random };
  const started = await startNode(options);
  running.push(started);
  return started;
}

beforeEach(async () => {
  node = await boot();
  base = `http://${node.host}:${node.port}`;
  client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 });
});

afterEach(async () => {
  vi.useRealTimers();
  for (const started of running.splice(0)) await started.stop();
});

const ail = (...ailments: Ailment[]) => node.afflict(new Set(ailments));
const messages = [{ role: 'user' as const, content: 'x1 Reply with the single word ready' }];
const chat = (options: { signal?: AbortSignal } = {}) =>
  client.chat.completions.create({ model: 'sim', messages, temperature: 0 }, options);
/** On a connection of its own: one that was kept may have been reset meanwhile. */
const get = async (path: string) => {
  const { statusCode, body } = await request(`${base}${path}`, { reset: true });
  return { statusCode, text: await body.text() };
};
const status = async (path: string) => (await get(path)).statusCode;
const metric = async (name: string) => {
  const { text } = await get('/metrics');
  return Number(new RegExp(`^vllm:${name}\\{.*\\} (\\S+)$`, 'm').exec(text)?.[1]);
};

describe('a healthy server', () => {
  test('answers a golden question, with usage and a finish reason', async () => {
    const answer = await chat();
    expect(answer.choices[0]).toMatchObject({ message: { content: 'ready' }, finish_reason: 'stop' });
    expect(answer.usage?.completion_tokens).toBe(1);
  });

  test.each([
    ['What is 1 + 1? Answer with one digit.', '2'],
    ['What is 7 - 3?', '4'],
    ['What is 6 * 7?', '42'],
  ])('can do sums: %s', async (content, answer) => {
    const said = await client.chat.completions.create({
      model: 'sim',
      messages: [{ role: 'user', content }],
    });
    expect(said.choices[0]?.message.content).toBe(answer);
  });

  test('streams: role, tokens, finish reason, usage, [DONE]', async () => {
    const stream = await client.chat.completions.create({
      model: 'sim',
      messages: [{ role: 'user', content: 'Count from 1 to 5' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(chunks.map((c) => c.choices[0]?.delta.content ?? '').join('')).toBe('1, 2, 3, 4, 5');
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(5);
  });

  test('stops at max_tokens and says so', async () => {
    const answer = await client.completions.create({ model: 'sim', prompt: 'talk', max_tokens: 4 });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.choices[0]?.text.split(' ')).toHaveLength(4);
  });

  test('counts in its metrics exactly what it made', async () => {
    await client.completions.create({ model: 'sim', prompt: 'talk', max_tokens: 7 });
    expect(await metric('generation_tokens_total')).toBe(7);
    expect(await metric('num_requests_running')).toBe(0);
  });

  test('answers a custom predict and the health paths of other servers', async () => {
    const body = JSON.stringify({ input: 'Reply with the single word yes' });
    const answer = await fetch(`${base}/predict`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ output: 'yes' });
    expect(await Promise.all(['/health', '/health_generate', '/v2/health/ready'].map(status))).toEqual([
      200, 200, 200,
    ]);
  });

  test('tells a wrong model, a wrong path and a broken body apart', async () => {
    await expect(client.chat.completions.create({ model: 'other', messages })).rejects.toMatchObject({
      status: 404,
      type: 'NotFoundError',
    });
    expect(await status('/nothing')).toBe(404);
    const broken = await fetch(`${base}/v1/chat/completions`, { method: 'POST', body: '{' });
    expect(broken.status).toBe(400);
  });

  test('runs a batch and lets the rest wait', async () => {
    await ail('hung');
    const asked = Array.from({ length: 20 }, () => chat());
    await expect.poll(() => metric('num_requests_waiting')).toBe(4);
    expect(await metric('num_requests_running')).toBe(16);
    await ail();
    expect((await Promise.all(asked)).every((a) => a.choices[0]?.message.content === 'ready')).toBe(true);
    expect(await metric('num_requests_running')).toBe(0);
  });
});

test('a server that loads its model says 503 on every path, then serves', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const loading = await boot(300);
  const at = `http://${loading.host}:${loading.port}`;
  const first = await fetch(`${at}/health`);
  expect(first.status).toBe(503);
  expect(await first.json()).toEqual({ status: 'loading model' });
  vi.advanceTimersByTime(299);
  expect((await fetch(`${at}/v1/models`)).status).toBe(503);
  vi.advanceTimersByTime(1);
  expect((await fetch(`${at}/health`)).status).toBe(200);
});

describe('what ails a server', () => {
  test('hung: healthy to look at, work pending, no token; goes on when mended', async () => {
    await ail('hung');
    const asked = chat();
    await expect.poll(() => metric('num_requests_running')).toBe(1);
    expect(await status('/health')).toBe(200);
    expect(await metric('generation_tokens_total')).toBe(0);
    expect(await metric('prompt_tokens_total')).toBe(0);
    await ail();
    expect((await asked).choices[0]?.message.content).toBe('ready');
  });

  test('hung: a client that leaves is still counted as running', async () => {
    await ail('hung');
    const leave = new AbortController();
    const asked = chat({ signal: leave.signal });
    const other = chat();
    await expect.poll(() => metric('num_requests_running')).toBe(2);
    leave.abort();
    await expect(asked).rejects.toThrow();
    expect(await metric('num_requests_running')).toBe(2);
    await ail();
    await other;
    await expect.poll(() => metric('num_requests_running')).toBe(0);
  });

  test('stalling: a stream begins and stands still', async () => {
    await ail('stalling');
    const stream = await client.chat.completions.create({
      model: 'sim',
      messages: [{ role: 'user', content: 'Count from 1 to 9' }],
      stream: true,
    });
    let text = '';
    const read = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    })();
    await expect.poll(() => text).toBe('1, 2');
    expect(await status('/health')).toBe(200);
    await ail();
    await read;
    expect(text).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9');
  });

  test('garbled: exclamation marks, up to the limit', async () => {
    await ail('garbled');
    const answer = await client.chat.completions.create({ model: 'sim', messages, max_tokens: 8 });
    expect(answer.choices[0]?.message.content).toBe('!!!!!!!!');
  });

  test('misreleased: a wrong answer and another revision', async () => {
    const right = await chat();
    await ail('misreleased');
    const wrong = await chat();
    expect(wrong.choices[0]?.message.content).not.toBe('ready');
    expect(wrong.system_fingerprint).not.toBe(right.system_fingerprint);
  });

  test('gpu-error: /health 200, generations a CUDA error', async () => {
    await ail('gpu-error');
    expect(await status('/health')).toBe(200);
    await expect(chat()).rejects.toThrow(/EngineDeadError.*CUDA error/);
  });

  test('overloaded: 429 with Retry-After, 503 that says so, some served, tokens advancing', async () => {
    await ail('overloaded');
    const settled = await Promise.allSettled([chat(), chat(), chat()]);
    const seen = settled.map((s) => (s.status === 'rejected' ? s.reason.status : 200));
    expect(seen.toSorted()).toEqual([200, 429, 503]);
    const refused = settled.find((s) => s.status === 'rejected' && s.reason.status === 429);
    expect(refused?.status === 'rejected' && refused.reason.headers.get('retry-after')).toBe('1');
    const before = await metric('generation_tokens_total');
    await expect.poll(() => metric('generation_tokens_total')).toBeGreaterThan(before);
    expect(await metric('num_requests_waiting')).toBeGreaterThan(0);
  });

  test('reloading: loads for as long as it lasts', async () => {
    await ail('reloading');
    expect(await status('/health')).toBe(503);
    await ail();
    expect(await status('/health')).toBe(200);
  });

  test('starved: everything far later', async () => {
    await ail('starved');
    const began = performance.now();
    expect(await status('/health')).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(4_000 * scale - 5);
  });

  test('far: latency on everything', async () => {
    await ail('far');
    const began = performance.now();
    await chat();
    expect(performance.now() - began).toBeGreaterThan((250 + 6 * 120) * scale - 5);
  });

  test('grey: some requests fail', async () => {
    const draws = [0.1, 0.5];
    const random = { next: () => draws.shift() ?? 1 };
    const grey = await startNode({
      id: 'i-2',
      model: 'sim',
      host: ownAddress,
      port: 0,
      loadMs: 0,
      scale,
      random,
    });
    running.push(grey);
    await grey.afflict(new Set(['grey']));
    const at = `http://${grey.host}:${grey.port}/health`;
    expect([(await fetch(at)).status, (await fetch(at)).status]).toEqual([500, 200]);
  });

  test('unprobeable: 404 to probes, service to clients of the balancer and to its checks', async () => {
    await ail('unprobeable');
    const as = async (headers: Record<string, string>) => (await fetch(`${base}/health`, { headers })).status;
    expect(await as({})).toBe(404);
    expect(await as({ 'x-forwarded-for': '127.0.0.1', 'x-evac-probe': 'deep' })).toBe(404);
    expect(await as({ 'x-forwarded-for': '127.0.0.1', 'user-agent': 'evac-probe' })).toBe(404);
    expect(await as({ 'x-forwarded-for': '127.0.0.1' })).toBe(200);
    expect(await as({ 'user-agent': 'ELB-HealthChecker/2.0' })).toBe(200);
  });

  test('crashed: refused at once, in flight cut; a new process with new counters when mended', async () => {
    await chat();
    await ail('hung');
    const asked = chat();
    await expect.poll(() => metric('num_requests_running')).toBe(1);
    await ail('crashed');
    await expect(asked).rejects.toThrow(/Connection error/);
    await expect(fetch(`${base}/health`)).rejects.toThrow();
    await ail();
    expect(await metric('generation_tokens_total')).toBe(0);
  });

  test('restarted: in flight cut, 503 while the model loads, then new counters and what ails it now', async () => {
    await chat();
    await ail('hung');
    const asked = chat();
    await expect.poll(() => metric('num_requests_running')).toBe(1);
    vi.useFakeTimers({ toFake: ['Date'] });
    await node.restart(new Set(['far']), 300);
    await expect(asked).rejects.toThrow(/Connection error/);
    expect(await status('/health')).toBe(503);
    await expect(chat()).rejects.toThrow(/Loading model/);
    vi.advanceTimersByTime(300);
    expect(await status('/health')).toBe(200);
    expect(await metric('generation_tokens_total')).toBe(0);
    expect((await chat()).choices[0]?.message.content).toBe('ready');
  });

  test('isolated: neither answered nor refused', async () => {
    await ail('isolated');
    await expect(fetch(`${base}/health`, { signal: AbortSignal.timeout(60) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await ail();
    expect(await status('/health')).toBe(200);
  });
});
