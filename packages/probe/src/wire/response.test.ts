import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResponseReader } from './response.ts';

interface Read {
  status: number | null;
  headers: Record<string, string>;
  body: string;
  complete: boolean;
  completeAtClose: boolean;
  overrun: boolean;
}

/** Reads `bytes` in pieces of these sizes (the last one over and over). */
function read(bytes: string | Buffer, sizes: number[] = [bytes.length], toHead = false): Read {
  const parts: Buffer[] = [];
  let status: number | null = null;
  let headers: Record<string, string> = {};
  const reader = createResponseReader(toHead, {
    head(head) {
      status = head.status;
      headers = Object.fromEntries(head.headers);
    },
    body: (part) => parts.push(part),
  });
  const buffer = Buffer.from(bytes as string, 'latin1');
  let complete = false;
  for (let at = 0, n = 0; at < buffer.length; n++) {
    const size = Math.max(1, sizes[Math.min(n, sizes.length - 1)] ?? 1);
    complete = reader.push(buffer.subarray(at, at + size));
    at += size;
  }
  const body = Buffer.concat(parts).toString('latin1');
  return { status, headers, body, complete, completeAtClose: reader.close(), overrun: reader.overrun() };
}

const ok = 'HTTP/1.1 200 OK\r\n';
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;

describe('a response', () => {
  it.each([
    ['by its length', `${ok}Content-Length: 5\r\n\r\nhello`],
    ['by the same length twice', `${ok}Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello`],
    ['by chunks', `${chunked}2\r\nhe\r\n3;a="b"\r\nllo\r\n0\r\n\r\n`],
    ['by chunks with trailers', `${chunked}005\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n`],
    [
      'after interim responses',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n${ok}content-length: 5\r\n\r\nhello`,
    ],
    ['without a reason phrase', 'HTTP/1.1 200\r\ncontent-length: 5\r\n\r\nhello'],
  ])('ends %s, however it is cut up', (_, bytes) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        expect(read(bytes, sizes)).toMatchObject({
          status: 200,
          body: 'hello',
          complete: true,
          overrun: false,
        });
      }),
    );
  });

  it.each([
    ['204', 'HTTP/1.1 204 None\r\ncontent-length: 5\r\n\r\n', false],
    ['304', 'HTTP/1.1 304 Same\r\n\r\n', false],
    ['to a HEAD', `${ok}content-length: 5\r\n\r\n`, true],
    ['of length 0', `${ok}content-length: 0\r\n\r\n`, false],
  ])('%s has no body', (_, bytes, toHead) => {
    expect(read(bytes, [bytes.length], toHead)).toMatchObject({ body: '', complete: true, overrun: false });
  });

  it('without framing ends when the connection does', () => {
    expect(read(`${ok}\r\nhello`)).toMatchObject({ body: 'hello', complete: false, completeAtClose: true });
    expect(read(`${ok}content-length: 9\r\n\r\nhello`)).toMatchObject({ completeAtClose: false });
    expect(read(`${chunked}5\r\nhello\r\n`)).toMatchObject({ complete: false, completeAtClose: false });
    expect(read(ok)).toMatchObject({ status: null, completeAtClose: false });
  });

  it('followed by more is complete, and overrun', () => {
    expect(read(`${ok}content-length: 2\r\n\r\nhello`)).toMatchObject({
      body: 'he',
      complete: true,
      overrun: true,
    });
    expect(read(`${chunked}0\r\n\r\nx`)).toMatchObject({ body: '', complete: true, overrun: true });
  });

  it('joins repeated headers, and takes names in any case', () => {
    expect(read(`${ok}A: 1\r\na:2 \r\nb:\t\r\ncontent-length: 0\r\n\r\n`).headers).toEqual({
      a: '1, 2',
      b: '',
      'content-length': '0',
    });
  });
});

describe('what is not HTTP is told at once', () => {
  it.each([
    ['SSH-2.0-OpenSSH_9.2\r\n', 'the answer begins with "S'],
    ['\x15\x03\x01\x00\x02\x02\x46', 'the answer begins with'],
    ['{"status":"ok"}', 'the answer begins with'],
    ['HTTP/2 200\r\n', 'the answer begins with'],
    ['HTTP/1.1 200 OK\nfoo: bar\n\n', 'the answer begins with'],
    ['HTTP/1.1 20 OK\r\n\r\n', 'the status line is "HTTP/1.1 20 OK"'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 'the status line is'],
    ['HTTP/1.1 099 OK\r\n\r\n', 'the status line is'],
    ['HTTP/1.1 101 Switching\r\n\r\n', 'status 101'],
    [`${ok}no colon\r\n\r\n`, 'a header line is "no colon"'],
    [`${ok}: empty\r\n\r\n`, 'a header line is'],
    [`${ok}a b: c\r\n\r\n`, 'a header line is'],
    [`${ok}a: b\r\n folded\r\n\r\n`, 'a header line is " folded"'],
    [`${ok}a : b\r\n\r\n`, 'a header line is'],
    [`${ok}a: b\0c\r\n\r\n`, 'a header line is'],
    [`${ok}a: b\nc: d\r\n\r\n`, 'a header line is'],
    [`${ok}content-length: 5\r\ncontent-length: 6\r\n\r\n`, 'Content-Length is "5, 6"'],
    [`${ok}content-length: -1\r\n\r\n`, 'Content-Length is "-1"'],
    [`${ok}content-length: 0x5\r\n\r\n`, 'Content-Length is'],
    [`${ok}content-length: 1e3\r\n\r\n`, 'Content-Length is'],
    [`${ok}content-length:\r\n\r\n`, 'Content-Length is ""'],
    [`${ok}content-length: 9999999999999999\r\n\r\n`, 'Content-Length is'],
    [
      `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`,
      'both Content-Length and Transfer-Encoding',
    ],
    [`${ok}transfer-encoding: gzip, chunked\r\n\r\n`, 'Transfer-Encoding "gzip, chunked", expected chunked'],
    [`${chunked}zz\r\n`, 'a chunk size is "zz"'],
    [`${chunked}\r\n`, 'a chunk size is ""'],
    [`${chunked}-1\r\n`, 'a chunk size is'],
    [`${chunked}fffffffff\r\n`, 'a chunk size is'],
    [`${chunked}2\nhe`, 'a chunk line does not end in CRLF'],
    [`${chunked}2\r\nhello\r\n`, 'a chunk is longer than its size says'],
    [`${chunked}2;${'x'.repeat(2_000)}`, 'a chunk line is longer than 1024 bytes'],
    [`${chunked}0\r\n${'a: b\r\n'.repeat(65)}`, 'more than 64 trailers'],
    [`${ok}a: ${'x'.repeat(40_000)}`, 'the response headers are larger than 32 KiB'],
    [`${ok}a: ${'x'.repeat(40_000)}\r\n\r\n`, 'the response headers are larger than 32 KiB'],
    ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(9), 'more than 8 interim responses'],
  ])('%j', (bytes, message) => {
    for (const sizes of [[bytes.length], [1]]) expect(() => read(bytes, sizes)).toThrow(message);
  });
});

it('whatever the bytes are, reading them ends or says what is wrong', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      ok,
      chunked,
      '\r\n',
      '\r\n\r\n',
      'content-length: 3\r\n',
      '5\r\n',
      'HTTP/1.1 100 x\r\n\r\n',
      '0\r\n',
    ),
  );
  fc.assert(
    fc.property(fc.array(noise), fc.integer({ min: 1, max: 9 }), (parts, size) => {
      try {
        read(parts.join(''), [size]);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ProtocolError' });
      }
    }),
    { numRuns: 500 },
  );
});
