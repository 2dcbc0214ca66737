/** The one with the fewest requests under way; among equals the one that waited longest for its turn. */
export function leastOutstanding<T>(
  targets: readonly T[],
  load: (target: T) => { outstanding: number; lastAt: number },
): T | null {
  let best: { target: T; outstanding: number; lastAt: number } | null = null;
  for (const target of targets) {
    const { outstanding, lastAt } = load(target);
    const wins =
      best === null ||
      outstanding < best.outstanding ||
      (outstanding === best.outstanding && lastAt < best.lastAt);
    if (wins) best = { target, outstanding, lastAt };
  }
  return best?.target ?? null;
}
