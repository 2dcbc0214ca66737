import { PortError } from '@evac/core';
import { chunks } from './groups.ts';

/**
 * What is there of these. One that is gone makes the call fail for all that are asked with it, and one team's mistake
 * must not hide the others' groups: then each is asked by itself.
 */
export async function present<Found>(
  arns: readonly string[],
  most: number,
  describe: (arns: readonly string[]) => Promise<Found[]>,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const some of chunks(arns, most)) {
    try {
      found.push(...(await describe(some)));
    } catch (error) {
      if (!(error instanceof PortError) || error.code !== 'not-found') throw error;
      if (some.length > 1) found.push(...(await present(some, 1, describe)));
    }
  }
  return found;
}
