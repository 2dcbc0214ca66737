import dgram from 'node:dgram';
import { once } from 'node:events';
import type net from 'node:net';

/** Listens on a port that is free for both: the UDP half of the one that TCP is given may be somebody else's. */
export async function listenOnOnePort(
  tcp: net.Server,
  host: string,
): Promise<{ udp: dgram.Socket; port: number }> {
  for (let attempt = 1; ; attempt++) {
    tcp.listen(0, host);
    await once(tcp, 'listening');
    const address = tcp.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const udp = dgram.createSocket('udp4');
    try {
      udp.bind(port, host);
      await once(udp, 'listening');
      return { udp, port };
    } catch (error) {
      udp.close();
      tcp.close();
      await once(tcp, 'close');
      if (attempt === 10) throw error;
    }
  }
}
