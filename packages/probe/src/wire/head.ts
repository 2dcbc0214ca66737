import { ProtocolError } from './protocol-error.ts';

/** Names in lower case; repeated headers joined with a comma. */
export type Headers = ReadonlyMap<string, string>;

export interface Head {
  status: number;
  headers: Headers;
  /** How the end of the body is told. */
  body: { kind: 'none' } | { kind: 'length'; bytes: number } | { kind: 'chunked' } | { kind: 'until-close' };
  keepAlive: boolean;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\0\r\n]*)?$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** True while `text` can still become a status line: an SSH banner or a TLS alert is told at once, not by a timeout. */
export function mayBeStatusLine(text: string): boolean {
  const start = text.slice(0, 7);
  return 'HTTP/1.'.startsWith(start);
}

/**
 * Parses a response's head, without the blank line that ends it. Framing is taken strictly (RFC 9112 section 6.3): what
 * two clients could read differently is an error. Throws {@link ProtocolError}.
 * @param toHead Whether the request was a HEAD.
 */
export function parseHead(text: string, toHead: boolean): Head {
  const lines = text.split('\r\n');
  const first = lines[0] ?? '';
  const match = statusLine.exec(first);
  if (match === null) throw new ProtocolError(`the status line is ${JSON.stringify(first.slice(0, 60))}`);
  const status = Number(match[2]);
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) addHeader(headers, lines[i] ?? '');
  return {
    status,
    headers,
    body: framing(status, headers, toHead),
    keepAlive: match[1] === '1' && !/\bclose\b/i.test(headers.get('connection') ?? ''),
  };
}

function addHeader(headers: Map<string, string>, line: string): void {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  const value = line.slice(colon + 1).trim();
  if (colon < 1 || !token.test(name) || /[\0\r\n]/.test(value)) {
    throw new ProtocolError(`a header line is ${JSON.stringify(line.slice(0, 60))}`);
  }
  const key = name.toLowerCase();
  const before = headers.get(key);
  headers.set(key, before === undefined ? value : `${before}, ${value}`);
}

function framing(status: number, headers: Headers, toHead: boolean): Head['body'] {
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  if (status === 101) throw new ProtocolError('status 101, and nobody asked to switch protocols');
  if (coding !== undefined && length !== undefined) {
    throw new ProtocolError('both Content-Length and Transfer-Encoding');
  }
  if (toHead || status < 200 || status === 204 || status === 304) return { kind: 'none' };
  if (coding !== undefined) {
    if (coding.toLowerCase() === 'chunked') return { kind: 'chunked' };
    throw new ProtocolError(`Transfer-Encoding ${JSON.stringify(coding.slice(0, 40))}, expected chunked`);
  }
  if (length === undefined) return { kind: 'until-close' };
  // The same length twice is one length; two lengths are an attack or a fault.
  const lengths = new Set(length.split(',').map((part) => part.trim()));
  const [only] = lengths;
  if (lengths.size !== 1 || only === undefined || !/^\d{1,15}$/.test(only)) {
    throw new ProtocolError(`Content-Length is ${JSON.stringify(length.slice(0, 40))}`);
  }
  return { kind: 'length', bytes: Number(only) };
}
