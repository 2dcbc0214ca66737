import { incidentId, type Notification, regionName, serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClients } from '../clients.ts';
import { patient, unanswered } from '../testing/aws.ts';
import { createTestClock } from '../testing/clock.ts';
import { type Stub, type StubCall, type StubReply, startStub } from '../testing/stub.ts';
import { type Channels, createNotify } from './notify.ts';

const notification: Notification = {
  severity: 'warning',
  service: serviceName('llm'),
  title: 'replace-node i-a1: reverted',
  text: 'the replacement never served',
  incident: incidentId('replace-node.llm.i-a1.abc'),
};
const both = { topicArn: 'arn:aws:sns:us-west-2:123456789012:evac', busName: 'evac' };

let stub: Stub;
let close: () => void;
let sns: (call: StubCall) => StubReply;
let bus: (call: StubCall) => StubReply;
beforeEach(async () => {
  sns = () => ({
    status: 200,
    body: '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
  });
  bus = () => events({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
  stub = await startStub((call) => (call.action === 'PutEvents' ? bus(call) : sns(call)));
});
afterEach(async () => {
  close();
  await stub.close();
});

function send(
  change: Partial<Notification> = {},
  channels: Channels = both,
  patience = patient,
): Promise<void> {
  const clients = createClients({
    region: regionName('us-west-2'),
    endpoint: stub.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...patience,
    attempts: 2,
  });
  close = () => clients.destroy();
  return createNotify({ clients, clock: createTestClock() }, channels).send({ ...notification, ...change });
}
function events(body: unknown): StubReply {
  return {
    status: 200,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/x-amz-json-1.1' },
  };
}
const count = (action: string) => stub.calls.filter((call) => call.action === action).length;
const published = () =>
  Object.fromEntries(new URLSearchParams(stub.calls.find((call) => call.action === 'Publish')?.body));
function put(): { Source: string; DetailType: string; EventBusName: string; Detail: string } {
  const body = stub.calls.find((call) => call.action === 'PutEvents')?.body ?? '';
  return JSON.parse(body).Entries[0];
}

describe('a notification', () => {
  it('tells people all that is known, with attributes to filter by', async () => {
    await send();
    expect(published()).toMatchObject({
      TopicArn: both.topicArn,
      Subject: 'Evac warning: llm: replace-node i-a1: reverted',
      'MessageAttributes.entry.1.Name': 'severity',
      'MessageAttributes.entry.1.Value.StringValue': 'warning',
    });
    expect(published().Message).toBe(`replace-node i-a1: reverted

the replacement never served

service   llm
severity  warning
incident  replace-node.llm.i-a1.abc
cell      us-west-2
time      2023-11-14T22:13:20.000Z`);
  });

  it('tells machines the same as an event', async () => {
    await send();
    const { Detail, ...entry } = put();
    expect(entry).toEqual({ Source: 'evac', DetailType: 'Evac notification', EventBusName: 'evac' });
    expect(JSON.parse(Detail)).toEqual({
      ...notification,
      region: 'us-west-2',
      at: '2023-11-14T22:13:20.000Z',
    });
  });

  it('goes only where there is a channel', async () => {
    await send({}, { busName: 'evac' });
    expect(stub.calls.map((call) => call.action)).toEqual(['PutEvents']);
  });

  it('goes nowhere without one', async () => {
    await send({}, {});
    expect(stub.calls).toEqual([]);
  });
});

describe('a subject', () => {
  it.each([
    ['with line breaks', 'a\nb\r\nc\td', 'Evac warning: llm: a b c d'],
    ['with other letters', 'Zürich – 東京 ✓ ok', 'Evac warning: llm: Zurich ok'],
    ['of control characters', 'a\u0000\u001bb', 'Evac warning: llm: a b'],
  ])('%s is one that SNS takes', async (_, title, expected) => {
    await send({ title });
    expect(published().Subject).toBe(expected);
  });

  it('stays under 100 characters', async () => {
    await send({ title: 'x'.repeat(200) });
    expect(published().Subject).toHaveLength(99);
  });
});

describe('a text', () => {
  it('that is long is cut between two characters, and it is said by how much', async () => {
    await send({ text: 'ü'.repeat(200_000) });
    const { text } = JSON.parse(put().Detail);
    expect(text).toMatch(/^ü{10000} … \(380000 bytes more\)$/);
    expect(Buffer.byteLength(published().Message ?? '')).toBeLessThan(30_000);
  });

  it.each([
    ['https://ann:hunter2@llm.test/v1', 'hunter2'],
    ['header Authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
    ['header Authorization: Token verysecret1', 'verysecret1'],
    ['should have been\nx-amz-security-token:IQoJb3JpZ2luX2VjE\nhost', 'IQoJb3JpZ2luX2VjE'],
    ['"x-api-key": "verysecret1"', 'verysecret1'],
    ['GET /v1?api_key=verysecret1&x=1', 'verysecret1'],
    ['https://s3/x?X-Amz-Signature=verysecret1', 'verysecret1'],
    ['key AKIAIOSFODNN7EXAMPLE was used', 'AKIAIOSFODNN7EXAMPLE'],
    ['OPENAI sk-proj-abcdefghijklmnop1234', 'abcdefghijklmnop1234'],
  ])('without the secret of %s', async (text, secret) => {
    await send({ text, title: text });
    expect(stub.calls).toHaveLength(2);
    for (const call of stub.calls) expect(decodeURIComponent(call.body)).not.toContain(secret);
  });

  it('keeps what only looks a little like one', async () => {
    const text = 'node i-0123456789abcdef0 (task-force-one) answered 503; key metrics: tokens=12';
    await send({ text });
    expect(JSON.parse(put().Detail).text).toBe(text);
  });
});

describe('a channel that fails', () => {
  const down = { status: 500, body: '' };

  it('does not repeat the other, and is reported', async () => {
    sns = () => down;
    const failures: unknown[] = [];
    await send({}, { ...both, onFailure: (error) => failures.push(error) });
    expect(count('PutEvents')).toBe(1);
    expect(failures).toEqual([expect.objectContaining({ name: 'LostAnswer' })]);
  });

  it('is an error when there is no other, or when all do', async () => {
    sns = () => down;
    bus = () => 'reset';
    await expect(send()).rejects.toMatchObject({ name: 'LostAnswer' });
    await expect(send({}, { topicArn: both.topicArn })).rejects.toMatchObject({ name: 'LostAnswer' });
  });

  it.each(['reset', 'hang'] as const)('once (%s) is asked again', async (trouble) => {
    bus = () => (count('PutEvents') === 1 ? trouble : events({ FailedEntryCount: 0, Entries: [{}] }));
    await send({}, both, trouble === 'hang' ? unanswered : patient);
    expect(count('PutEvents')).toBe(2);
  });

  it('inside of an answer that is in order is asked again, and then told', async () => {
    const refusal = {
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'sorry' }],
    };
    bus = () => events(count('PutEvents') === 1 ? refusal : { FailedEntryCount: 0, Entries: [{}] });
    await send();
    expect(count('PutEvents')).toBe(2);
    bus = () => events(refusal);
    await expect(send({}, { busName: 'evac' })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'EventBridge did not take the event, 3 times: InternalFailure: sorry',
    });
  });
});
