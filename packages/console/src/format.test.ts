import { expect, it } from 'vitest';
import { clock, count, duration, percent, plural, setting, words } from './format.ts';

it('writes a duration so that a limit and its breach differ', () => {
  expect([0, 340, 999, 999.6, 9_000, 9_320, 99_900, 100_000, 125_000, -40].map(duration)).toEqual([
    '0 ms',
    '340 ms',
    '999 ms',
    '1.0 s',
    '9.0 s',
    '9.3 s',
    '99.9 s',
    '1 min 40 s',
    '2 min 5 s',
    '-40 ms',
  ]);
});

it('writes a setting as a person would', () => {
  expect([5_000, 1_500, 120_000, 200].map(setting)).toEqual(['5 s', '1.5 s', '2 min', '200 ms']);
});

it('never rounds a failure away', () => {
  expect(percent(1, 100_000)).toBe('<0.1%');
  expect(percent(99_999, 100_000)).toBe('>99.9%');
  expect(percent(1, 8)).toBe('12.5%');
  expect(percent(0, 0)).toBe('0%');
  expect(percent(3, 3)).toBe('100%');
});

it('writes clocks, counts and names', () => {
  expect([-5, 42_900, 723_000, 3_600_000].map(clock)).toEqual(['00:00', '00:42', '12:03', '1:00:00']);
  expect([7, 1_204, 1_234_567].map(count)).toEqual(['7', '1,204', '1,234,567']);
  expect([plural(1, 'node'), plural(0, 'node')]).toEqual(['1 node', '0 nodes']);
  expect(words('launch-replacement')).toBe('Launch replacement');
});
