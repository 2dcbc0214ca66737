import type { Assertion } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { checkAssertions, expectedStatus } from './assertions.ts';

function check(
  assertions: Assertion[],
  answer: { body?: string | Buffer; headers?: [string, string][]; ms?: number },
) {
  const raw = checkAssertions(assertions, {
    headers: new Map(answer.headers),
    body: Buffer.from(answer.body ?? ''),
    latencyMs: answer.ms ?? 5,
  });
  if (raw === null) return 'holds';
  return raw.kind === 'fault'
    ? `${raw.reason}: ${raw.detail}`
    : `${raw.kind}: ${'detail' in raw && raw.detail}`;
}

const jsonPath = (path: string, more: { equals?: string | number | boolean | null; pattern?: string } = {}) =>
  [{ kind: 'json-path', path, ...more }] satisfies Assertion[];
const list = { body: '{"data":[{"id":"m1","ready":true,"load":0.5,"none":null}]}' };

describe('each assertion shows what it saw beside what it expected', () => {
  it.each<[string, Assertion[], Parameters<typeof check>[1], string]>([
    [
      'a header',
      [{ kind: 'header', name: 'Content-Type', pattern: '^application/json' }],
      { headers: [['content-type', 'text/html']] },
      'assertion-failed: header Content-Type is "text/html", expected /^application/json/',
    ],
    [
      'a header that is absent',
      [{ kind: 'header', name: 'X-Ready', pattern: '.' }],
      {},
      'assertion-failed: header X-Ready is absent, expected /./',
    ],
    [
      'a text',
      [{ kind: 'body-includes', text: 'ready' }],
      { body: 'sleeping' },
      'assertion-failed: body "sleeping", expected to contain "ready"',
    ],
    [
      'a text that must not be there',
      [{ kind: 'body-excludes', text: 'sleeping' }],
      { body: 'status: sleeping' },
      'assertion-failed: body "status: sleeping", expected not to contain "sleeping"',
    ],
    [
      'a pattern',
      [{ kind: 'body-matches', pattern: 'state: (up|ready)' }],
      { body: 'state: down' },
      'assertion-failed: body "state: down", expected /state: (up|ready)/',
    ],
    [
      'a size',
      [{ kind: 'body-size', minBytes: 10, maxBytes: 20 }],
      { body: 'short' },
      'assertion-failed: body 5 bytes, expected 10-20',
    ],
    [
      'a latency',
      [{ kind: 'latency', maxMs: 200 }],
      { ms: 230.4 },
      'too-slow: latency 230ms, expected at most 200ms',
    ],
    [
      'a JSON value',
      jsonPath('$.data[0].id', { equals: 'm2' }),
      list,
      'assertion-failed: $.data[0].id is "m1", expected "m2"',
    ],
    [
      'a JSON value by pattern',
      jsonPath('$.data[0].load', { pattern: '^1' }),
      list,
      'assertion-failed: $.data[0].load is 0.5, expected /^1/',
    ],
    [
      'a JSON value that is absent',
      jsonPath('$.data[1].id'),
      list,
      'assertion-failed: $.data[1].id finds nothing, expected a value',
    ],
    ['JSON', jsonPath('$.x'), { body: '{"x":' }, 'invalid-json: body "{\\"x\\":", expected JSON'],
    [
      'UTF-8',
      [{ kind: 'body-includes', text: 'a' }],
      { body: Buffer.from([0x61, 0xff]) },
      'invalid-utf8: the body is not valid UTF-8',
    ],
  ])('%s', (_, assertions, answer, expected) => {
    expect(check(assertions, answer)).toBe(expected);
  });

  it.each<[Assertion[], Parameters<typeof check>[1]]>([
    [
      [{ kind: 'header', name: 'content-type', pattern: 'JSON' }],
      { headers: [['content-type', 'application/json']] },
    ],
    [[{ kind: 'body-includes', text: 'ready' }], { body: 'ready' }],
    [[{ kind: 'body-excludes', text: 'sleeping' }], { body: 'ready' }],
    [[{ kind: 'body-matches', pattern: 'READY$' }], { body: 'is ready' }],
    [[{ kind: 'body-size', minBytes: 0, maxBytes: 0 }], {}],
    [[{ kind: 'latency', maxMs: 5 }], { ms: 5 }],
    [jsonPath('$.data[0].id', { equals: 'm1' }), list],
    [jsonPath('$.data[0].ready', { equals: true }), list],
    [jsonPath('$.data[0].none', { equals: null }), list],
    [jsonPath('$.data[?@.load < 1].id', { pattern: '^m' }), list],
    [jsonPath('$..id'), list],
    [[], { body: Buffer.from([0xff]) }],
  ])('holds: %o', (assertions, answer) => {
    expect(check(assertions, answer)).toBe('holds');
  });
});

describe('several assertions', () => {
  it('are all reported, with the reason that explains most', () => {
    const assertions: Assertion[] = [
      { kind: 'latency', maxMs: 1 },
      { kind: 'body-includes', text: 'ready' },
      ...jsonPath('$.x'),
    ];
    expect(check(assertions, { body: 'no' })).toBe(
      'invalid-json: latency 5ms, expected at most 1ms; body "no", expected to contain "ready"; body "no", expected JSON',
    );
  });

  it('on the status must all be met', () => {
    const twice: Assertion[] = [
      { kind: 'status', from: 200, to: 399 },
      { kind: 'status', from: 204, to: 204 },
    ];
    expect(expectedStatus(twice).accepts(204)).toBe(true);
    expect(expectedStatus(twice).accepts(200)).toBe(false);
    expect(expectedStatus(twice).text).toBe('200-399 and 204');
    expect(expectedStatus([]).accepts(299)).toBe(true);
    expect(expectedStatus([]).accepts(300)).toBe(false);
  });
});

it('a pattern that backtracks is stopped, and is our mistake', () => {
  const started = performance.now();
  const evil: Assertion[] = [{ kind: 'body-matches', pattern: '^(a+)+$' }];
  expect(check(evil, { body: `${'a'.repeat(60)}!` })).toMatch(/^mistake: .* took longer than 250ms/);
  // What is not stopped goes on for years.
  expect(performance.now() - started).toBeLessThan(30_000);
});

it('a long body is quoted in part', () => {
  const detail = check([{ kind: 'body-includes', text: 'x' }], { body: 'y'.repeat(5_000) });
  expect(detail.length).toBeLessThan(200);
});
