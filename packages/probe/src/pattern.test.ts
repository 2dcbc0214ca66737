import { describe, expect, it } from 'vitest';
import { matches, PatternError } from './pattern.ts';

describe('a pattern', () => {
  it.each([
    ['loading model', '{"message":"Loading model"}', true],
    ['loading model', 'ready', false],
    ['queue.*full', 'the queue is full', true],
    ['queue.*full', `the queue is ${'x'.repeat(3_000)} full`, true],
    ['(no|low) +capacity.{0,3}$', 'LOW  capacity!', true],
    ['(no|low) +capacity.{0,3}$', 'lower capacity', false],
    ['"quo\\"te\\n', '"quo"te\n', true],
  ])('%s in %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('that is no regular expression says so', () => {
    expect(() => matches('(', 'x')).toThrow(new PatternError('/(/ is no regular expression'));
  });

  it.each([
    ['(a+)+$', 'a'.repeat(60)],
    ['(a|a)*$', 'a'.repeat(60)],
    ['(a|aa)+$', 'a'.repeat(60)],
    ['(.*)(.*)(.*)(.*)\\1x', 'a'.repeat(3_000)],
  ])('%s cannot hold up the prober', (pattern, text) => {
    const started = performance.now();
    expect(() => matches(pattern, `${text}!`)).toThrow(/took longer than 250ms/);
    // What is not stopped goes on for years.
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
