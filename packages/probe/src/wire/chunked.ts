import { ProtocolError } from './protocol-error.ts';

export interface ChunkedReader {
  /** Reads from `from`; returns where it stopped: the chunk's length, or less when the body has ended. */
  push(chunk: Buffer, from: number): number;
  ended(): boolean;
}

/** Chunk extensions and trailers are allowed and ignored, up to this many bytes a line and lines in all. */
const maxLineBytes = 1_024;
const maxTrailers = 64;

/** The chunked transfer coding, RFC 9112 section 7.1. Throws {@link ProtocolError}. */
export function createChunkedReader(onBody: (part: Buffer) => void): ChunkedReader {
  let state: 'size' | 'data' | 'data-end' | 'trailers' | 'ended' = 'size';
  let line = '';
  let left = 0;
  let trailers = 0;

  /** A whole line without its CRLF, or null while it is incomplete. */
  function takeLine(chunk: Buffer, from: number): { text: string; next: number } | null {
    const newline = chunk.indexOf(10, from);
    line += chunk.toString('latin1', from, newline === -1 ? chunk.length : newline + 1);
    if (line.length > maxLineBytes) throw new ProtocolError('a chunk line is longer than 1024 bytes');
    if (newline === -1) return null;
    if (!line.endsWith('\r\n')) throw new ProtocolError('a chunk line does not end in CRLF');
    const text = line.slice(0, -2);
    line = '';
    return { text, next: newline + 1 };
  }

  return {
    ended: () => state === 'ended',
    push(chunk, from) {
      let at = from;
      while (at < chunk.length && state !== 'ended') {
        if (state === 'data') {
          const part = chunk.subarray(at, at + left);
          at += part.length;
          left -= part.length;
          onBody(part);
          if (left === 0) state = 'data-end';
          continue;
        }
        const taken = takeLine(chunk, at);
        if (taken === null) return chunk.length;
        at = taken.next;
        if (state === 'size') {
          left = parseSize(taken.text);
          state = left === 0 ? 'trailers' : 'data';
        } else if (state === 'data-end') {
          if (taken.text !== '') throw new ProtocolError('a chunk is longer than its size says');
          state = 'size';
        } else if (taken.text === '') {
          state = 'ended';
        } else if (++trailers > maxTrailers) {
          throw new ProtocolError('more than 64 trailers');
        }
      }
      return at;
    },
  };
}

function parseSize(text: string): number {
  const match = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(text);
  if (match?.[1] === undefined)
    throw new ProtocolError(`a chunk size is ${JSON.stringify(text.slice(0, 40))}`);
  return Number.parseInt(match[1], 16);
}
