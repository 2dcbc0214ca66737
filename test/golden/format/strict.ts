import { parseDuration } from '@evac/core';

/** A slip in a case's key would silently make it another case: every key must be one that is known. */
export function onlyKeys(value: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw new Error(`${where}.${key} is not known; one of ${known.join(', ')} is`);
  }
}

/** "20s" as ms. */
export function ms(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === null) throw new Error(`"${text}" is no duration such as 20s or 1h30m`);
  return parsed;
}
