/** Work that was begun and is waited for later, also what is added meanwhile. */
export function underWay() {
  const all = new Set<Promise<void>>();
  return {
    add(work: Promise<void>): Promise<void> {
      const tracked = work.finally(() => all.delete(tracked));
      all.add(tracked);
      return tracked;
    },
    async ended(): Promise<void> {
      while (all.size > 0) await Promise.all(all);
    },
  };
}
