import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawScene } from '@evac/simulation';
import { afterAll, describe, expect, it } from 'vitest';
import { runSimulate, type SimulateOptions } from './simulate.ts';
import { keepingOutput } from './testing/keeping-output.ts';

const player = new URL('./testing/stub-player.ts', import.meta.url);
const dir = mkdtempSync(join(tmpdir(), 'evac-simulate-'));
afterAll(() => rmSync(dir, { recursive: true }));

const isKilled = (seed: number) =>
  drawScene(seed).troubles.some((trouble) => trouble.kind === 'kill' && trouble.what === 'step');
const seeds = Array.from({ length: 500 }, (_, i) => i + 1);
const bad = seeds.find(isKilled) ?? 0;
const calm = seeds.find((seed) => !seeds.slice(seed - 1, seed + 4).some(isKilled)) ?? 0;

function simulate(given: Partial<SimulateOptions>, json = false) {
  const kept = keepingOutput({ json });
  const options = { seeds: 5, from: calm, trace: false, shrink: 50_000, out: join(dir, 'out'), ...given };
  return runSimulate(options, kept.output, player).then((code) => ({ code, ...kept }));
}

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

describe('many seeds', () => {
  it('come to failovers a minute, moves, refusals and times, and end well when every rule held', async () => {
    const { code, lines } = await simulate({});
    const text = lines.join('\n');
    expect(code).toBe(0);
    expect(text).toContain(`seeds ${calm} to ${calm + 4}: 50m of virtual time in `);
    expect(text).toMatch(/\d+ whole failovers, \d+ a minute, \d+ a minute of one core's time/);
    expect(text).toMatch(/ {2}fail-over-region {2}\d+ recovered/);
    expect(text).toMatch(/ {2}cooldown {2}5/);
    expect(text).toMatch(/ {2}region-loss {2}\d+ +5s +5s +5s +5s +1m1s +1m1s +1m1s +1m1s/);
    expect(lines.at(-1)).toBe('no violation');
  });

  it('say which rule was broken, by which seed, and where the shrunk scene is', async () => {
    const { code, lines } = await simulate({ from: bad, seeds: 1 });
    expect(code).toBe(1);
    const path = join(dir, 'out', `no-step-is-killed-${bad}.json`);
    expect(lines.slice(-4)).toEqual([
      `No step is killed: 1 violation in 1 seed: ${bad}`,
      expect.stringMatching(new RegExp(`^ {2}seed ${bad}, .* in: a step was killed$`)),
      expect.stringMatching(
        new RegExp(`^ {2}seed ${bad} shrunk to 1 trouble in 1 region, 1 zone, 1 node \\(\\d+ tries\\)$`),
      ),
      `  evac simulate --scene ${path} --trace`,
    ]);
    const again = await simulate({ scene: path });
    expect(again.code).toBe(1);
    expect(again.lines.join('\n')).toContain('No step is killed: a step was killed');
  });

  it('are one object with --json, the same but for the time it took', async () => {
    const results = await Promise.all([simulate({ workers: 1 }, true), simulate({ workers: 2 }, true)]);
    const [one, two] = results.map(({ results: [result], lines }) => {
      expect(lines).toEqual([]);
      return {
        ...Object(result),
        wallMs: 0,
        cpuMs: 0,
        failoversPerMinute: 0,
        failoversPerCoreMinute: 0,
        workers: 0,
      };
    });
    expect(one).toMatchObject({
      ok: true,
      from: calm,
      seeds: 5,
      virtualMs: 3_000_000,
      broken: [],
      shrunk: [],
    });
    expect(two).toEqual(one);
  });

  it('are not shrunk when there is no time for it', async () => {
    const { lines } = await simulate({ from: bad, seeds: 1, shrink: 0, out: join(dir, 'none') });
    expect(lines.at(-1)).toBe(`  evac simulate --seed ${bad} --trace`);
    expect(readdirSync(dir)).not.toContain('none');
  });
});

describe('one scene', () => {
  it('prints its trace, its moves and how it ended', async () => {
    const { code, lines } = await simulate({ seed: bad, trace: true });
    expect(code).toBe(1);
    expect(lines.slice(0, 3)).toEqual([`line one of ${bad}`, 'line two', '']);
    expect(lines.join('\n')).toContain('  1s: fail-over-region of us-west-2 (automatic), recovered after 1m');
    expect(lines.at(-2)).toBe('1 violation');
    expect(lines.at(-1)).toMatch(/: No step is killed: a step was killed$/);
  });

  it('is one object with --json, with the scene itself and its trace', async () => {
    const { results } = await simulate({ seed: calm, trace: true }, true);
    expect(results).toMatchObject([
      { ok: true, seed: calm, scene: drawScene(calm), trace: [`line one of ${calm}`, 'line two'] },
    ]);
  });

  it('comes from a file as well', async () => {
    const path = file('scene.json', JSON.stringify(drawScene(calm)));
    const { code, lines } = await simulate({ scene: path });
    expect(code).toBe(0);
    expect(lines[0]).toMatch(new RegExp(`^seed ${calm}: `));
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(drawScene(calm)));
  });
});

describe('mistakes', () => {
  it.each([
    ['a trace of many', {}, /^--trace prints one scene; name it with --seed S or --scene FILE$/, 2],
    ['a file that is not there', { scene: join(dir, 'no.json') }, /^--scene .*no\.json does not exist; /, 2],
    ['a file that is no JSON', { scene: file('a.json', '{') }, /a\.json is no JSON: /, 1],
    [
      'a file that is no scene',
      { scene: file('b.json', '{"seed": 1, "troubles": []}') },
      /b\.json is no scene\n {2}world: /,
      1,
    ],
  ])('%s', async (_, given, message, exitCode) => {
    const failing = simulate({ trace: true, ...given });
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toMatchObject({ exitCode });
  });
});
