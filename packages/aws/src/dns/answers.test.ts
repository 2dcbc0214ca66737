import { regionName, serviceName } from '@evac/core';
import type { Answer } from 'dns-packet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settings } from '../../../core/src/testing/snapshot.ts';
import { createClients } from '../clients.ts';
import { createTestClock } from '../testing/clock.ts';
import { type NameServer, type Reply, startNameServer } from '../testing/name-server.ts';
import { createDns } from './dns.ts';

const service = serviceName('llm');
const name = 'llm.example.com';
const [west, east] = settings().regions.map((r) => new URL(r.endpoint).hostname);
const clock = createTestClock();

let servers: NameServer[];
let reply: (type: string, over: 'udp' | 'tcp', server: number, nth: number) => Reply;
/** Of the regions' endpoints, as anybody resolves them. */
let addresses: Record<string, string[]>;
let dns: ReturnType<typeof createDns>;
let ask: (questionMs: number) => ReturnType<typeof createDns>;

beforeEach(async () => {
  addresses = { [west!]: ['10.0.0.1', '10.0.0.2'], [east!]: ['10.0.1.1', '2001:db8::1'] };
  servers = await Promise.all(
    [0, 1].map((server) =>
      startNameServer(({ type, name: asked }, over, nth) =>
        asked === name ? reply(String(type), over, server, nth) : 'NXDOMAIN',
      ),
    ),
  );
  const clients = createClients({
    region: regionName('us-west-2'),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const services = [settings({ dns: { name, control: 'switch', ttlMs: 30_000 } })];
  const names = {
    serversOf: async () => servers.map((s) => s.address),
    addressesOf: async (host: string) => addresses[host] ?? [],
  };
  ask = (questionMs) => createDns({ clients, services, clock }, { names, questionMs });
  // Of one that is answered for sure: a busy machine may stand still for seconds.
  dns = ask(15_000);
});
afterEach(() => Promise.all(servers.map((s) => s.close())));

const a = (...data: string[]): Answer[] => data.map((d) => ({ type: 'A', name, ttl: 300, data: d }));
const aaaa = (data: string): Answer[] => [{ type: 'AAAA', name, ttl: 300, data }];
const cname = (data: string): Answer[] => [{ type: 'CNAME', name, ttl: 300, data }];
const answers = () => dns.answers({ service });

describe('a name that is an alias to a load balancer', () => {
  it('answers with the region whose endpoint has that address', async () => {
    reply = () => a('10.0.0.2');
    expect(await answers()).toEqual(['us-west-2']);
  });

  it('answers with every region that takes turns, on whichever server', async () => {
    reply = (_type, _over, server) => a(server === 0 ? '10.0.0.1' : '10.0.1.1');
    expect(await answers()).toEqual(['us-east-1', 'us-west-2']);
  });

  it('is asked anew each time, whatever the TTL', async () => {
    reply = () => a('10.0.0.1');
    expect(await answers()).toEqual(['us-west-2']);
    reply = () => a('10.0.1.1');
    expect(await answers()).toEqual(['us-east-1']);
  });

  it('is asked by all its servers, a dozen times together', async () => {
    reply = () => a('10.0.0.1');
    await answers();
    expect(servers.map((s) => s.questions.length)).toEqual([6, 6]);
  });

  it('keeps its region though the load balancer shows other addresses now, for an hour', async () => {
    reply = () => a('10.0.0.1');
    await answers();
    addresses[west!] = ['10.0.0.9'];
    expect(await answers()).toEqual(['us-west-2']);
    clock.pass(3_600_001);
    await expect(answers()).rejects.toMatchObject({ code: 'invalid' });
  });

  it('that no region’s endpoint has is no region, and it is said what would be right', async () => {
    reply = () => a('10.9.9.9');
    await expect(answers()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(
        `llm.example.com resolves to 10.9.9.9, which is no address of the regions' endpoints (${west}, ${east})`,
      ),
    });
  });
});

describe('a name with other records', () => {
  it('that only has AAAA answers too', async () => {
    reply = (type) => (type === 'AAAA' ? aaaa('2001:db8::1') : []);
    expect(await answers()).toEqual(['us-east-1']);
  });

  it('that leads to an endpoint by CNAME answers with its region', async () => {
    reply = () => cname(east!);
    expect(await answers()).toEqual(['us-east-1']);
  });

  it('that leads by CNAME to the load balancer behind an endpoint answers with its region', async () => {
    addresses['lb-1.elb.amazonaws.com'] = ['10.0.0.2'];
    reply = () => cname('lb-1.elb.amazonaws.com');
    expect(await answers()).toEqual(['us-west-2']);
  });

  it.each(['NXDOMAIN', 'none'])('that has no address (%s) answers with no region', async (what) => {
    reply = () => (what === 'none' ? [] : 'NXDOMAIN');
    expect(await answers()).toEqual([]);
  });

  it('whose answer does not fit is asked again over TCP', async () => {
    reply = (_type, over) => (over === 'udp' ? 'truncated' : a('10.0.0.1'));
    expect(await answers()).toEqual(['us-west-2']);
    expect(servers.flatMap((s) => s.questions).some((q) => q.over === 'tcp')).toBe(true);
  });
});

describe('a server that', () => {
  it.each([null, 'SERVFAIL', 'REFUSED'] as const)(
    'says %s is passed over while another answers',
    async (said) => {
      if (said === null) dns = ask(1_500);
      reply = (_type, _over, server) => (server === 0 ? said : a('10.0.1.1'));
      expect(await answers()).toEqual(['us-east-1']);
    },
  );

  it('is the last one to fall silent leaves nothing known', async () => {
    dns = ask(150);
    reply = () => null;
    await expect(answers()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^no authoritative server of llm\.example\.com answered \(127/),
    });
  });
});

describe('an endpoint that does not resolve', () => {
  it('has no addresses, and the others still do', async () => {
    delete addresses[west!];
    reply = () => a('10.0.1.1');
    expect(await answers()).toEqual(['us-east-1']);
  });
});
