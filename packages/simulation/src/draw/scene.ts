import type { Scene } from '../contract.ts';
import { diceOf } from './dice.ts';
import { drawMaintenance } from './maintenance.ts';
import { drawDoubt, drawPlot } from './plots.ts';
import { drawTroubles } from './troubles.ts';
import { drawWorld } from './world.ts';

/** The scene of a seed: the same for the same seed, in any process and at any hour. */
export function drawScene(seed: number): Scene {
  const world = drawWorld(diceOf(seed, 'world'));
  const drawn = drawTroubles(diceOf(seed, 'troubles'), world);
  const plot = drawPlot(diceOf(seed, 'plot'), world, drawn);
  const doubt = drawDoubt(diceOf(seed, 'doubt'), world, drawn);
  const troubles = [...drawn, ...plot, ...doubt].toSorted((a, b) => a.at - b.at);
  const maintenance = drawMaintenance(diceOf(seed, 'maintenance'), troubles);
  if (maintenance.length === 0) return { seed, world, troubles };
  return { seed, world: { ...world, service: { ...world.service, maintenance } }, troubles };
}
