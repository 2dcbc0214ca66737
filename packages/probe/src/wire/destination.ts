import type { Address } from '@evac/core';

/** Where a connection goes, and under which name. */
export interface Destination {
  host: string;
  port: number;
  secure: boolean;
  /** For the Host header, the TLS server name and the certificate, when it is not `host`. */
  serverName: string | null;
}

export function destinationOf(address: Address): Destination {
  return {
    host: address.host,
    port: address.port,
    secure: address.protocol === 'https' || address.protocol === 'tls',
    serverName: address.serverName ?? null,
  };
}

export function destinationOfUrl(url: URL): Destination {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(url.port) || (secure ? 443 : 80), secure, serverName: null };
}

/** The Host header: the server name as it is, or the host with a port that is not the protocol's own. */
export function hostHeader({ host, port, secure, serverName }: Destination): string {
  if (serverName !== null) return serverName;
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}

/** Two destinations with one key may share a connection. */
export function destinationKey({ host, port, secure, serverName }: Destination): string {
  return `${secure ? 'tls' : 'tcp'} ${host} ${port} ${serverName ?? ''}`;
}
