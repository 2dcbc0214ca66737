import { once } from 'node:events';
import http from 'node:http';
import { createAlarmMemory, createStore } from '@evac/aws';
import { type HttpAsk, incidentId, type ServiceSettings, type StreamAsk, vantageId } from '@evac/core';
import type { MoveInput } from '@evac/workflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instance, instances } from '../../packages/aws/src/testing/aws.ts';
import { nodes, settings, west, zoneA } from '../../packages/core/src/testing/snapshot.ts';
import { composeCell } from './cell.ts';
import { systemClock } from './clock.ts';
import { createDecideHandler } from './decide/handler.ts';
import { createProbeHandler } from './probe/handler.ts';
import { createStepHandler } from './step-handler.ts';
import { type FunctionsWorld, lambdaContext, startFunctionsWorld } from './testing/aws.ts';
import { watchLog } from './testing/log.ts';
import { environment, nextNumber, sixNodes } from './testing/region.ts';

/** What the config asks with, and what servers answer: none of it may come to a log. */
const prompt = 'what ails Mrs Jones of Elm Street?';
const credential = 'team-7 0pen-sesame-quicksilver';
const answer = 'Mrs Jones has the measles';
// Letters only: four digits turn up in a clock's milliseconds sooner or later.
const leaked = /Jones|Elm Street|measles|sesame|quicksilver/;

/** Longer than any machine that is only busy stands still: every answer here comes at once. */
const patienceMs = 15_000;
const ask = { timeoutMs: patienceMs, connection: 'fresh' as const };
const bounds = { maxBodyBytes: 100_000, overloadPattern: null, loadingPattern: null };
const headers = { authorization: credential, 'x-team': credential };
const shallow = (assertions: HttpAsk['assertions']): HttpAsk => ({
  ...ask,
  ...bounds,
  kind: 'http',
  method: 'POST',
  path: '/v1/answers',
  headers,
  body: JSON.stringify({ prompt }),
  assertions,
  followRedirects: 0,
});
const ok = { kind: 'status', from: 200, to: 299 } as const;
const deep: StreamAsk = {
  ...ask,
  ...bounds,
  kind: 'openai-stream',
  path: '/v1/chat/completions',
  api: 'chat',
  headers,
  model: 'm',
  prompt,
  maxTokens: 8,
  nonce: false,
  firstTokenMs: patienceMs,
  longestGapMs: patienceMs,
  accepted: [answer],
};

type Answer = (response: http.ServerResponse, asked: { authorization: string; body: string }) => void;
const text =
  (status: number, of: (asked: { authorization: string; body: string }) => string): Answer =>
  (response, asked) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(of(asked));
  };
const stream =
  (...chunks: object[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    response.end('data: [DONE]\n\n');
  };
const said = (content: string, finish_reason: string | null = null) => ({
  model: 'm',
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
const long = `${answer}, ${'and so on '.repeat(20)}`;

const servers: [string, Partial<ServiceSettings>, Answer][] = [
  [
    'refuses with all that it was asked',
    { shallow: shallow([ok]) },
    text(500, ({ authorization, body }) => `no: ${authorization}: ${body}`),
  ],
  ['does not take the key', { shallow: shallow([ok]) }, text(401, ({ authorization }) => authorization)],
  [
    'answers otherwise than expected',
    { shallow: shallow([ok, { kind: 'body-includes', text: answer }]) },
    text(200, ({ body }) => body),
  ],
  [
    'answers a list where a text was expected, longer than is shown, and more',
    {
      shallow: shallow([
        ok,
        { kind: 'json-path', path: '$.all', equals: answer },
        { kind: 'body-excludes', text: 'Jones' },
      ]),
    },
    text(200, () => JSON.stringify({ all: [long, answer] })),
  ],
  [
    'sends the key back in a header',
    { shallow: shallow([ok, { kind: 'header', name: 'x-team', pattern: '^other$' }]) },
    (response, { authorization }) => response.writeHead(200, { 'x-team': authorization }).end('{}'),
  ],
  ['answers what nobody can read', { shallow: shallow([ok]) }, (r) => r.socket?.end(`${answer}\r\n\r\n`)],
  ['generates the wrong answer', { deep }, stream(said(prompt), said('', 'stop'))],
  [
    'generates garbage',
    { deep: { ...deep, accepted: null } },
    stream(said('Jones'.repeat(60)), said('', 'stop')),
  ],
  [
    'tells of an error in its stream',
    { deep },
    stream({ error: { message: `${credential}: ${prompt}`, code: 500 } }),
  ],
  [
    'sends its answer as its type',
    { deep },
    (response) => response.writeHead(200, { 'content-type': answer }).end('{}'),
  ],
];

let aws: FunctionsWorld;
let log: ReturnType<typeof watchLog>;
let server: http.Server;
let answering: Answer;
let asked: string[];
beforeEach(async () => {
  asked = [];
  log = watchLog();
  server = http
    .createServer(async (request, response) => {
      const { authorization = '' } = request.headers;
      const body = (await request.toArray()).join('');
      asked.push(`${authorization} ${body}`);
      if (request.method === 'POST') answering(response, { authorization, body });
      else response.end('{}');
    })
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  log.stop();
  server.closeAllConnections();
  server.close();
  await aws.close();
});

describe('no prompt, answer or credential comes to a log where a server', () => {
  it.each(servers)('%s', async (_, change, how) => {
    answering = how;
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const usual = settings();
    // One round of a minute, in which each node generates, and whose first answers leave nothing to ask again.
    const timing = { ...usual.timing, intervalMs: 60_000, deepIntervalMs: 60_000, fastIntervalMs: 30_000 };
    const thresholds = { ...usual.thresholds, drainAfter: 1, replaceAfter: 1 };
    const service = settings({ port, timing, thresholds, shallow: { ...ask, kind: 'tcp' }, ...change });
    const script = {
      ...sixNodes,
      DescribeInstances: instances(
        ...nodes.map(({ id, zone }) =>
          instance(id, { placement: { availabilityZone: zone }, privateIpAddress: '127.0.0.1' }),
        ),
      ),
    };
    aws = await startFunctionsWorld(script, [service]);
    const world = { ...aws.world, clock: systemClock };
    const notify = () => ({
      send: (told: object) => Promise.reject(new Error(`no topic takes ${JSON.stringify(told)}`)),
    });
    const machines = () => ({ start: async () => 'started' as const, running: async () => [] });
    const bound = composeCell(
      environment,
      { notify, alarms: (c) => createAlarmMemory(c, 'evac'), machines },
      world,
    );
    const decide = createDecideHandler(() => ({ ...bound, alarms: {} }));
    const store = createStore(bound.context, 'evac');

    await decide({ tick: true }, lambdaContext());
    const vantage = {
      id: vantageId('in/us-west-2a'),
      region: west,
      zone: zoneA,
      controls: [`http://127.0.0.1:${port}/`],
    };
    const probe = createProbeHandler(() => ({ region: west, table: 'evac', settings: '', vantage }), world);
    const body = { at: new Date().toISOString(), after: 0, for: 60, shard: 0, shards: 1 };
    const attributes = { SentTimestamp: String(Date.now()) };
    await probe({ Records: [{ body: JSON.stringify(body), attributes }] }, lambdaContext());

    expect(asked.some((one) => one.includes(credential) && one.includes('Jones'))).toBe(true);
    const [observation] = await store.observations({ service: service.name });
    const bad = observation?.outcomes.find((o) => o.class !== 'ok');
    expect(bad).toBeDefined();

    const Records = [...aws.db.table.items.values()]
      .filter((item) => item.pk?.S?.startsWith('observation#'))
      .map((item) => {
        const NewImage = JSON.parse(JSON.stringify(item));
        return {
          eventID: 'e',
          eventName: 'MODIFY' as const,
          dynamodb: { SequenceNumber: nextNumber(), NewImage },
        };
      });
    await decide({ Records }, lambdaContext());
    await decide({ tick: true }, lambdaContext());

    const record = createStepHandler('record', () => composeCell(environment, { notify }, world));
    const node = nodes[0]!;
    const input: MoveInput = {
      incident: incidentId('replace-node.llm.1'),
      service: service.name,
      move: 'replace-node',
      subject: { kind: 'node', region: west, zone: node.zone, node: node.id },
      cell: west,
      verb: 'automatic',
      by: 'evac',
      because: `1 of 1 vantages: ${bad?.reason} (${bad?.detail})`,
      needsApproval: false,
      waits: { pollSeconds: 1, holdSeconds: 1 },
    };
    const call = { execution: input.incident, input, lease: null, error: null };
    const { lease = null } = { lease: null, ...(await record({ ...call, step: 'admit' }, lambdaContext())) };
    const failed = await record({ ...call, step: 'close', lease }, lambdaContext()).catch(
      (error: Error) => error,
    );

    const everything = [...log.lines, failed instanceof Error ? `${failed.message} ${failed.stack}` : ''];
    expect(everything.join('\n')).not.toMatch(leaked);
    expect(everything.join('\n')).toContain('no topic takes');
  });
});
