import { nodeId } from '@evac/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createClients } from './clients.ts';
import { instancesById, taggedInstance, zonesOfRegion, zonesOfSubnets } from './instances.ts';
import { ec2Answer, instance, instances, type Script, type StubAws, startAws } from './testing/aws.ts';
import type { StubReply } from './testing/stub.ts';

let aws: StubAws | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws?.close();
});

async function clientsOf(script: Record<string, Script>) {
  aws = await startAws(script);
  return aws.context.clients;
}
const a1 = nodeId('i-a1');
const asked = () => aws?.asked('DescribeInstances') ?? [];

/** A refusal as EC2 writes it, which is not as the other query services do. */
const refused = (code: string, message: string, status = 400): StubReply => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`,
  headers: { 'content-type': 'text/xml' },
});

describe('an instance', () => {
  test('has what a fleet needs of it', async () => {
    const clients = await clientsOf({ DescribeInstances: instances(instance('i-a1')) });
    expect(await instancesById(clients, [a1])).toEqual(
      new Map([
        [
          'i-a1',
          {
            id: 'i-a1',
            state: 'running',
            zone: 'us-west-2a',
            host: '10.0.0.4',
            launchedAt: 1_699_999_000_000,
          },
        ],
      ]),
    );
  });

  test('of which EC2 knows only the id yet has no address, zone or time', async () => {
    const clients = await clientsOf({
      DescribeInstances: ec2Answer('DescribeInstances', {
        reservationSet: [{ instancesSet: [{ instanceId: 'i-a1' }] }],
      }),
    });
    expect([...(await instancesById(clients, [a1])).values()]).toEqual([
      { id: 'i-a1', state: '', zone: null, host: '', launchedAt: null },
    ]);
  });

  test('is found among several of one reservation, and in several reservations', async () => {
    const clients = await clientsOf({
      DescribeInstances: ec2Answer('DescribeInstances', {
        reservationSet: [
          { instancesSet: [instance('i-a1'), instance('i-a2')] },
          { instancesSet: [instance('i-a3')] },
        ],
      }),
    });
    expect([...(await instancesById(clients, [a1])).keys()]).toEqual(['i-a1', 'i-a2', 'i-a3']);
  });

  test('that does not exist is missing', async () => {
    const clients = await clientsOf({
      DescribeInstances: ec2Answer('DescribeInstances', { reservationSet: '' }),
    });
    expect(await instancesById(clients, [a1])).toEqual(new Map());
  });

  test('is looked for on every page', async () => {
    const page = (id: string, next: string) =>
      ec2Answer('DescribeInstances', {
        reservationSet: [{ instancesSet: [instance(id)] }],
        nextToken: next,
      });
    const clients = await clientsOf({ DescribeInstances: [page('i-a1', 'a token/+='), page('i-a2', '')] });
    expect([...(await instancesById(clients, [a1])).keys()]).toEqual(['i-a1', 'i-a2']);
    expect(asked().map((call) => call.NextToken)).toEqual([undefined, 'a token/+=']);
  });

  test('is asked for with 200 others at most, as a filter takes no more values', async () => {
    const clients = await clientsOf({ DescribeInstances: instances() });
    await instancesById(
      clients,
      Array.from({ length: 201 }, (_, i) => nodeId(`i-${i}`)),
    );
    const values = asked().map((call) =>
      Object.keys(call).filter((name) => name.startsWith('Filter.1.Value.')),
    );
    expect(values.map((names) => names.length).toSorted((a, b) => a - b)).toEqual([1, 200]);
  });

  test('by its tag is the first that was launched with it', async () => {
    const clients = await clientsOf({
      DescribeInstances: instances(
        instance('i-late', { launchTime: new Date(2_000) }),
        instance('i-early', { launchTime: new Date(1_000) }),
      ),
    });
    expect(await taggedInstance(clients, 'llm', 'evac:launch', 'a&b')).toMatchObject({ id: 'i-early' });
    expect(asked()[0]).toMatchObject({
      Action: 'DescribeInstances',
      Version: '2016-11-15',
      'Filter.1.Name': 'tag:aws:autoscaling:groupName',
      'Filter.1.Value.1': 'llm',
      'Filter.2.Name': 'tag:evac:launch',
      'Filter.2.Value.1': 'a&b',
    });
  });
});

describe('zones', () => {
  test('are told of each subnet', async () => {
    const subnets = ['a', 'b'].map((z) => ({ subnetId: `subnet-${z}`, availabilityZone: `us-west-2${z}` }));
    const clients = await clientsOf({
      DescribeSubnets: ec2Answer('DescribeSubnets', { subnetSet: subnets }),
    });
    expect(await zonesOfSubnets(clients, ['subnet-a', 'subnet-b'])).toEqual(
      new Map([
        ['subnet-a', 'us-west-2a'],
        ['subnet-b', 'us-west-2b'],
      ]),
    );
    expect(aws?.asked('DescribeSubnets')[0]).toMatchObject({
      'SubnetId.1': 'subnet-a',
      'SubnetId.2': 'subnet-b',
    });
  });

  test('of no subnet need no call: asked for none, EC2 lists them all', async () => {
    const clients = await clientsOf({});
    expect(await zonesOfSubnets(clients, [])).toEqual(new Map());
    expect(aws?.calls).toEqual([]);
  });

  test('have a name in this account, and an ID', async () => {
    const clients = await clientsOf({
      DescribeAvailabilityZones: ec2Answer('DescribeAvailabilityZones', {
        availabilityZoneInfo: [{ zoneName: 'us-west-2a', zoneId: 'usw2-az2' }],
      }),
    });
    expect(await zonesOfRegion(clients)).toEqual(new Map([['us-west-2a', 'usw2-az2']]));
  });
});

describe('EC2', () => {
  test.each([
    ['RequestLimitExceeded', 'throttled', 503],
    ['UnauthorizedOperation', 'invalid', 403],
    ['InvalidInstanceID.NotFound', 'not-found', 400],
    ['Unavailable', 'unavailable', 503],
  ])('refuses with %s: %s', async (name, code, status) => {
    const clients = await clientsOf({ DescribeInstances: refused(name, 'not so', status) });
    await expect(instancesById(clients, [a1])).rejects.toMatchObject({
      code,
      message: `DescribeInstances in us-west-2 was refused: ${name}: not so`,
    });
  });

  test('is asked again when it throttles', async () => {
    const clients = await clientsOf({
      DescribeInstances: [refused('RequestLimitExceeded', 'slow down', 503), instances(instance('i-a1'))],
    });
    expect((await instancesById(clients, [a1])).size).toBe(1);
    expect(aws?.count('DescribeInstances')).toBe(2);
  });

  test.each([
    ['a page of a gateway', { status: 200, body: '<html><body>hello</body></html>' }],
    ['nothing', { status: 200, body: '' }],
    ['half of an answer', { status: 200, body: '<DescribeInstancesResponse><reservationSet><item>' }],
  ])('is not understood when it answers with %s', async (_, answered) => {
    const clients = await clientsOf({ DescribeInstances: answered });
    await expect(instancesById(clients, [a1])).rejects.toThrow('was not answered');
  });

  test('is sent a signature of its own', async () => {
    const clients = await clientsOf({ DescribeInstances: instances() });
    await instancesById(clients, [a1]);
    expect(aws?.calls[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/us-west-2\/ec2\/aws4_request, SignedHeaders=[^,]*host[^,]*, Signature=[0-9a-f]{64}$/,
    );
  });
});

describe('credentials', () => {
  test('are those of the environment, with the session’s token, where the caller brings none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'session');
    const { region } = await clientsOf({ DescribeInstances: instances() });
    const endpoint = aws?.url ?? '';
    const own = createClients({ region, endpoint });
    await instancesById(own, [a1]);
    own.destroy();
    expect(aws?.calls[0]?.headers).toMatchObject({
      authorization: expect.stringContaining('Credential=AKIDEXAMPLE/'),
      'x-amz-security-token': 'session',
    });
  });

  test('that are nowhere are a refusal, and nothing is sent', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    const { region } = await clientsOf({ DescribeInstances: instances() });
    const own = createClients({ region, endpoint: aws?.url ?? '' });
    await expect(instancesById(own, [a1])).rejects.toMatchObject({ code: 'unavailable' });
    own.destroy();
    expect(aws?.calls).toEqual([]);
  });
});
