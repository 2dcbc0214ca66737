import { createPool, type Pool, playSeeds } from '@evac/simulation';
import type { Output } from '../output.ts';
import { UserError } from '../user-error.ts';
import { playOne } from './one.ts';
import { createProgress, perMinute } from './progress.ts';
import { readScene } from './scene-file.ts';
import { showBroken, showTally } from './show.ts';
import { shrinkRules } from './shrink.ts';
import { createTally } from './tally.ts';

export interface SimulateOptions {
  seeds: number;
  from: number;
  seed?: number;
  scene?: string;
  trace: boolean;
  workers?: number;
  /** Milliseconds of real time for each broken rule; 0 for none. */
  shrink: number;
  /** Where shrunk scenes are written. */
  out: string;
}

/** Plays many drawn scenes, or one, and says which rules were broken. Returns the exit code: 1 on any. */
export async function runSimulate(options: SimulateOptions, output: Output, player?: URL): Promise<0 | 1> {
  const { seed, scene, trace, workers } = options;
  const one = scene === undefined ? seed : await readScene(scene);
  if (trace && one === undefined)
    throw new UserError('--trace prints one scene; name it with --seed S or --scene FILE');
  const pool = createPool({
    ...(player && { player }),
    ...(one === undefined ? workers !== undefined && { workers } : { workers: 1 }),
  });
  try {
    return one === undefined
      ? await playMany(options, pool, output)
      : await playOne(one, trace, pool, output);
  } finally {
    await pool.close();
  }
}

async function playMany(options: SimulateOptions, pool: Pool, output: Output): Promise<0 | 1> {
  const { seeds, from, shrink, out } = options;
  const tally = createTally();
  const progress = createProgress(seeds, output);
  const start = performance.now();
  const before = process.cpuUsage();
  await playSeeds(pool, {
    from,
    seeds,
    onResult(result) {
      tally.add(result);
      const sofar = tally.sofar();
      progress.at(sofar.seeds, sofar.failovers, sofar.violations);
    },
  });
  progress.end();
  const { user, system } = process.cpuUsage(before);
  const took = { wallMs: Math.round(performance.now() - start), cpuMs: Math.round((user + system) / 1_000) };
  const result = tally.result();
  showTally(result, from, took, output);
  const shrunk =
    shrink > 0 ? await shrinkRules(pool, result.broken, { forMs: shrink, dir: out }, output) : [];
  showBroken(result, shrunk, output);
  const ok = result.broken.length === 0;
  output.result({
    ok,
    from,
    ...result,
    workers: pool.workers,
    ...took,
    failoversPerMinute: perMinute(result.failovers, took.wallMs),
    failoversPerCoreMinute: perMinute(result.failovers, took.cpuMs),
    shrunk,
  });
  return ok ? 0 : 1;
}
