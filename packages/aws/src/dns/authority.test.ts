import type { Answer } from 'dns-packet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NameServer, startNameServer } from '../testing/name-server.ts';
import { systemNames } from './authority.ts';

let server: NameServer;
/** By type and name; what is not here does not exist. */
let zone: Record<string, string[]>;
beforeEach(async () => {
  server = await startNameServer(({ type, name }) => {
    const data = zone[`${type} ${name}`];
    if (!data) return Object.keys(zone).some((key) => key.endsWith(` ${name}`)) ? [] : 'NXDOMAIN';
    const of = (d: string): Answer =>
      type === 'NS'
        ? { type, name, ttl: 1, data: d }
        : { type: type === 'AAAA' ? type : 'A', name, ttl: 1, data: d };
    return data.map(of);
  });
});
afterEach(() => server.close());

/** Every question is answered, however busy the machine is. */
const names = () => systemNames(10_000, [server.address]);

describe('the authoritative servers of a name', () => {
  it('are those of the nearest zone above it, one address each', async () => {
    zone = {
      'A llm.example.com': ['10.0.0.1'],
      'NS example.com': ['ns1.awsdns.org', 'ns2.awsdns.net'],
      'NS com': ['a.gtld.net'],
      'A ns1.awsdns.org': ['192.0.2.1', '192.0.2.3'],
      'A ns2.awsdns.net': ['192.0.2.2'],
    };
    expect(await names().serversOf('llm.example.com')).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('leave out one that has no address', async () => {
    zone = { 'NS example.com': ['ns1.org', 'ns2.org'], 'A ns2.org': ['192.0.2.2'] };
    expect(await names().serversOf('llm.example.com')).toEqual(['192.0.2.2']);
  });

  it('are none of a name in no zone', async () => {
    zone = {};
    expect(await names().serversOf('llm.example.com')).toEqual([]);
  });
});

describe('the addresses of a host', () => {
  it('are of both families', async () => {
    zone = { 'A lb.example.com': ['10.0.0.1'], 'AAAA lb.example.com': ['2001:db8::1'] };
    expect(await names().addressesOf('lb.example.com')).toEqual(['10.0.0.1', '2001:db8::1']);
  });

  it('are none where it does not exist', async () => {
    zone = {};
    expect(await names().addressesOf('lb.example.com')).toEqual([]);
  });
});
