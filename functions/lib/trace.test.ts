import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import middy from '@middy/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lambdaContext } from './testing/aws.ts';
import { traced } from './trace.ts';

let daemon: ReturnType<typeof createSocket>;
let heard: string[];
beforeEach(async () => {
  heard = [];
  daemon = createSocket('udp4');
  daemon.on('message', (message) => heard.push(message.toString()));
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
});
afterEach(() => daemon.close());

const root = '1-5759e988-bd862e3fe1be46a994272793';
const event = {
  step: 'drain',
  execution: 'x.r1',
  input: { service: 'llm', incident: 'x', move: 'replace-node', because: 'it said "secret"' },
};
const run = (header: string, work: () => Promise<unknown> = async () => 'done', address?: string) => {
  const env = {
    _X_AMZN_TRACE_ID: header,
    AWS_XRAY_DAEMON_ADDRESS: address ?? `127.0.0.1:${daemon.address().port}`,
  };
  return middy(work).use(traced('traffic', env))(event, lambdaContext());
};
const segment = async () => {
  await expect.poll(() => heard.length).toBe(1);
  const [header = '', body = ''] = heard[0]?.split('\n') ?? [];
  expect(JSON.parse(header)).toEqual({ format: 'json', version: 1 });
  return JSON.parse(body);
};

describe('a run that X-Ray samples', () => {
  it('is told with what it is about, and nothing that it quotes', async () => {
    await run(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`);
    const told = await segment();
    expect(told).toMatchObject({
      name: 'traffic',
      type: 'subsegment',
      trace_id: root,
      parent_id: '53995c3f42cd8ad8',
      annotations: { service: 'llm', incident: 'x', move: 'replace-node', step: 'drain', execution: 'x.r1' },
    });
    expect(told.id).toMatch(/^[0-9a-f]{16}$/);
    expect(told.end_time).toBeGreaterThanOrEqual(told.start_time);
    expect(told).not.toHaveProperty('fault');
    expect(heard[0]).not.toContain('secret');
  });

  it('that failed is told so, by the error’s name', async () => {
    const work = () => Promise.reject(Object.assign(new Error('it said "secret"'), { name: 'GiveUp' }));
    await expect(run(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`, work)).rejects.toThrow();
    expect(await segment()).toMatchObject({ fault: true, annotations: { error: 'GiveUp' } });
    expect(heard[0]).not.toContain('secret');
  });

  it('goes on where there is no daemon', async () => {
    const header = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`;
    for (const address of ['', 'nonsense', 'tcp:127.0.0.1:1 udp:127.0.0.1:1']) {
      expect(await run(header, async () => 'done', address)).toBe('done');
    }
  });
});

describe('a run that is not sampled', () => {
  it.each(['', `Root=${root};Parent=53995c3f42cd8ad8;Sampled=0`, `Root=${root};Lineage=a:0`])(
    'is told nobody: %s',
    async (header) => {
      await run(header);
      await run(`Root=${root};Parent=0000000000000000;Sampled=1`);
      expect((await segment()).parent_id).toBe('0000000000000000');
    },
  );
});
