import { describe, expect, it } from 'vitest';
import { checkAnswer } from './answer.ts';

const reason = (text: string, accepted: string[] | null = null, pieces = [text]) =>
  checkAnswer(text, pieces, accepted)?.reason ?? 'stands';

describe('golden answers', () => {
  it.each([
    ['4', 'stands'],
    [' 4.\n', 'stands'],
    ['Four', 'stands'],
    ['4 is the answer', 'stands'],
    ['42', 'wrong-answer'],
    ['The answer is 4', 'wrong-answer'],
    ['', 'wrong-answer'],
  ])('of 4 and four, %j %s', (text, expected) => {
    expect(reason(text, ['4', 'four'])).toBe(expected);
  });

  it('may look like garbage when they are what was asked for', () => {
    expect(reason('!!!!!!!!', ['!!!!!!!!'])).toBe('stands');
  });
});

describe('garbage', () => {
  it.each([
    '!!!!',
    '!!!!!!!!!!!!!!!!',
    '! ! ! ! !',
    '\ufffd\ufffd\ufffda',
    'nan',
    'NaN NaN NaN',
    'the the the the the the',
    'abcabcabcabcabc',
    '0000000000000000',
  ])('%j', (text) => {
    expect(reason(text)).toBe('garbage-answer');
    expect(reason(text, ['4'])).toBe('garbage-answer');
  });

  it('one token again and again', () => {
    const pieces = Array.from({ length: 6 }, () => 'ha');
    expect(reason(pieces.join(''), null, pieces)).toBe('garbage-answer');
  });

  it.each([
    '4',
    '...',
    'ok',
    'Hello! How can I help?',
    '1 2 3 4 5 6 7 8',
    'banana',
    'größe\ufffd',
    '早上好',
    '',
  ])('%j is none', (text) => expect(reason(text, null, text.split(' '))).toBe('stands'));
});
