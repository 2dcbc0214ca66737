import { afterEach, describe, expect, it } from 'vitest';
import { createProbe } from './create-probe.ts';
import { askOnce, clock, finding, random, streamAsk, target } from './testing/asking.ts';
import * as bad from './testing/misbehave.ts';
import { doneEvent, event, finish, lastChunk, streamHead, token } from './testing/misbehave.ts';
import { timeByTurns } from './testing/time-by-turns.ts';

timeByTurns();

let server: bad.BadServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function ask(
  routes: Parameters<typeof bad.serve>[0],
  probe: Parameters<typeof streamAsk>[0] = {},
  model: string | null = null,
) {
  server = await bad.serve(routes);
  return askOnce(target(server.port), streamAsk(probe), { check: 'deep', model });
}

describe('a generation', () => {
  it('is ok with its model, its times and its rate', async () => {
    const outcome = await ask((socket) => {
      setTimeout(() => socket.write(streamHead + bad.chunk(': ping\n\n') + token('4')), 50);
      setTimeout(() => socket.write(token('.')), 250);
      const usage = event({ model: 'm1', choices: [], usage: { completion_tokens: 11 } });
      const fingerprint = event({ model: 'm1', system_fingerprint: 'fp_1', choices: [] });
      setTimeout(() => socket.write(finish('stop') + fingerprint + usage + doneEvent + lastChunk), 260);
    });
    expect(outcome).toMatchObject({ class: 'ok', reason: 'answered', model: 'm1', revision: 'fp_1' });
    expect(outcome.warnings).toBeUndefined();
    expect(outcome.detail).toMatch(/^2 tokens, finish_reason stop, first token in \d+ms, \d+ tokens\/s$/);
    const { connectMs, firstByteMs, longestGapMs, tokensPerSecond } = outcome.timings ?? {};
    expect(connectMs).toBeGreaterThanOrEqual(0);
    expect(firstByteMs).toBeGreaterThanOrEqual((connectMs ?? 0) + 50);
    expect(outcome.firstTokenMs).toBeGreaterThanOrEqual(firstByteMs ?? 0);
    expect(longestGapMs).toBeGreaterThan(10);
    // Ten tokens after the first, in the time between the first and the last chunk.
    expect(tokensPerSecond).toBeCloseTo(10_000 / (longestGapMs ?? 1), 0);
  });

  it('is asked for greedily, streamed, and with a nonce that leads', async () => {
    await ask(bad.stream(['4']), { headers: { authorization: 'Bearer k' } });
    const request = server?.requests[0];
    const body = JSON.parse(request?.body ?? '');
    expect(request?.head).toContain('authorization: Bearer k');
    expect(body).toMatchObject({ model: 'm1', max_tokens: 8, temperature: 0, stream: true });
    expect(body.messages[0].content).toMatch(/^\[[0-9a-z]+\] What is 2\+2\?/);
    await server?.close();
    await ask(bad.stream(['4']), { api: 'completions', path: '/v1/completions', nonce: false });
    expect(JSON.parse(server?.requests[0]?.body ?? '').prompt).toMatch(/^What is 2\+2\?/);
  });

  it('counts completions, reasoning and tool calls as tokens', async () => {
    const choices = [
      { text: 'a' },
      { delta: { reasoning_content: 'b' } },
      { delta: { tool_calls: [{ id: 1 }] } },
    ];
    const events = choices.map((choice) => event({ choices: [choice] }));
    const outcome = await ask(bad.raw(streamHead, ...events, finish('tool_calls'), doneEvent));
    expect(outcome.detail).toMatch(/^3 tokens/);
  });

  it('may come in pieces that split characters and events', async () => {
    const bytes = Buffer.from(streamHead + token('größe') + finish('stop') + doneEvent + lastChunk);
    const outcome = await ask(
      (socket) => {
        let at = 0;
        const timer = setInterval(() => {
          socket.write(bytes.subarray(at, at + 7));
          at += 7;
          if (at >= bytes.length) clearInterval(timer);
        }, 1);
      },
      { accepted: ['größe'] },
    );
    expect(finding(outcome)).toBe('ok answered');
  });

  it('without [DONE] is a warning when it ended properly', async () => {
    const outcome = await ask(bad.raw(streamHead, token('4'), finish('stop'), lastChunk));
    expect(outcome).toMatchObject({ class: 'ok', warnings: ['the stream ended without [DONE]'] });
  });
});

describe('a stream that goes wrong', () => {
  const oneToken = streamHead + token('4');

  it.each<[string, bad.Behaviour, string]>([
    ['half a stream, closed', bad.closeAfter(oneToken), 'stream-cut'],
    ['half a stream, reset', bad.resetAfter(oneToken), 'stream-cut'],
    ['closed before the first token', bad.closeAfter(streamHead), 'connection-closed'],
    ['no finish_reason', bad.raw(oneToken, doneEvent, lastChunk), 'no-finish-reason'],
    ['no finish_reason and no [DONE]', bad.raw(oneToken, lastChunk), 'no-finish-reason'],
    [
      'closed without [DONE] where only the close ends it',
      bad.closeAfter(
        'HTTP/1.1 200 OK\r\n\r\n',
        'data: {"choices":[{"text":"4","finish_reason":"stop"}]}\n\n',
      ),
      'stream-cut',
    ],
    ['no token', bad.raw(streamHead, finish('stop'), doneEvent, lastChunk), 'no-tokens'],
    ['comments only, and an end', bad.raw(streamHead, bad.chunk(': hi\n\n'), lastChunk), 'no-tokens'],
    ['not a stream at all', bad.json({ choices: [] }), 'no-tokens'],
    ['an event that is not JSON', bad.raw(oneToken, event('{"choices": [NaN'), doneEvent), 'invalid-json'],
    ['an event that is no object', bad.raw(oneToken, event('[1]'), doneEvent), 'invalid-json'],
    [
      'bytes that are not UTF-8',
      bad.raw(oneToken, Buffer.concat([Buffer.from('1\r\n'), Buffer.from([0xff]), Buffer.from('\r\n')])),
      'invalid-utf8',
    ],
    ['an error event', bad.raw(oneToken, event({ error: { message: 'CUDA error' } })), 'engine-error'],
    ['finish_reason "error"', bad.raw(oneToken, finish('error'), doneEvent), 'engine-error'],
    ['finish_reason "abort"', bad.raw(oneToken, finish('abort'), doneEvent), 'engine-error'],
  ])('%s', async (_, behaviour, reason) => {
    expect(finding(await ask(behaviour))).toBe(`failed ${reason}`);
  });

  it('stalls after its first tokens', async () => {
    const outcome = await ask(bad.raw(oneToken, token('2')), { longestGapMs: 300 });
    expect(outcome).toMatchObject({ reason: 'stream-stalled', detail: 'no token for 300ms, after 2 tokens' });
  });

  it('a comment does not end a stall', async () => {
    const outcome = await ask(
      (socket, request) => {
        bad.commentsOnly(20)(socket, request);
        socket.write(token('4'));
      },
      { longestGapMs: 300 },
    );
    expect(finding(outcome)).toBe('failed stream-stalled');
  });

  it('sends SSE comments only', async () => {
    const outcome = await ask(bad.commentsOnly(20), { firstTokenMs: 500 });
    expect(finding(outcome)).toBe('failed first-token-timeout');
    expect(outcome.detail).toContain('no token within 500ms');
    await server?.close();
    const whole = await ask(bad.commentsOnly(20), { timeoutMs: 500 });
    expect(finding(whole)).toBe('failed first-token-timeout');
  });

  it('hangs after accept, or in its headers', async () => {
    const outcome = await ask(bad.hang, { firstTokenMs: 300 });
    expect(finding(outcome)).toBe('failed headers-timeout');
    await server?.close();
    expect(finding(await ask(bad.slowHeaders(20), { timeoutMs: 300 }))).toBe('failed headers-timeout');
  });

  it('goes on and on', async () => {
    const talk: bad.Behaviour = (socket) => {
      socket.write(streamHead);
      const timer = setInterval(() => socket.write(token('a ')), 10);
      socket.on('close', () => clearInterval(timer));
    };
    expect(finding(await ask(talk, { timeoutMs: 500 }))).toBe('failed body-timeout');
    await server?.close();
    expect(finding(await ask(talk, { maxBodyBytes: 300 }))).toBe('failed body-too-large');
  });

  it.each([
    [429, 'saturated too-many-requests'],
    [400, 'misconfigured bad-request'],
    [503, 'failed engine-error'],
  ])('an error event with code %i is %s', async (code, expected) => {
    const behaviour = bad.raw(streamHead, event({ error: { code, message: 'no' } }), lastChunk);
    expect(finding(await ask(behaviour))).toBe(expected);
  });

  it.each([
    [bad.reply(404, '{"message":"The model `m1` does not exist."}'), 'misconfigured not-found'],
    [bad.reply(503, 'overloaded'), 'saturated overload-body'],
    [bad.reply(503, 'Loading model'), 'starting loading'],
    [bad.reply(503, '', { 'retry-after': '1' }), 'saturated retry-after'],
    [bad.reply(529), 'saturated overloaded'],
    [bad.reply(500), 'failed status-5xx'],
  ])('a status instead of a stream: case %#', async (behaviour, expected) => {
    expect(finding(await ask(behaviour))).toBe(expected);
  });
});

describe('what it says', () => {
  it('must come from the expected model', async () => {
    const outcome = await ask(bad.stream(['4'], 'm2'), {}, 'm1');
    expect(outcome).toMatchObject({
      reason: 'wrong-model',
      model: 'm2',
      detail: 'model "m2", expected "m1"',
    });
  });

  it('must be one of the accepted answers', async () => {
    const accepted = ['4', 'four'];
    expect(finding(await ask(bad.stream(['Fo', 'ur', '!']), { accepted }))).toBe('ok answered');
    await server?.close();
    const wrong = await ask(bad.stream(['4', '2']), { accepted });
    expect(wrong).toMatchObject({
      reason: 'wrong-answer',
      detail: 'the answer is "42", expected "4" or "four"',
    });
  });

  it('must not be garbage, whatever is accepted', async () => {
    expect(finding(await ask(bad.stream(['!!', '!!', '!!'])))).toBe('failed garbage-answer');
  });
});

describe('a model that nobody named', () => {
  const models = (id: string) => bad.json({ data: [{ id }] });

  it('is asked for once, and again after a status that was not expected', async () => {
    const answers: bad.Behaviour[] = [
      bad.stream(['4']),
      bad.stream(['4']),
      bad.reply(404),
      bad.stream(['4']),
    ];
    server = await bad.serve({
      '/v1/models': models('m1'),
      '/v1/chat/completions': (socket, request) => answers[request.nth - 1]?.(socket, request),
    });
    const probe = createProbe({ clock, random });
    const findings: string[] = [];
    for (const _ of answers) {
      const question = { target: target(server.port), probe: streamAsk({ model: null }), progress: null };
      findings.push(finding(await probe.ask({ ...question, check: 'deep', model: null })));
    }
    probe.close();
    expect(findings).toEqual(['ok answered', 'ok answered', 'misconfigured not-found', 'ok answered']);
    expect(server.requests.filter((request) => request.path === '/v1/models')).toHaveLength(2);
    expect(JSON.parse(server.requests[1]?.body ?? '').model).toBe('m1');
  });

  it('is the service’s where the service has one', async () => {
    await ask(bad.stream(['4']), { model: null }, 'm1');
    expect(server?.requests.map((request) => request.path)).toEqual(['/v1/chat/completions']);
  });

  it.each([
    ['hangs', bad.hang, 'failed headers-timeout'],
    ['is empty', bad.json({ data: [] }), 'failed wrong-model'],
    ['is no JSON', bad.reply(200, 'x'), 'failed invalid-json'],
    ['is not there', bad.reply(404), 'misconfigured not-found'],
  ])('cannot be had when the list %s', async (_, list, expected) => {
    const outcome = await ask({ '/v1/models': list }, { model: null, timeoutMs: 500 });
    expect(finding(outcome)).toBe(expected);
  });
});
