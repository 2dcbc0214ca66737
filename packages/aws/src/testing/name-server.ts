import { once } from 'node:events';
import net from 'node:net';
import dnsPacket, { type Answer, type Packet, type Question } from 'dns-packet';
import { listenOnOnePort } from '../../../sim/src/live/dns/one-port.ts';

/** Records, or what a server says instead of them; null: it stays silent. */
export type Reply = Answer[] | 'truncated' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | null;

export interface NameServer {
  /** `address:port`. */
  address: string;
  questions: (Question & { over: 'udp' | 'tcp' })[];
  close(): Promise<void>;
}

/** A name server on a free local port, UDP and TCP, that answers as it is told. */
export async function startNameServer(
  reply: (question: Question, over: 'udp' | 'tcp', nth: number) => Reply,
): Promise<NameServer> {
  const questions: NameServer['questions'] = [];
  function answer(message: Buffer, over: 'udp' | 'tcp'): Packet | null {
    const query = dnsPacket.decode(message);
    const question = query.questions?.[0];
    if (!question) return null;
    questions.push({ ...question, over });
    const said = reply(question, over, questions.length);
    if (said === null) return null;
    const base = { id: query.id ?? 0, type: 'response' as const, questions: [question] };
    if (Array.isArray(said)) return { ...base, flags: dnsPacket.AUTHORITATIVE_ANSWER, answers: said };
    const code = { truncated: dnsPacket.TRUNCATED_RESPONSE, NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 }[said];
    return { ...base, flags: dnsPacket.AUTHORITATIVE_ANSWER | code };
  }

  const tcp = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      const packet = answer(data.subarray(2), 'tcp');
      if (packet) socket.end(dnsPacket.streamEncode(packet));
    });
  });
  const { udp, port } = await listenOnOnePort(tcp, '127.0.0.1');
  udp.on('message', (message, from) => {
    const packet = answer(message, 'udp');
    if (packet) udp.send(dnsPacket.encode(packet), from.port, from.address);
  });
  return {
    address: `127.0.0.1:${port}`,
    questions,
    async close() {
      udp.close();
      tcp.close();
      await Promise.all([once(udp, 'close'), once(tcp, 'close')]);
    },
  };
}
