import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import dnsPacket, { type Packet } from 'dns-packet';
import { answerQuery, type ZoneData } from './answer.ts';

export interface DnsServer {
  host: string;
  port: number;
  close(): Promise<void>;
}

/** An authoritative DNS server for one zone, on one free port over UDP and TCP. */
export async function startDns(zone: ZoneData, host: string): Promise<DnsServer> {
  for (let attempt = 1; ; attempt++) {
    const tcp = await startTcp(zone, host);
    try {
      const udp = await startUdp(zone, host, tcp.port);
      return {
        host,
        port: tcp.port,
        async close() {
          await Promise.all([udp.close(), tcp.close()]);
        },
      };
    } catch (error) {
      await tcp.close();
      // The UDP half of the port that TCP gave us belongs to somebody else.
      if (attempt === 10) throw error;
    }
  }
}

async function startUdp(zone: ZoneData, host: string, port: number): Promise<{ close(): Promise<void> }> {
  const socket = dgram.createSocket('udp4');
  socket.bind(port, host);
  await once(socket, 'listening');
  socket.on('error', () => {});
  socket.on('message', (message, from) => {
    const reply = replyTo(message, zone);
    if (reply) socket.send(dnsPacket.encode(reply), from.port, from.address);
  });
  return {
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

async function startTcp(zone: ZoneData, host: string): Promise<{ port: number; close(): Promise<void> }> {
  const connections = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(10_000, () => socket.destroy());
    serve(socket, zone);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      server.close();
      for (const socket of connections) socket.destroy();
      await once(server, 'close');
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
