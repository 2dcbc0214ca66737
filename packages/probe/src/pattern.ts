import { Script } from 'node:vm';

/** A pattern that is no regular expression, or that took too long on what a server sent. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Real matches take microseconds; a busy machine may stop a thread for this long. */
const timeoutMs = 250;
const quickBytes = 2_048;

/**
 * Whether `text` contains `pattern` (JavaScript's, without regard to case). The pattern comes from the config and the
 * text from a server that may be broken, and together they can backtrack for hours: what could is run with a time
 * limit, which costs a tenth of a millisecond. Throws {@link PatternError}.
 */
export function matches(pattern: string, text: string): boolean {
  const expression = compile(pattern);
  if (isQuick(pattern, text)) return expression.test(text);
  const script = new Script(`new RegExp(${JSON.stringify(pattern)}, 'i').test(${JSON.stringify(text)})`);
  try {
    return script.runInThisContext({ timeout: timeoutMs }) === true;
  } catch {
    throw new PatternError(`/${pattern}/ took longer than ${timeoutMs}ms on ${text.length} characters`);
  }
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'i');
  } catch {
    throw new PatternError(`/${pattern}/ is no regular expression`);
  }
}

/**
 * Whether a match takes little time for certain: nothing repeats, or one thing that is no group repeats over a short
 * text. `(?:` is no quantifier; an escaped or bracketed one is counted all the same.
 */
function isQuick(pattern: string, text: string): boolean {
  const quantifiers = pattern.match(/(?<!\()[*+?{]|\\[1-9k]/g)?.length ?? 0;
  if (quantifiers === 0) return true;
  return quantifiers === 1 && text.length <= quickBytes && !/\)[*+?{]/.test(pattern);
}
