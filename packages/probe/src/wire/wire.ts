import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Destination } from './destination.ts';

/** What whoever uses the wire now is told. */
export interface WireUser {
  resolved(): void;
  /** TCP is up; with TLS the handshake follows. */
  connected(): void;
  /** Ready to send: TCP, or TLS and its certificate, are up. */
  ready(): void;
  data(chunk: Buffer): void;
  end(): void;
  error(error: Error): void;
}

/**
 * A connection that outlives one question. The socket's listeners are set once and follow `user`, since adding
 * and removing them for every question costs more than the question.
 */
export interface Wire {
  socket: Socket;
  user: WireUser | null;
  /** When the server's certificate ends, epoch ms; null without TLS. */
  certificateEnds: number | null;
}

export interface WireOptions {
  /** PEM certificates to trust instead of Node's own. */
  ca: string[] | null;
}

/** Opens a connection. Exactly one of `ready` and `error` is told, unless the socket is destroyed first. */
export function openWire(destination: Destination, options: WireOptions, user: WireUser): Wire {
  const { host, port, secure } = destination;
  const tlsSocket = secure ? openTls(destination, options) : null;
  const socket = tlsSocket ?? connect({ host, port });
  const wire: Wire = { socket, user, certificateEnds: null };
  if (isIP(host) === 0) socket.on('lookup', () => wire.user?.resolved());
  socket.on('connect', () => {
    wire.user?.connected();
    if (tlsSocket === null) wire.user?.ready();
  });
  if (tlsSocket !== null) {
    tlsSocket.on('secureConnect', () => {
      wire.certificateEnds = Date.parse(tlsSocket.getPeerCertificate().valid_to);
      wire.user?.ready();
    });
  }
  socket.on('data', (chunk) => wire.user?.data(chunk));
  socket.on('end', () => wire.user?.end());
  socket.on('error', (error) => wire.user?.error(error));
  return wire;
}

function openTls(destination: Destination, options: WireOptions): TLSSocket {
  const { host, port, serverName } = destination;
  // RFC 6066: a server name is never an address. Node then checks the certificate against `host`.
  const name = serverName ?? host;
  return connectTls({
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(name) === 0 && { servername: name }),
    ...(options.ca !== null && { ca: options.ca }),
  });
}

/** Closes the connection now; nobody is told. */
export function dropWire(wire: Wire): void {
  wire.user = null;
  wire.socket.destroy();
}
