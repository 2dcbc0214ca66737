import leven from 'leven';

/** What to say of a setting nobody knows: the one that was meant, or all there are. */
export function unknownSetting(key: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, distance: leven(key.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  // A third of the letters wrong is still a slip of the fingers; more is another word.
  if (near && near.distance <= Math.ceil(near.name.length / 3))
    return `is no setting; did you mean "${near.name}"?`;
  return `is no setting; here there are ${known.join(', ')}`;
}

/** The setting such a sentence suggests; null where it suggests none. zod carries nothing but text. */
export function suggestedIn(message: string): string | null {
  return /did you mean "(.+)"\?$/.exec(message)?.[1] ?? null;
}
