import { once } from 'node:events';
import net from 'node:net';

/** Which loopback addresses the parts of a world listen on. */
export interface Addresses {
  /** False where only 127.0.0.1 exists (macOS): then regions differ by port, and clients need SRV records. */
  aliases: boolean;
  balancer(region: number): string;
  /** An address that no other node of this world holds. */
  takeNode(region: number, zone: number): string;
  release(host: string): void;
}

export const localhost = '127.0.0.1';

/** On Linux all of 127/8 is the machine itself; elsewhere an address has to be added by an administrator first. */
export async function haveLoopbackAliases(): Promise<boolean> {
  try {
    await freePort(['127.0.0.2', '127.20.1.1']);
    return true;
  } catch {
    return false;
  }
}

export function planAddresses(aliases: boolean): Addresses {
  const taken = new Set<string>();
  return {
    aliases,
    balancer: (region) => (aliases ? `127.0.0.${region + 2}` : localhost),
    takeNode(region, zone) {
      if (!aliases) return localhost;
      for (let serial = 1; ; serial++) {
        const host = `127.${20 + region}.${zone + 1}.${serial}`;
        if (taken.has(host)) continue;
        taken.add(host);
        return host;
      }
    },
    release: (host) => taken.delete(host),
  };
}

/** A port that is free on every one of the addresses. Rejects when there is none, or an address is not the machine's. */
export async function freePort(hosts: readonly string[]): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const held: net.Server[] = [];
    try {
      let port = 0;
      for (const host of hosts) {
        const server = net.createServer().listen(port, host);
        held.push(server);
        await once(server, 'listening');
        const address = server.address();
        if (typeof address === 'object' && address !== null) port = address.port;
      }
      return port;
    } catch (error) {
      if (attempt === 10 || !isInUse(error)) throw error;
    } finally {
      for (const server of held) server.close();
    }
  }
}

export function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
