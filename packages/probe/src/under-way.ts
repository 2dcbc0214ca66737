/** Work that was begun and is waited for later, also what is added meanwhile. */
export function underWay() {
  const all = new Set<Promise<void>>();
  let failure: { error: unknown } | null = null;
  return {
    /** Resolves when the work has ended, well or not. */
    add(work: Promise<void>): Promise<void> {
      const tracked = work.then(
        () => void all.delete(tracked),
        (error: unknown) => {
          failure ??= { error };
          all.delete(tracked);
        },
      );
      all.add(tracked);
      return tracked;
    },
    /** Rejects with the first error that any of it had. */
    async ended(): Promise<void> {
      while (all.size > 0) await Promise.all(all);
      if (failure) throw failure.error;
    },
  };
}
