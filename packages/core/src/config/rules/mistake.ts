import type { ServiceSettings } from '../../settings.ts';
import type { Problem } from '../problem.ts';

/** A problem found by a rule, its paths relative to what the rule was given. */
export interface Mistake extends Problem {
  /** Other settings the rule compared: if one of them could not be read, the rule had nothing to compare. */
  compared: string[];
}

/** One or more things that a schema cannot say. Looks at the filled-in settings, so that defaults are checked as well. */
export type ServiceRule = (service: ServiceSettings, now: number | null) => Mistake[];

export function error(path: string, value: unknown, message: string, compared: string[] = []): Mistake {
  return { severity: 'error', path, value, message, compared };
}

export function warning(path: string, value: unknown, message: string, compared: string[] = []): Mistake {
  return { severity: 'warning', path, value, message, compared };
}

/** The second and later appearances of a key. */
export function repeated<T>(
  items: readonly T[],
  key: (item: T) => string,
): { index: number; first: number }[] {
  const seen = new Map<string, number>();
  return items.flatMap((item, index) => {
    const first = seen.get(key(item));
    if (first === undefined) {
      seen.set(key(item), index);
      return [];
    }
    return [{ index, first }];
  });
}
