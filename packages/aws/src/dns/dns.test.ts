import { regionName, type ServiceSettings, serviceName } from '@evac/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settings } from '../../../core/src/testing/snapshot.ts';
import { createClients } from '../clients.ts';
import { patient, unanswered } from '../testing/aws.ts';
import { createTestClock } from '../testing/clock.ts';
import { aliasRecord, type FakeRoute53, put, refused, startRoute53 } from '../testing/route53.ts';
import type { NameSystem } from './authority.ts';
import { createDns, type DnsOptions } from './dns.ts';

const service = serviceName('llm');
const name = 'llm.example.com';
const clock = createTestClock();
let api: FakeRoute53;
let close: () => void;
let dns: ReturnType<typeof createDns>;

const nobody: NameSystem = { serversOf: async () => [], addressesOf: async () => [] };

function start(change: Partial<ServiceSettings> = {}, options: DnsOptions = {}, patience = patient) {
  const clients = createClients({
    region: regionName('us-west-2'),
    endpoint: api.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...patience,
    attempts: 2,
  });
  close = () => clients.destroy();
  const dnsSettings = { name, control: 'records', ttlMs: 30_000 } as const;
  const services = [settings({ dns: dnsSettings, ...change })];
  return createDns({ clients, services, clock }, { names: nobody, ...options });
}

beforeEach(async () => {
  api = await startRoute53('example.com');
  put(api, aliasRecord(name, 'us-east-1', 0));
  put(api, aliasRecord(name, 'us-west-2', 100));
  dns = start();
});
afterEach(async () => {
  close();
  await api.close();
});

const paths = (start: string) => api.calls.filter((c) => c.action.startsWith(start)).map((c) => c.path);
const records = async () =>
  Object.fromEntries((await dns.records({ service })).map((r) => [r.region, r.weight]));
const set = (weights: Record<string, number>) => dns.setWeights({ service, weights });

describe('the hosted zone', () => {
  it('is the nearest public one that the name lies in, and is looked for once', async () => {
    api.zones = [
      { id: 'Z0', name: 'com.' },
      { id: 'Z1', name: 'example.com.' },
      { id: 'Z2', name: 'llm.example.com.', isPrivate: true },
      { id: 'Z3', name: 'other.com.' },
    ];
    await dns.records({ service });
    await dns.records({ service });
    const zones = new Set(paths('GET').flatMap((p) => p.match(/hostedzone\/(\w+)/)?.[1] ?? []));
    expect([...zones]).toEqual(['Z1']);
    expect(paths('GET /2013-04-01/hostedzonesbyname')).toHaveLength(2);
  });

  it('is not looked for when it is given', async () => {
    close();
    dns = start({}, { zones: { [name]: 'Z9' } });
    await dns.records({ service });
    expect(paths('GET')[0]).toContain('/hostedzone/Z9/');
  });

  it('that is there twice has to be given', async () => {
    api.zones.push({ id: 'Z5', name: 'example.com.' });
    await expect(dns.records({ service })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('two public hosted zones are named example.com. (Z1, Z5)'),
    });
  });

  it('that this account does not have is not found', async () => {
    api.zones = [];
    await expect(dns.records({ service })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the records of a service', () => {
  it('are found on every page, among others', async () => {
    put(api, aliasRecord('aaa.example.com', 'us-west-2', 7));
    put(api, aliasRecord(name, 'us-east-1', 0, { type: 'AAAA' }));
    put(api, aliasRecord(name, 'us-west-2', 100, { type: 'AAAA' }));
    put(api, aliasRecord(`zzz.${name}`, 'us-west-2', 9));
    api.setsPerPage = 1;
    expect(await records()).toEqual({ 'us-west-2': 100, 'us-east-1': 0 });
  });

  it('are also known by the endpoint that they lead to', async () => {
    api.sets.clear();
    const endpoint = new URL(settings().regions[0]!.endpoint).hostname;
    put(api, aliasRecord(name, 'blue', 40, { target: endpoint }));
    put(api, aliasRecord(name, 'canary', 3));
    expect(await records()).toEqual({ [settings().regions[0]!.region]: 40 });
  });

  it('that nobody knows are told by their set identifiers', async () => {
    api.sets.clear();
    put(api, aliasRecord(name, 'blue', 40));
    await expect(dns.records({ service })).rejects.toMatchObject({
      code: 'invalid',
      message:
        'llm.example.com has no weighted record whose set identifier is a region of the service (us-west-2, us-east-1): it has blue',
    });
  });

  it('are none of a service without a name', async () => {
    close();
    dns = start({ dns: null });
    await expect(dns.records({ service })).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('weights', () => {
  it('are set for every type of record in one change, and nothing else of a record changes', async () => {
    put(api, aliasRecord(name, 'us-west-2', 100, { type: 'AAAA', check: 'hc-1' }));
    const before = structuredClone(api.sets);
    const { change } = await set({ 'us-west-2': 10, 'us-east-1': 90 });
    expect(change).toBe('C1');
    expect(paths('POST')).toHaveLength(1);
    expect(await records()).toEqual({ 'us-west-2': 10, 'us-east-1': 90 });
    const elements = (xml: string) =>
      xml
        .replace(/<Weight>\d+<\/Weight>/, '')
        .match(/<\w+>[^<]+/g)
        ?.toSorted();
    for (const [id, xml] of before) expect(elements(api.sets.get(id)!)).toEqual(elements(xml));
  });

  it('of a record that nobody named stay', async () => {
    await set({ 'us-east-1': 5 });
    expect(await records()).toEqual({ 'us-west-2': 100, 'us-east-1': 5 });
  });

  it('whose answer was lost are set again', async () => {
    let lost = false;
    api.trouble = (call) => {
      if (call.method !== 'POST' || lost) return null;
      lost = true;
      return 'lost';
    };
    await set({ 'us-east-1': 5 });
    expect((await records())['us-east-1']).toBe(5);
  });

  it.each([
    ['PriorRequestNotComplete', 400, 'contention'],
    ['Throttling', 400, 'throttled'],
    ['InvalidChangeBatch', 400, 'invalid'],
    ['ServiceUnavailable', 503, 'unavailable'],
  ])('that Route 53 refuses with %s', async (code, status, expected) => {
    api.trouble = (call) => (call.method === 'POST' ? refused(code, 'no', status) : null);
    await expect(set({ 'us-east-1': 5 })).rejects.toMatchObject({ name: 'PortError', code: expected });
    expect((await records())['us-east-1']).toBe(0);
  });

  it.each(['hang', 'reset'] as const)('that are never answered (%s) may have been set', async (trouble) => {
    close();
    dns = start({}, {}, unanswered);
    api.trouble = (call) => (call.method === 'POST' ? trouble : null);
    await expect(set({ 'us-east-1': 5 })).rejects.toMatchObject({ name: 'LostAnswer' });
  });

  it('behind an earlier change that is not done yet are set when it is', async () => {
    api.trouble = (call) => {
      const earlier = paths('POST').length === 1;
      return call.method === 'POST' && earlier ? refused('PriorRequestNotComplete', 'wait') : null;
    };
    await set({ 'us-east-1': 5 });
    expect((await records())['us-east-1']).toBe(5);
  });
});

describe('a change', () => {
  it('is in sync when Route 53 says so', async () => {
    const { change } = await set({ 'us-east-1': 5 });
    expect(await dns.inSync({ change })).toBe(false);
    expect(await dns.inSync({ change })).toBe(true);
  });

  it('that the control plane has forgotten is not found: it is to be submitted again', async () => {
    await expect(dns.inSync({ change: 'C404' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the health of a record', () => {
  const failure = 'Failure: Connection timed out. The endpoint or the internet connection is down';
  const success = 'Success: HTTP Status Code 200, OK';
  const config = (type: string, more = '') => `<Type>${type}</Type>${more}`;
  const inverted = '<Inverted>true</Inverted>';
  function check(id: string, xml: string, ...seen: string[]): void {
    api.checks.set(id, { config: xml, seen: () => seen });
  }
  async function healthy(): Promise<boolean | null | undefined> {
    put(api, aliasRecord(name, 'us-west-2', 100, { check: 'hc' }));
    return (await dns.records({ service })).find((r) => r.region === 'us-west-2')?.healthy;
  }

  it.each([
    ['more than 18% of the checkers see it', config('HTTPS'), [success, failure, failure, failure], true],
    ['fewer do', config('HTTPS'), [success, failure, failure, failure, failure, failure], false],
    [
      'the switch that it watches is on, and it is inverted',
      config('HTTPS', inverted),
      [success, success],
      false,
    ],
    ['nobody sees the switch, and it is inverted', config('HTTPS', inverted), [failure, failure], true],
    ['it is disabled', config('HTTPS', '<Disabled>true</Disabled>'), [failure], true],
    ['no checker has said anything yet', config('HTTPS'), [], null],
  ])('when %s', async (_, xml, seen, expected) => {
    check('hc', xml, ...seen);
    expect(await healthy()).toBe(expected);
  });

  const children = (threshold: number) =>
    `<HealthThreshold>${threshold}</HealthThreshold><ChildHealthChecks><ChildHealthCheck>c1</ChildHealthCheck><ChildHealthCheck>c2</ChildHealthCheck></ChildHealthChecks>`;
  it.each([
    ['all of its children are needed and one is not', 2, [success], [failure], false],
    ['one of its children is enough', 1, [success], [failure], true],
    ['what a silent child says would settle it', 2, [success], [], null],
  ])('when it is calculated, and %s', async (_, threshold, one, two, expected) => {
    check('hc', config('CALCULATED', children(threshold)));
    check('c1', config('HTTPS'), ...one);
    check('c2', config('HTTPS'), ...two);
    expect(await healthy()).toBe(expected);
  });

  it('that cannot be asked is not known, and the weights still are', async () => {
    check('hc', config('HTTPS'), success);
    api.trouble = (call) => (call.path.endsWith('/status') ? refused('Throttling', 'slow down') : null);
    expect(await healthy()).toBeNull();
    expect(await records()).toEqual({ 'us-west-2': 100, 'us-east-1': 0 });
  });

  it('is asked at most every ten seconds: the account has five requests a second', async () => {
    check('hc', config('HTTPS'), success);
    await healthy();
    await healthy();
    clock.pass(9_000);
    await healthy();
    expect(paths('GET').filter((p) => p.endsWith('/status'))).toHaveLength(1);
    clock.pass(1_000);
    await healthy();
    expect(paths('GET').filter((p) => p.endsWith('/status'))).toHaveLength(2);
  });
});
