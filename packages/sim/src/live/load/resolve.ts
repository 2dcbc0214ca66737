import { resolverOf } from '../../resolver.ts';

export interface Name {
  dns: { host: string; port: number };
  dnsName: string;
  /** The same at every address, unless `srv`. */
  port: number;
  /** Ask for SRV records, which name the port too. */
  srv?: boolean;
}

export interface Endpoint {
  address: string;
  port: number;
}

/**
 * One client's resolver: a real DNS query, its answer kept for its TTL and no longer. `age` (0 to 1) is how much of
 * its TTL the first answer has used up already, as in a cache that others filled; it spreads a crowd of clients
 * over time. Rejects when the server does not answer, cached answer or not.
 */
export function createResolver(name: Name, timeoutMs: number, age = 0): () => Promise<Endpoint> {
  const resolver = resolverOf(name.dns, timeoutMs, 2);
  let cached: { endpoint: Endpoint; until: number } | null = null;
  let pending: Promise<Endpoint> | null = null;
  let left = 1 - age;

  async function lookUp(): Promise<Endpoint> {
    const { host, port } = name.srv ? await askSrv() : { host: name.dnsName, port: name.port };
    const answer = (await resolver.resolve4(host, { ttl: true }))[0];
    if (!answer) throw new Error(`no address for ${host}`);
    const endpoint = { address: answer.address, port };
    cached = { endpoint, until: Date.now() + answer.ttl * 1_000 * left };
    left = 1;
    return endpoint;
  }

  async function askSrv(): Promise<{ host: string; port: number }> {
    const answer = (await resolver.resolveSrv(name.dnsName))[0];
    if (!answer) throw new Error(`no SRV record for ${name.dnsName}`);
    return { host: answer.name, port: answer.port };
  }

  return () => {
    if (cached && Date.now() < cached.until) return Promise.resolve(cached.endpoint);
    pending ??= lookUp().finally(() => {
      pending = null;
    });
    return pending;
  };
}
