import { once } from 'node:events';
import net from 'node:net';
import dnsPacket, { type Packet } from 'dns-packet';
import { answerQuery, type ZoneData } from './answer.ts';
import { listenOnOnePort } from './one-port.ts';

export interface DnsServer {
  host: string;
  port: number;
  close(): Promise<void>;
}

/** An authoritative DNS server for one zone, on one free port over UDP and TCP. */
export async function startDns(zone: ZoneData, host: string): Promise<DnsServer> {
  const connections = new Set<net.Socket>();
  const tcp = net.createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(10_000, () => socket.destroy());
    serve(socket, zone);
  });
  const { udp, port } = await listenOnOnePort(tcp, host);
  udp.on('error', () => {});
  udp.on('message', (message, from) => {
    const reply = replyTo(message, zone);
    if (reply) udp.send(dnsPacket.encode(reply), from.port, from.address);
  });
  return {
    host,
    port,
    async close() {
      udp.close();
      tcp.close();
      for (const socket of connections) socket.destroy();
      await Promise.all([once(udp, 'close'), once(tcp, 'close')]);
    },
  };
}

/** Messages with their length before each; as many on one connection as the client likes. */
function serve(socket: net.Socket, zone: ZoneData): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    pending = Buffer.concat([pending, data]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const reply = replyTo(pending.subarray(2, end), zone);
      pending = pending.subarray(end);
      if (reply) socket.write(dnsPacket.streamEncode(reply));
      else socket.destroy();
    }
  });
}

/** Null for what is no query or is cut short: silence, as nobody should be made to talk by forged noise. */
function replyTo(message: Buffer, zone: ZoneData): Packet | null {
  try {
    return answerQuery(dnsPacket.decode(message), zone);
  } catch {
    return null;
  }
}
