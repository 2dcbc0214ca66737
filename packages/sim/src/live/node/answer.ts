const vocabulary =
  'the a model serves tokens from every zone while one region rests and traffic moves on to where answers are'.split(
    ' ',
  );

/**
 * What a sane model says to a prompt, always the same: does as it is told by "reply with the single word X" and
 * "count from A to B", does sums ("what is 1 + 1"), and talks plausibly otherwise. One element a token; joined they
 * are the text.
 */
export function answerTo(prompt: string): string[] {
  const word = /\b(?:single|one) word:?\s+["'“]?(\w+)/i.exec(prompt)?.[1];
  if (word !== undefined) return [word];
  const count = /\bcount from (\d{1,4}) to (\d{1,4})\b/i.exec(prompt);
  if (count) return range(Number(count[1]), Number(count[2]));
  const sum = /\bwhat is (\d{1,6}) ?([-+*]) ?(\d{1,6})\b/i.exec(prompt);
  return sum ? [String(calculate(Number(sum[1]), sum[2], Number(sum[3])))] : talk(prompt);
}

/** What the same model says after a bad release: fluent, and wrong. */
export function wrongAnswerTo(prompt: string): string[] {
  return talk(`not ${prompt}`);
}

/** NaN in the logits decodes to the first token of the vocabulary, again and again (vllm#22881). */
export function garbage(tokens: number): string[] {
  return Array.from({ length: tokens }, () => '!');
}

/** A fair count for usage and metrics: about four characters a token. */
export function countTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

function calculate(a: number, operator: string | undefined, b: number): number {
  if (operator === '+') return a + b;
  return operator === '-' ? a - b : a * b;
}

function range(from: number, to: number): string[] {
  const last = Math.min(Math.max(from, to), from + 999);
  return Array.from({ length: last - from + 1 }, (_, i) => (i === 0 ? `${from}` : `, ${from + i}`));
}

function talk(prompt: string): string[] {
  let state = 2_166_136_261;
  for (const char of prompt) state = Math.imul(state ^ char.charCodeAt(0), 16_777_619) >>> 0;
  return Array.from({ length: 24 }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const word = vocabulary[(state >>> 16) % vocabulary.length] ?? 'the';
    return i === 0 ? word : ` ${word}`;
  });
}
