import { describe, expect, it } from 'vitest';
import { classify, type Raw, type Readings, type StatusSeen, wantsProgress } from './classify.ts';
import type { Reason } from './outcome.ts';

const status = (code: number, seen: Partial<StatusSeen> = {}): StatusSeen => ({
  kind: 'status',
  status: code,
  retryAfter: null,
  marker: null,
  detail: `status ${code}, expected 200-299`,
  ...seen,
});
const fault = (reason: Reason<'failed'>): Raw => ({ kind: 'fault', reason, detail: reason });
const readings = (tokens: [number, number], running = 0, waiting = 0): Readings => ({
  before: { tokens: tokens[0], running, waiting },
  after: { tokens: tokens[1], running, waiting },
  gapMs: 1_000,
});
const finding = (raw: Raw, counters: Readings | null = null) => {
  const found = classify(raw, counters).finding;
  return `${found.class} ${found.reason}`;
};

describe('our own mistake comes first, and never leads to a move', () => {
  it.each([
    [400, 'bad-request'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [405, 'method-not-allowed'],
    [422, 'unprocessable'],
    [410, 'client-error'],
    [413, 'client-error'],
    [301, 'redirected'],
    [308, 'redirected'],
  ])('%i is misconfigured: %s', (code, reason) => {
    expect(finding(status(code))).toBe(`misconfigured ${reason}`);
  });

  it('stays misconfigured whatever the counters and the Retry-After say', () => {
    expect(finding(status(404, { retryAfter: '5' }), readings([1, 1], 4))).toBe('misconfigured not-found');
  });

  it('a request that cannot be sent is a bad request', () => {
    expect(finding({ kind: 'mistake', detail: 'header "x" holds a line break' })).toBe(
      'misconfigured bad-request',
    );
  });
});

describe('saturation and loading come before failure', () => {
  it.each([
    [status(429), 'saturated too-many-requests'],
    [status(529), 'saturated overloaded'],
    [status(503, { retryAfter: '2' }), 'saturated retry-after'],
    [status(503, { marker: 'overload' }), 'saturated overload-body'],
    [status(503, { retryAfter: '2', marker: 'loading' }), 'saturated retry-after'],
    [status(503, { marker: 'loading' }), 'starting loading'],
  ])('%o', (raw, expected) => {
    expect(finding(raw, readings([7, 7], 3))).toBe(expected);
    expect(wantsProgress(raw)).toBe(false);
  });

  it('an empty Retry-After is no marker', () => {
    expect(finding(status(503, { retryAfter: ' ' }))).toBe('failed unavailable');
  });
});

describe('a timeout, a reset and a bare 503 are explained by the counters', () => {
  const silent: Raw[] = [
    status(503),
    status(504),
    status(408),
    fault('connect-timeout'),
    fault('headers-timeout'),
    fault('body-timeout'),
    fault('first-token-timeout'),
    fault('too-slow'),
    fault('connection-reset'),
    fault('connection-closed'),
  ];

  it.each(silent)('%o: busy, hung, lost, or its own reason', (raw) => {
    expect(wantsProgress(raw)).toBe(true);
    expect(finding(raw, readings([100, 101], 8, 2))).toBe('saturated busy');
    expect(finding(raw, readings([100, 101]))).toBe('saturated busy');
    expect(finding(raw, readings([100, 100], 1, 0))).toBe('failed hung');
    expect(finding(raw, readings([100, 100], 0, 1))).toBe('failed hung');
    expect(finding(raw, readings([100, 100]))).toBe('failed lost');
    expect(classify(raw, null).finding.class).toBe('failed');
  });

  it('a counter that fell, or is not a number, explains nothing', () => {
    expect(finding(fault('headers-timeout'), readings([100, 3], 1))).toBe('failed headers-timeout');
    expect(finding(fault('headers-timeout'), readings([Number.NaN, 3], 1))).toBe('failed headers-timeout');
  });

  it('says what was read', () => {
    expect(classify(fault('headers-timeout'), readings([100, 148], 8)).detail).toBe(
      'headers-timeout; but its counters advanced by 48 within 1000ms',
    );
    expect(classify(fault('headers-timeout'), readings([9, 9], 8, 2)).detail).toBe(
      'headers-timeout; 8 running and 2 waiting, and no token within 1000ms',
    );
  });
});

describe('what the counters cannot excuse', () => {
  it.each([
    fault('connect-refused'),
    fault('tls-failed'),
    fault('stream-stalled'),
    fault('stream-cut'),
    fault('wrong-answer'),
    fault('garbage-answer'),
    status(500),
    status(502),
    status(424),
  ])('%o', (raw) => {
    expect(wantsProgress(raw)).toBe(false);
    expect(finding(raw, readings([1, 900], 5))).toBe(finding(raw));
    expect(classify(raw, readings([1, 900], 5)).finding.class).toBe('failed');
  });

  it.each([
    [500, 'status-5xx'],
    [502, 'status-5xx'],
    [424, 'engine-error'],
    [408, 'too-slow'],
    [504, 'too-slow'],
    [503, 'unavailable'],
    [204, 'assertion-failed'],
    [999, 'protocol-error'],
  ])('%i is failed: %s', (code, reason) => {
    expect(finding(status(code))).toBe(`failed ${reason}`);
  });
});

it('an answer is ok, and no evidence is unknown', () => {
  expect(finding({ kind: 'answered', detail: '' })).toBe('ok answered');
  expect(wantsProgress({ kind: 'answered', detail: '' })).toBe(false);
  expect(finding({ kind: 'nothing', reason: 'aborted', detail: '' }, readings([1, 1], 1))).toBe(
    'unknown aborted',
  );
});
