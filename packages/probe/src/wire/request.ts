import { type Destination, hostHeader } from './destination.ts';

export interface RequestAsk {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/**
 * Framing is ours to say: a configured one could only contradict it. `Connection: close` is not said even where the
 * connection is not to be kept: we close first anyway, and a server that closes too costs a check an eighth more.
 */
const framing = new Set(['connection', 'content-length', 'transfer-encoding', 'host', 'user-agent']);

/**
 * The request's bytes. What cannot be sent as asked (a line break in a header would be a second request) is returned
 * as a sentence instead, under `mistake`.
 */
export function writeRequest(
  ask: RequestAsk,
  destination: Destination,
): { text: string } | { mistake: string } {
  if (!token.test(ask.method)) return { mistake: `method ${JSON.stringify(ask.method)} is no HTTP method` };
  if (!ask.path.startsWith('/')) {
    return { mistake: `path ${JSON.stringify(ask.path)} does not begin with a slash` };
  }
  let host = hostHeader(destination);
  let agent = 'evac-probe';
  let more = '';
  for (const [name, value] of Object.entries(ask.headers)) {
    if (!token.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      return { mistake: `header ${JSON.stringify(`${name}: ${value}`)} cannot be sent` };
    }
    const key = name.toLowerCase();
    if (key === 'host') host = value;
    else if (key === 'user-agent') agent = value;
    else if (!framing.has(key)) more += `${name}: ${value}\r\n`;
  }
  const path = /[^\x21-\x7e]/.test(ask.path) ? encodeURI(ask.path) : ask.path;
  if (ask.body !== null) more += `content-length: ${Buffer.byteLength(ask.body)}\r\n`;
  return {
    text:
      `${ask.method} ${path} HTTP/1.1\r\nhost: ${host}\r\nuser-agent: ${agent}\r\n${more}\r\n` +
      (ask.body ?? ''),
  };
}
