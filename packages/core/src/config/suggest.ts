import leven from 'leven';

/** What to say of a setting nobody knows: the one that was meant, or all there are. */
export function unknownSetting(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== null) return `is no setting; did you mean "${near}"?`;
  return `is no setting; here there are ${known.join(', ')}`;
}

/** The word that was meant; null where none is near. */
export function nearest<Word extends string>(written: string, words: readonly Word[]): Word | null {
  const near = words
    .map((word) => ({ word, distance: leven(written.toLowerCase(), word.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  // A third of the letters wrong is still a slip of the fingers; more is another word.
  return near && near.distance <= Math.ceil(near.word.length / 3) ? near.word : null;
}

/** The setting such a sentence suggests; null where it suggests none. zod carries nothing but text. */
export function suggestedIn(message: string): string | null {
  return /did you mean "(.+)"\?$/.exec(message)?.[1] ?? null;
}
