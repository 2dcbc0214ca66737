import type { Scene } from '../contract.ts';
import { diceOf } from './dice.ts';
import { drawTroubles } from './troubles.ts';
import { drawWorld } from './world.ts';

/** The scene of a seed: the same for the same seed, in any process and at any hour. */
export function drawScene(seed: number): Scene {
  const world = drawWorld(diceOf(seed, 'world'));
  return { seed, world, troubles: drawTroubles(diceOf(seed, 'troubles'), world) };
}
