import { z } from 'zod';
import { parseDuration } from '../time.ts';
import { unknownSetting } from './suggest.ts';

/** The error of a schema in the words of a config: what it must be, and so what would be right. */
export function must(be: string) {
  return {
    error: (issue: { input?: unknown }) =>
      issue.input === undefined ? `is missing; it must be ${be}` : `must be ${be}`,
  };
}

/** An object that refuses settings it does not know, each with the one that was meant: one line of the message a key. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape, be: string) {
  return z.strictObject(shape, known(Object.keys(shape), be));
}

/** The errors of an object that has only these keys. */
export function known(keys: readonly string[], be: string) {
  return {
    error: (issue: { code: string; input?: unknown; keys?: unknown }) =>
      Array.isArray(issue.keys)
        ? issue.keys.map((key) => unknownSetting(String(key), keys)).join('\n')
        : must(be).error(issue),
  };
}

const durationWords = 'a duration such as "500ms", "5s" or "2m"';

/** "5s" to milliseconds. A bare number is refused: nobody can tell seconds from milliseconds. */
export function duration(minMs = 1) {
  return z.string(must(durationWords)).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms === null || ms < minMs) {
      context.issues.push({ code: 'custom', message: `must be ${durationWords}`, input: text });
      return z.NEVER;
    }
    return ms;
  });
}

const sizes = { B: 1, KB: 1_000, KiB: 1_024, MB: 1_000_000, MiB: 1_048_576 } as const;
const sizeWords = 'a size such as "512B", "64KiB" or "1MiB"';

/** "64KiB" to bytes. */
export function size() {
  return z.string(must(sizeWords)).transform((text, context) => {
    const [, count, unit] = /^(\d+)(B|KB|KiB|MB|MiB)$/.exec(text.trim()) ?? [];
    const factor = Object.entries(sizes).find(([name]) => name === unit)?.[1];
    if (count === undefined || factor === undefined) {
      context.issues.push({ code: 'custom', message: `must be ${sizeWords}`, input: text });
      return z.NEVER;
    }
    return Number(count) * factor;
  });
}

/** A part of a whole, 0 to 1. */
export function share() {
  const words = must('a share from 0 to 1, such as 0.5');
  return z.number(words).min(0, words).max(1, words);
}

export function count(min: number, max = 1_000_000) {
  const words = must(`a whole number from ${min} to ${max}`);
  return z.int(words).min(min, words).max(max, words);
}

export function factor(min: number) {
  const words = must(`a number, ${min} or more`);
  return z.number(words).min(min, words);
}

export function text(be: string) {
  return z.string(must(be)).min(1, must(be));
}

export function flag() {
  return z.boolean(must('true or false'));
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, must(`one of ${values.map((value) => `"${value}"`).join(', ')}`));
}

/** An id that AWS gives: `vpc-0a1b2c3d`. */
export function awsId(kind: string) {
  const words = must(`an id such as "${kind}-0123456789abcdef0"`);
  return z.string(words).regex(new RegExp(`^${kind}-[0-9a-f]+$`), words);
}
