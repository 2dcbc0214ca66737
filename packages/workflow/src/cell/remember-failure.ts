import type { Clock } from '@evac/core';

/**
 * The same calls, but one that failed is not made again for a while: it rejects at once with the same error. A peer
 * region or an API that is gone costs a timeout each time it is asked, and in a failover every step asks.
 */
export function rememberFailure<T extends object>(port: T, clock: Clock, forMs: number): T {
  const failed = new Map<PropertyKey, { at: number; error: unknown }>();
  return new Proxy(port, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        const last = failed.get(name);
        if (last && clock.now() - last.at < forMs) throw last.error;
        // Not from its end: where a function is frozen meanwhile, that comes long after.
        const at = clock.now();
        try {
          const result: unknown = await Reflect.apply(method, target, args);
          failed.delete(name);
          return result;
        } catch (error) {
          failed.set(name, { at, error });
          throw error;
        }
      };
    },
  });
}
