import { Resolver } from 'node:dns/promises';
import { PortError } from '@evac/core';

/** What is asked of DNS itself, and not of an API. */
export interface NameSystem {
  /** The authoritative servers of a name, each `address` or `address:port`. */
  serversOf(name: string): Promise<string[]>;
  /** A host's addresses of both families, as anybody resolves them; none where there are none. */
  addressesOf(host: string): Promise<string[]>;
}

/** A weighted name answers one record at a time; so many questions find every record of a tenth or more, mostly. */
const questions = 12;
const absent = ['ENOTFOUND', 'ENODATA'];

export interface Answer {
  addresses: string[];
  /** Where the name is an alias in DNS itself (CNAME). */
  names: string[];
}

/** DNS as this machine resolves it, or through these resolvers. `timeoutMs` is for each question. */
export function systemNames(timeoutMs: number, through?: string[]): NameSystem {
  const resolver = () => {
    const made = new Resolver({ timeout: timeoutMs, tries: 2 });
    if (through) made.setServers(through);
    return made;
  };
  const addressesOf = async (host: string) => {
    const asked = await Promise.all([orNone(resolver().resolve4(host)), orNone(resolver().resolve6(host))]);
    return asked.flat();
  };
  return {
    addressesOf,
    async serversOf(name) {
      const labels = name.split('.');
      for (let i = 0; i < labels.length - 1; i++) {
        const servers = await orNone(resolver().resolveNs(labels.slice(i).join('.')));
        if (servers.length === 0) continue;
        const addresses = await Promise.all(servers.map((server) => orNone(resolver().resolve4(server))));
        return addresses.flatMap((all) => all.slice(0, 1));
      }
      return [];
    },
  };
}

/**
 * What the servers answer for a name now. Those that do not answer are passed over, as a client's resolver passes them
 * over; rejects with `unavailable` when none answers.
 */
export async function askAuthority(servers: string[], name: string, timeoutMs: number): Promise<Answer> {
  const each = Math.max(1, Math.ceil(questions / servers.length));
  const asked = servers.flatMap((server) =>
    Array.from({ length: each }, () => askServer(server, name, timeoutMs)),
  );
  const results = await Promise.allSettled(asked);
  const answers = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []));
  if (answers.length === 0) {
    const reasons = results.flatMap((r) => (r.status === 'rejected' ? [codeOf(r.reason)] : []));
    const why = [...new Set(reasons)].join(', ') || 'there is none';
    throw new PortError(
      'unavailable',
      `no authoritative server of ${name} answered (${servers.join(', ') || 'none known'}): ${why}`,
    );
  }
  return {
    addresses: [...new Set(answers.flatMap((a) => a.addresses))],
    names: [...new Set(answers.flatMap((a) => a.names))],
  };
}

/** A resolver for each question: what one has been told it may keep for the record's whole TTL. */
async function askServer(server: string, name: string, timeoutMs: number): Promise<Answer> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  resolver.setServers([server]);
  const addresses = await orNone(resolver.resolve4(name));
  if (addresses.length > 0) return { addresses, names: [] };
  // An authoritative server does not follow a CNAME that leads out of its zone.
  const names = await orNone(resolver.resolveCname(name));
  if (names.length > 0) return { addresses: [], names };
  return { addresses: await orNone(resolver.resolve6(name)), names: [] };
}

async function orNone<T>(asking: Promise<T[]>): Promise<T[]> {
  try {
    return await asking;
  } catch (error) {
    if (absent.includes(codeOf(error))) return [];
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
