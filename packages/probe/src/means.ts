import type { Clock, Random } from '@evac/core';
import type { Pool } from './wire/pool.ts';
import type { WireOptions } from './wire/wire.ts';

/** What a protocol asks with. */
export interface Means {
  clock: Clock;
  random: Random;
  /** Null: a fresh connection for every question. */
  pool: Pool | null;
  wire: WireOptions;
  signal: AbortSignal | null;
}
