import { Resolver } from 'node:dns/promises';

/**
 * Asks this name server and no other, and waits `timeoutMs` for it at each of its `tries`: unless it is told otherwise,
 * c-ares waits for 5 s at most, whatever the timeout.
 */
export function resolverOf(
  { host, port }: { host: string; port: number },
  timeoutMs: number,
  tries: number,
): Resolver {
  const timeout = Math.ceil(timeoutMs);
  const resolver = new Resolver({ timeout, maxTimeout: timeout, tries });
  resolver.setServers([`${host}:${port}`]);
  return resolver;
}
