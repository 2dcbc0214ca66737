import dgram from 'node:dgram';
import { regionName } from '@evac/core';
import packet from 'dns-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DnsConnection, resolveRegions } from './answers.ts';

/** Patient enough for a busy machine. */
const patientMs = 30_000;

let socket: dgram.Socket;
let answer: (question: packet.Question, nth: number) => Partial<packet.Packet> | null;
let dns: DnsConnection;
let delayMs: number;

beforeEach(async () => {
  let nth = 0;
  delayMs = 0;
  socket = dgram.createSocket('udp4', (message, from) => {
    const query = packet.decode(message);
    const question = query.questions?.[0];
    const reply = question ? answer(question, nth++) : null;
    if (!reply) return;
    const base = { type: 'response' as const, id: query.id ?? 0, questions: query.questions ?? [] };
    const encoded = packet.encode({ ...base, flags: packet.AUTHORITATIVE_ANSWER, ...reply });
    const send = () => socket.send(encoded, from.port);
    if (delayMs > 0) setTimeout(send, delayMs);
    else send();
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  dns = {
    host: '127.0.0.1',
    port: socket.address().port,
    name: 'chat.example',
    regions: { '127.0.0.2': regionName('us-west-2'), '127.0.0.3': regionName('eu-west-1') },
  };
});
afterEach(() => socket.close());

const address = (name: string, data: string) => ({
  answers: [{ type: 'A' as const, name, ttl: 60, data }],
});

test('regions that take turns in the answers are all found', async () => {
  answer = ({ name }, nth) => address(name, nth % 2 ? '127.0.0.2' : '127.0.0.3');
  expect(await resolveRegions(dns, patientMs)).toEqual(['eu-west-1', 'us-west-2']);
});

test('a new answer is seen at once, whatever the TTL', async () => {
  answer = ({ name }) => address(name, '127.0.0.2');
  expect(await resolveRegions(dns, patientMs)).toEqual(['us-west-2']);
  answer = ({ name }) => address(name, '127.0.0.3');
  expect(await resolveRegions(dns, patientMs)).toEqual(['eu-west-1']);
});

test('a name without an address is answered by no region', async () => {
  answer = () => ({ answers: [] });
  expect(await resolveRegions(dns, patientMs)).toEqual([]);
});

test('a server that stays silent is unavailable', async () => {
  answer = () => null;
  await expect(resolveRegions(dns, 50)).rejects.toMatchObject({
    code: 'unavailable',
    message: `the DNS server 127.0.0.1:${dns.port} did not answer for chat.example: ETIMEOUT`,
  });
});

test('an answer that takes more than five seconds is in time, where it may', async () => {
  answer = ({ name }) => address(name, '127.0.0.2');
  delayMs = 6_500;
  expect(await resolveRegions(dns, patientMs)).toEqual(['us-west-2']);
});

test('an address of no region is an error, not a region', async () => {
  answer = ({ name }) => address(name, '10.0.0.1');
  await expect(resolveRegions(dns, patientMs)).rejects.toMatchObject({
    code: 'invalid',
    message: "chat.example resolves to 10.0.0.1, which is no region's address",
  });
});
