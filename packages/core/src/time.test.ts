import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './time.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['5s', 5 * second],
    ['1.5m', 90 * second],
    ['2h', 2 * hour],
    ['1d', day],
    ['1m30s', 90 * second],
    [' 5s ', 5 * second],
    ['0s', 0],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', '5 s', 's', '-5s', '5x', '5sec', '1e3s', 'five seconds', '.5s', '30s1m', '5s5s'])(
    'refuses %j, rather than guess',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('never throws and never gives a broken number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseDuration(text);
        expect(ms === null || (Number.isInteger(ms) && ms >= 0)).toBe(true);
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [250, '250ms'],
    [999.7, '1s'],
    [1_500, '1.5s'],
    [9_999, '10s'],
    [5 * second, '5s'],
    [90 * second, '1m30s'],
    [59_999, '1m'],
    [hour + minute + second, '1h1m'],
    [-5 * second, '-5s'],
  ])('%d is %j', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('what it prints of a length it can say exactly, parseDuration reads back', () => {
    const exact = fc.oneof(
      fc.integer({ min: 0, max: 999 }),
      fc.integer({ min: 10, max: 99 }).map((tenths) => tenths * 100),
      fc.integer({ min: 1, max: 3_599 }).map((seconds) => seconds * second),
      fc.integer({ min: 1, max: 24 * 60 - 1 }).map((minutes) => minutes * minute),
      fc.integer({ min: 1, max: 24 * 365 }).map((hours) => hours * hour),
    );
    fc.assert(
      fc.property(exact, (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('loses no more than what its two units cannot say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * day }), (ms) => {
        const back = parseDuration(formatDuration(ms));
        const smallest = ms < 10 * second ? 50 : ms < hour ? second / 2 : ms < day ? minute : hour;
        expect(Math.abs((back ?? Number.NaN) - ms)).toBeLessThanOrEqual(smallest);
      }),
    );
  });
});
