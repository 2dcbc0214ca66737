import type { Reason } from '@evac/core';
import { quote } from './body.ts';

/**
 * Judges what a model said. Null when it may stand. An answer from `accepted` may go on after it (generation is cut
 * at a number of tokens, not at the end of a thought) but not inside the same word: `4` accepts "4." and not "42".
 */
export function checkAnswer(
  text: string,
  pieces: string[],
  accepted: string[] | null,
): { reason: Reason<'failed'>; detail: string } | null {
  const said = normalise(text);
  const right = accepted?.some((answer) => startsWithWord(said, normalise(answer))) ?? null;
  if (right === true) return null;
  if (isGarbage(said, pieces)) {
    return { reason: 'garbage-answer', detail: `the answer is ${quote(text)}: one thing over and over` };
  }
  if (right === null) return null;
  const wanted = accepted?.map(quote).join(' or ') ?? '';
  return { reason: 'wrong-answer', detail: `the answer is ${quote(text)}, expected ${wanted}` };
}

function normalise(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

function startsWithWord(said: string, answer: string): boolean {
  return said.startsWith(answer) && !/^[\p{L}\p{N}]/u.test(said.slice(answer.length));
}

const minPieces = 6;
const minSigns = 4;
const minRepeats = 4;
const minRepeated = 12;

/**
 * What broken weights and NaN logits look like: '!!!!' (vllm#22881, vllm#14126), one token again and again, "nan nan",
 * or bytes that are no characters.
 */
function isGarbage(said: string, pieces: string[]): boolean {
  const dense = said.replace(/ /g, '');
  if (dense === '') return false;
  const characters = [...dense];
  const kinds = new Set(characters).size;
  if (kinds === 1 && characters.length >= minSigns && !/[\p{L}\p{N}]/u.test(dense)) return true;
  if (/^(?:nan)+$/.test(dense)) return true;
  const broken = characters.filter((character) => character === '\ufffd').length;
  if (broken >= 2 && broken * 2 >= characters.length) return true;
  if (pieces.length >= minPieces && new Set(pieces).size === 1) return true;
  return dense.length >= minRepeated && smallestPeriod(dense) * minRepeats <= dense.length;
}

/** The length of the shortest text that, repeated (and cut at the end), makes up `text`. */
function smallestPeriod(text: string): number {
  for (let period = 1; period < text.length; period++) {
    if (text.startsWith(text.slice(period))) return period;
  }
  return text.length;
}
