import { moveNames, regionName, zoneName } from '@evac/core';
import { expect, test } from 'vitest';
import type { Invariant, Scene } from '../contract.ts';
import { runScene } from './run-scene.ts';

const region = regionName('us-west-2');
const other = regionName('us-east-1');
const regions = [
  { name: region, id: 'usw2-az1' },
  { name: other, id: 'use1-az1' },
].map(({ name, id }) => ({
  name,
  weight: 100,
  zones: [{ name: zoneName(`${name}a`), id }],
  nodesPerZone: 1,
  max: 2,
}));

const scene: Scene = {
  seed: 1,
  world: {
    regions,
    service: {
      preset: 'vllm',
      regions: regions.map(({ name, weight, zones }) => ({
        name,
        weight,
        groups: [`chat-${name}`],
        endpoint: `https://chat.${name}.example.com`,
        zones,
      })),
      dns: { name: 'chat.example.com' },
      policy: Object.fromEntries(moveNames.map((move) => [move, 'approve'])),
    },
    rate: 1,
    bootMs: 1_000,
    loadMs: 0,
    latencyMs: 1,
    skewMs: {},
  },
  troubles: [
    { kind: 'pause', region: other, move: null, at: 0, forMs: 5_000 },
    { kind: 'fault', name: 'region-loss', target: other, at: 10_000, forMs: 60_000 },
    { kind: 'answer', region, granted: true, at: 45_000 },
    { kind: 'reset-breaker', region, at: 50_000 },
  ],
};

test('what people write reaches the store of a region, even a dark one, and every rule sees it', async () => {
  const written: string[] = [];
  const watching = (): Invariant => ({
    name: 'watching',
    after({ by, method, region: where, ask }) {
      const event = method === 'record' ? ` ${JSON.stringify(ask)}` : '';
      if (by.kind === 'person') written.push(`${method} in ${where}${event}`);
      return null;
    },
  });
  await runScene(scene, { invariants: [watching] });
  expect(written).toEqual(
    expect.arrayContaining([
      `addPause in ${other}`,
      `removePause in ${other}`,
      expect.stringMatching(/^record in us-west-2 .*"step":"approval".*"granted":true/),
      `resetBreaker in ${region}`,
    ]),
  );
});
