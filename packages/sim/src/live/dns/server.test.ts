import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import dnsPacket, { type DecodedPacket, type Packet } from 'dns-packet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ZoneData } from './answer.ts';
import { type DnsServer, startDns } from './server.ts';

let records: { region: string; weight: number }[];
let draws: number[];
let server: DnsServer;

beforeEach(async () => {
  records = [
    { region: 'r1', weight: 30 },
    { region: 'r2', weight: 10 },
  ];
  draws = [];
  const zone: ZoneData = {
    name: 'chat.evac.test',
    ttlMs: 6_000,
    records: () => records,
    regions: [
      { region: 'r1', host: '127.0.0.2', port: 8000 },
      { region: 'r2', host: '127.0.0.3', port: 8000 },
    ],
    random: { next: () => draws.shift() ?? 0 },
  };
  server = await startDns(zone, '127.0.0.1');
});

afterEach(() => server.close());

const query = (name: string, type: 'A' | 'AAAA' | 'SRV' | 'SOA' | 'NS' = 'A', more: Packet = {}): Packet => ({
  type: 'query',
  id: 7,
  flags: dnsPacket.RECURSION_DESIRED,
  questions: [{ name, type, class: 'IN' }],
  ...more,
});

async function udp(packet: Packet): Promise<DecodedPacket> {
  const socket = dgram.createSocket('udp4');
  socket.send(dnsPacket.encode(packet), server.port, server.host);
  const [message] = await once(socket, 'message', { signal: AbortSignal.timeout(30_000) });
  socket.close();
  return dnsPacket.decode(message);
}

const addresses = (packet: DecodedPacket) => packet.answers?.map((a) => (a.type === 'A' ? a.data : a.type));

describe('the name of the service', () => {
  test('is answered with one address, authoritatively, with its TTL', async () => {
    const reply = await udp(query('chat.evac.test'));
    expect(reply).toMatchObject({ id: 7, rcode: 'NOERROR', flag_aa: true, flag_rd: true, flag_ra: false });
    expect(reply.answers).toMatchObject([{ type: 'A', name: 'chat.evac.test', ttl: 6, data: '127.0.0.2' }]);
  });

  test('is drawn by weight', async () => {
    draws = [0.74, 0.76];
    expect(addresses(await udp(query('chat.evac.test')))).toEqual(['127.0.0.2']);
    expect(addresses(await udp(query('chat.evac.test')))).toEqual(['127.0.0.3']);
  });

  test('gives equal chances when every weight is zero', async () => {
    records = records.map((r) => ({ ...r, weight: 0 }));
    draws = [0.49, 0.51];
    expect(addresses(await udp(query('chat.evac.test')))).toEqual(['127.0.0.2']);
    expect(addresses(await udp(query('chat.evac.test')))).toEqual(['127.0.0.3']);
  });

  test('follows the records in play at once', async () => {
    records = [{ region: 'r2', weight: 10 }];
    expect(addresses(await udp(query('chat.evac.test')))).toEqual(['127.0.0.3']);
  });

  test('has SRV records with the port, and their address beside', async () => {
    const reply = await udp(query('chat.evac.test', 'SRV'));
    expect(reply.answers).toMatchObject([{ type: 'SRV', data: { port: 8000, target: 'r1.chat.evac.test' } }]);
    expect(reply.additionals).toMatchObject([{ type: 'A', name: 'r1.chat.evac.test', data: '127.0.0.2' }]);
  });

  test('is found whatever its case, and echoed as asked', async () => {
    const reply = await udp(query('ChAt.eVaC.test'));
    expect(reply.answers?.[0]?.name).toBe('ChAt.eVaC.test');
  });

  test('has no other types: no error, no data, the SOA', async () => {
    const reply = await udp(query('chat.evac.test', 'AAAA'));
    expect(reply).toMatchObject({ rcode: 'NOERROR', answers: [], authorities: [{ type: 'SOA' }] });
  });
});

test('every region has a name of its own, whatever DNS answers for the service', async () => {
  records = [{ region: 'r2', weight: 1 }];
  expect(addresses(await udp(query('r1.chat.evac.test')))).toEqual(['127.0.0.2']);
});

test('the zone has its SOA and NS, unknown names do not exist, other zones are refused', async () => {
  expect(addresses(await udp(query('evac.test', 'SOA')))).toEqual(['SOA']);
  expect(addresses(await udp(query('evac.test', 'NS')))).toEqual(['NS']);
  const unknown = await udp(query('other.evac.test'));
  expect(unknown).toMatchObject({ rcode: 'NXDOMAIN', flag_aa: true, authorities: [{ type: 'SOA' }] });
  expect(await udp(query('r9.chat.evac.test'))).toMatchObject({ rcode: 'NXDOMAIN' });
  const refused = await udp(query('example.com'));
  expect(refused).toMatchObject({ rcode: 'REFUSED', flag_aa: false, answers: [] });
});

test('EDNS is answered with EDNS', async () => {
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 4_096,
    options: [],
  } as unknown as dnsPacket.OptAnswer;
  const reply = await udp(query('chat.evac.test', 'A', { additionals: [opt] }));
  expect(reply.additionals?.map((a) => a.type)).toEqual(['OPT']);
  expect(addresses(reply)).toEqual(['127.0.0.2']);
});

test('noise, cut messages and answers are met with silence', async () => {
  const whole = dnsPacket.encode(query('chat.evac.test'));
  const socket = dgram.createSocket('udp4');
  const heard: number[] = [];
  socket.on('message', (message) => heard.push(dnsPacket.decode(message).id ?? -1));
  const noise = [
    Buffer.from('x'),
    whole.subarray(0, 20),
    dnsPacket.encode(query('a.b', 'A', { type: 'response' })),
  ];
  for (const message of noise) socket.send(message, server.port, server.host);
  socket.send(dnsPacket.encode(query('chat.evac.test', 'A', { id: 9 })), server.port, server.host);
  await expect.poll(() => heard).toEqual([9]);
  socket.close();
});

test('TCP answers several questions on one connection, however they are cut', async () => {
  const socket = net.connect(server.port, server.host);
  const both = Buffer.concat(
    [1, 2].map((id) => dnsPacket.streamEncode(query('chat.evac.test', 'A', { id }))),
  );
  const heard: Buffer[] = [];
  socket.on('data', (data) => heard.push(data));
  await once(socket, 'connect');
  socket.write(both.subarray(0, 5));
  socket.write(both.subarray(5));
  const length = dnsPacket.streamEncode(await udp(query('chat.evac.test'))).length;
  await expect.poll(() => Buffer.concat(heard).length).toBe(2 * length);
  const replies = Buffer.concat(heard);
  expect(dnsPacket.streamDecode(replies.subarray(0, length)).id).toBe(1);
  expect(dnsPacket.streamDecode(replies.subarray(length)).id).toBe(2);
  socket.destroy();
});

test('closing ends open connections and frees the port', async () => {
  const socket = net.connect(server.port, server.host);
  await once(socket, 'connect');
  const ended = text(socket);
  await server.close();
  await ended;
  server = await startDns(
    { name: 'a.b', ttlMs: 1, records: () => [], regions: [], random: { next: () => 0 } },
    '127.0.0.1',
  );
});
