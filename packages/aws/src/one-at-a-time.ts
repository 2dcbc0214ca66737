/** Makes the acts of one key one after the other, in this process; between processes a lease does the same. */
export function oneAtATime(): <T>(key: string, act: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, act) => {
    const before = last.get(key);
    // It acts again, whatever became of the one before: it looks, and finds out that there is nothing left to do.
    const own = (async () => {
      await before?.catch(() => undefined);
      return act();
    })();
    last.set(key, own);
    try {
      return await own;
    } finally {
      if (last.get(key) === own) last.delete(key);
    }
  };
}
