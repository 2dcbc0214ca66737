import { expect, it } from 'vitest';
import type { Scene } from './contract.ts';
import { drawScene } from './draw/scene.ts';
import { parseScene } from './parse-scene.ts';

const drawn = drawScene(2);
const [region] = drawn.world.regions;
const json = (scene: unknown): unknown => JSON.parse(JSON.stringify(scene));
const mistakesOf = (change: object) => parseScene(json({ ...drawn, ...change })).mistakes;

it('reads every scene that can be drawn as it was', () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const scene: Scene = drawScene(seed);
    expect(parseScene(json(scene)), `seed ${seed}`).toEqual({ scene, mistakes: [] });
  }
});

it('says where the shape is wrong, all at once', () => {
  expect(parseScene([]).mistakes).toEqual(['the scene: Invalid input: expected object, received array']);
  expect(
    mistakesOf({
      seed: 'one',
      troubles: [{ kind: 'fault', name: 'node-crush', target: 'x', at: 0, forMs: 1 }, { kind: 'flood' }],
    }),
  ).toEqual([
    'seed: Invalid input: expected number, received string',
    expect.stringMatching(/^troubles\[0\]\.name: Invalid option: expected one of "node-crash"/),
    expect.stringMatching(/^troubles\[1\]\.kind: Invalid/),
  ]);
});

it('says which place a trouble has that is not there, and which would be', () => {
  expect(
    mistakesOf({
      troubles: [
        { kind: 'fault', name: 'node-crash', target: 'mars-1a/0', at: 0, forMs: 1 },
        { kind: 'fault', name: 'region-loss', target: `${region?.zones[0]?.name}`, at: 0, forMs: 1 },
        { kind: 'abort', region: 'mars-1', at: 0 },
      ],
    }),
  ).toEqual([
    `troubles[0].target: "mars-1a/0" is not in this world; one of ${region?.zones[0]?.name}/0 would be right`,
    expect.stringMatching(/^troubles\[1\]\.target: ".*" is not in this world; one of /),
    expect.stringMatching(/^troubles\[2\]\.region: "mars-1" is not in this world; one of /),
  ]);
});

it("says what is wrong with the service in the config's words", () => {
  const service = { ...drawn.world.service, timing: { interval: '2s', timeout: '3s' } };
  expect(mistakesOf({ world: { ...drawn.world, service } })[0]).toMatch(
    /^world\.service\.timing\.timeout "3s" is longer than its interval/,
  );
});

it('wants the service and the world to have the same regions', () => {
  const regions = drawn.world.regions.map((r) => ({ ...r, weight: r.weight + 1 }));
  expect(mistakesOf({ world: { ...drawn.world, regions } })).toEqual([
    'world.service.regions: the names, weights and zones must be those of world.regions, in the same order',
  ]);
});
