import { afterAll, describe, expect, it } from 'vitest';
import type { SceneResult } from '../contract.ts';
import { drawScene } from '../draw/scene.ts';
import { playSeeds } from './play-seeds.ts';
import { createPool } from './pool.ts';

const player = new URL('./testing/stub-player.ts', import.meta.url);
// Long enough that a busy machine's workers start within it.
const pool = createPool({ player, workers: 2, patienceMs: 10_000 });
afterAll(() => pool.close());

/** What hangs is waited for at once, and the others wait for a worker. */
const timeout = 60_000;

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
    const shrunk = await pool.shrink(drawScene(broken), 'no step is killed', 20_000, (n) => tries.push(n));
    expect(shrunk.finished).toBe(true);
    expect(shrunk.scene.troubles.map(({ kind }) => kind)).toEqual(['kill']);
    expect(tries).toHaveLength(shrunk.tries);
    expect((await pool.play(shrunk.scene)).violations).toHaveLength(1);
  });

  it.concurrent.each([
    [13, 'a scene that throws', /Error: thirteen/],
    [14, 'a scene that hangs', /said nothing for 10 s/],
    [15, 'a scene that takes its thread along', /ended with 7/],
  ])('counts seed %i, %s, as a violation, and goes on', { timeout }, async (seed, _, text) => {
    const { violations } = await pool.play(seed);
    expect(violations).toEqual([
      { invariant: 'a scene plays to its end', atMs: 0, text: expect.stringMatching(text) },
    ]);
    expect((await Promise.all([pool.play(20), pool.play(21)])).map((r) => r.seed)).toEqual([20, 21]);
  });

  it.concurrent('shrinks what hangs no further than it got', { timeout }, async () => {
    const scene = drawScene(14);
    const shrunk = await pool.shrink(scene, 'a scene plays to its end', 5_000);
    expect(shrunk).toEqual({ scene, tries: 0, finished: false });
  });
});
