import { type ChunkedReader, createChunkedReader } from './chunked.ts';
import { type Head, mayBeStatusLine, parseHead } from './head.ts';
import { ProtocolError } from './protocol-error.ts';

const maxHeadBytes = 32 * 1_024;
const maxInterim = 8;
const none = Buffer.alloc(0);

export interface ResponseReader {
  /** True when the response is complete. Throws {@link ProtocolError}. */
  push(chunk: Buffer): boolean;
  /** The server has closed: true when that completes the response. */
  close(): boolean;
  /** Bytes came after the end of the response: the connection is no good any more. */
  overrun(): boolean;
}

export interface ResponseEvents {
  head(head: Head): void;
  body(part: Buffer): void;
}

/**
 * Reads one HTTP/1.1 response as its bytes arrive. Own code, because a fresh connection through node:http or undici
 * costs twice what it costs here, most of it in what a probe does not use (docs/probe.md has the measure).
 */
export function createResponseReader(toHead: boolean, on: ResponseEvents): ResponseReader {
  let pending: Buffer = none;
  let interim = 0;
  let head: Head | null = null;
  let left = 0;
  let chunked: ChunkedReader | null = null;
  let complete = false;
  let overrun = false;

  function pushHead(chunk: Buffer): boolean {
    const all = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const end = all.indexOf('\r\n\r\n');
    if (end === -1 ? all.length > maxHeadBytes : end > maxHeadBytes) {
      throw new ProtocolError('the response headers are larger than 32 KiB');
    }
    if (end === -1) {
      checkStart(all);
      pending = all;
      return false;
    }
    pending = none;
    const parsed = parseHead(all.toString('latin1', 0, end), toHead);
    const rest = all.subarray(end + 4);
    if (parsed.status < 200) {
      if (++interim > maxInterim) throw new ProtocolError('more than 8 interim responses');
      return rest.length > 0 && pushHead(rest);
    }
    head = parsed;
    if (parsed.body.kind === 'length') left = parsed.body.bytes;
    if (parsed.body.kind === 'chunked') chunked = createChunkedReader((part) => on.body(part));
    on.head(parsed);
    complete = parsed.body.kind === 'none' || (parsed.body.kind === 'length' && left === 0);
    return pushBody(rest, parsed);
  }

  function pushBody(chunk: Buffer, { body }: Head): boolean {
    let used = 0;
    if (complete) {
      used = 0;
    } else if (chunked !== null) {
      used = chunked.push(chunk, 0);
      complete = chunked.ended();
    } else if (body.kind === 'length') {
      used = Math.min(left, chunk.length);
      left -= used;
      complete = left === 0;
      if (used > 0) on.body(used === chunk.length ? chunk : chunk.subarray(0, used));
    } else {
      used = chunk.length;
      if (used > 0) on.body(chunk);
    }
    overrun ||= used < chunk.length;
    return complete;
  }

  return {
    push: (chunk) => (head === null ? pushHead(chunk) : pushBody(chunk, head)),
    close: () => head?.body.kind === 'until-close' || complete,
    overrun: () => overrun,
  };
}

function checkStart(bytes: Buffer): void {
  const text = bytes.toString('latin1', 0, 80);
  const newline = text.indexOf('\n');
  if (!mayBeStatusLine(text) || (newline !== -1 && text[newline - 1] !== '\r')) {
    throw new ProtocolError(`the answer begins with ${JSON.stringify(text.slice(0, 40))}, expected HTTP/1.1`);
  }
}
