import { createPool, drawScene, invariants } from '@evac/simulation';
import type { Defect } from './defect.ts';

export interface Catch {
  defect: string;
  what: string;
  /** The rule that noticed; null if none did. */
  rule: string | null;
  /** The last seed that was looked at, counted from the first. */
  seeds: number;
  /** Of these, how many were played: in the others it could not show. */
  played: number;
  within: number;
  seed: number | null;
  text: string | null;
}

export interface HuntOptions {
  from: number;
  workers?: number;
  /** In place of the defect's own limit. */
  within?: number;
}

const rules = new Set(invariants.map((make) => make().name));

/** Plays seed after seed with the defect until a rule notices that would not have without it. */
export async function hunt(defect: Defect, { from, workers, within }: HuntOptions): Promise<Catch> {
  const unknown = defect.caughtBy.filter((rule) => !rules.has(rule));
  if (unknown.length > 0) throw new Error(`${defect.name}: there is no rule ${unknown.join(', ')}`);
  const most = within ?? defect.within;
  const player = new URL('./player.ts', import.meta.url);
  player.searchParams.set('defect', defect.name);
  const pool = createPool({ player, ...(workers !== undefined && { workers }) });
  const caught = { defect: defect.name, what: defect.what, within: most };
  let played = 0;
  let next = from;
  try {
    for (;;) {
      const seeds: number[] = [];
      for (; seeds.length < pool.workers && next < from + most; next += 1)
        if (defect.shows?.(drawScene(next)) ?? true) seeds.push(next);
      if (seeds.length === 0) return { ...caught, rule: null, seeds: most, played, seed: null, text: null };
      const results = await Promise.all(seeds.map((seed) => pool.play(seed)));
      for (const { seed, violations } of results) {
        played += 1;
        const first = violations[0];
        if (!first) continue;
        if (!rules.has(first.invariant)) throw new Error(`${defect.name}, seed ${seed}: ${first.text}`);
        const { invariant, text } = first;
        return { ...caught, rule: invariant, seeds: seed - from + 1, played, seed, text };
      }
    }
  } finally {
    await pool.close();
  }
}
