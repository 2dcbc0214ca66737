import type { DrawnWorld } from '../contract.ts';
import type { Dice } from './dice.ts';
import { drawPlaces } from './places.ts';
import { drawService } from './service.ts';

const second = 1_000;

/** A place to break: most worlds are small, since what goes wrong in a large one goes wrong in a small one, sooner. */
export function drawWorld(dice: Dice): DrawnWorld {
  const places = drawPlaces(dice);
  const weights = drawWeights(dice, places.length);
  const nodes = drawNodes(dice);
  const regions = places.map((place, i) => {
    const nodesPerZone = dice.chance(0.12) ? Math.min(nodes, drawNodes(dice)) : nodes;
    const size = nodesPerZone * place.zones.length;
    return { ...place, weight: weights[i] ?? 100, nodesPerZone, max: size + drawRoom(dice, size) };
  });
  const bootMs = dice.pick([5, 10, 20, 40, 60]) * second;
  const loadMs =
    dice.weigh([
      [70, dice.whole(5, 60)],
      [25, dice.whole(60, 180)],
      [5, 294],
    ]) * second;
  return {
    regions,
    service: drawService(dice, regions, bootMs + loadMs),
    rate: dice.pick([1, 5, 20, 100]) * regions.length,
    bootMs,
    loadMs,
    latencyMs: dice.pick([5, 20, 50, 100, 300]),
    skewMs: drawSkew(
      dice,
      regions.map(({ name }) => name),
    ),
  };
}

function drawNodes(dice: Dice): number {
  return dice.weigh([
    [40, 1],
    [49, 2],
    [8, 3],
    [1.7, dice.whole(4, 6)],
    [0.8, dice.whole(7, 12)],
    [0.4, dice.whole(13, 40)],
    [0.1, 40],
  ]);
}

/** How far the group may grow: mostly enough for a whole zone. */
function drawRoom(dice: Dice, size: number): number {
  return dice.weigh([
    [8, 0],
    [12, 1],
    [30, Math.ceil(size / 2)],
    [50, size],
  ]);
}

/** Equal, or with standbys of 0, or unequal; never all of 0, which Route 53 answers with all of them. */
function drawWeights(dice: Dice, count: number): number[] {
  const others = Array.from({ length: count - 1 });
  const [first, rest] = dice.weigh<[number, number[]]>([
    [50, [100, [100]]],
    [25, [100, [0, 0, 100]]],
    [25, [dice.pick([70, 200, 255]), [1, 10, 30, 50]]],
  ]);
  return dice.shuffle([first, ...others.map(() => dice.pick(rest))]);
}

/** Any two regions within 5 s of each other, whoever is right. */
function drawSkew(dice: Dice, regions: readonly string[]): Record<string, number> {
  const most = dice.weigh([
    [40, 0],
    [40, 250],
    [20, 2_500],
  ]);
  return Object.fromEntries(regions.map((region) => [region, dice.whole(-most, most)]));
}
