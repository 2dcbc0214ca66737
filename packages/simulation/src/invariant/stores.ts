import { findFault } from '@evac/sim';
import type { Scene } from '../contract.ts';

/**
 * True if in this scene every cell can read every store at any time, so that what is known in one region is known in
 * all: no calls go wrong and no region goes dark.
 */
export function storesAnswer({ troubles }: Scene): boolean {
  return !troubles.some(
    (t) => t.kind === 'port' || (t.kind === 'fault' && findFault(t.name)?.dark?.includes('api')),
  );
}
