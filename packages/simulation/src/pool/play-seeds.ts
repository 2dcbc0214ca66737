import type { SceneResult } from '../contract.ts';
import type { Pool } from './pool.ts';

/** Plays `seeds` seeds one after the other from `from` on, on all workers. Results come as they end, in no order. */
export async function playSeeds(
  pool: Pool,
  { from, seeds, onResult }: { from: number; seeds: number; onResult(result: SceneResult): void },
): Promise<void> {
  let next = from;
  const playOn = async () => {
    while (next < from + seeds) {
      const seed = next;
      next += 1;
      onResult(await pool.play(seed));
    }
  };
  await Promise.all(Array.from({ length: Math.min(pool.workers, seeds) }, playOn));
}
