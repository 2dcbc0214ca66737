import { afterAll, describe, expect, it } from 'vitest';
import type { SceneResult } from '../contract.ts';
import { drawScene } from '../draw/scene.ts';
import { playSeeds } from './play-seeds.ts';
import { createPool } from './pool.ts';

const player = new URL('./testing/stub-player.ts', import.meta.url);
const pool = createPool({ player, workers: 2 });
/** For what hangs. Nobody else: a busy machine's workers may not start within this. */
const impatient = createPool({ player, workers: 1, patienceMs: 3_000 });
afterAll(() => Promise.all([pool.close(), impatient.close()]));

const killed = (seed: number) => drawScene(seed).troubles.some((t) => t.kind === 'kill' && t.what === 'step');
const broken = Array.from({ length: 300 }, (_, i) => i + 20).find(killed) ?? 0;

describe('a pool', () => {
  it('plays every seed once', async () => {
    const results: SceneResult[] = [];
    await playSeeds(pool, { from: 20, seeds: 30, onResult: (result) => results.push(result) });
    const seeds = results.map(({ seed }) => seed).toSorted((a, b) => a - b);
    expect(seeds).toEqual(Array.from({ length: 30 }, (_, i) => i + 20));
    for (const { seed, violations } of results)
      expect(violations.length, `seed ${seed}`).toBe(killed(seed) ? 1 : 0);
  });

  it('passes on the lines of a trace, in order', async () => {
    const lines: string[] = [];
    const scene = drawScene(3);
    await pool.play(scene, (line) => lines.push(line));
    expect(lines).toEqual(['seed 3', `${scene.troubles.length} troubles`]);
  });

  it('shrinks a scene to one that breaks the same rule', async () => {
    const tries: number[] = [];
    const shrunk = await pool.shrink(drawScene(broken), 'no step is killed', 50_000, (n) => tries.push(n));
    expect(shrunk.finished).toBe(true);
    expect(shrunk.scene.troubles.map(({ kind }) => kind)).toEqual(['kill']);
    expect(tries).toHaveLength(shrunk.tries);
    expect((await pool.play(shrunk.scene)).violations).toHaveLength(1);
  });

  it.each([
    [13, 'a scene that throws', pool, /Error: thirteen/],
    [14, 'a scene that hangs', impatient, /said nothing for 3 s/],
    [15, 'a scene that takes its thread along', pool, /ended with 7/],
  ])('counts seed %i, %s, as a violation, and goes on', async (seed, _, on, text) => {
    const { violations } = await on.play(seed);
    expect(violations).toEqual([
      { invariant: 'a scene plays to its end', atMs: 0, text: expect.stringMatching(text) },
    ]);
    expect((await Promise.all([on.play(20), on.play(21)])).map((r) => r.seed)).toEqual([20, 21]);
  });

  it('shrinks what hangs no further than it got', async () => {
    const scene = drawScene(14);
    const shrunk = await impatient.shrink(scene, 'a scene plays to its end', 5_000);
    expect(shrunk).toEqual({ scene, tries: 0, finished: false });
  });
});
