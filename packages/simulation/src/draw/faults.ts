import { type FaultName, findFault } from '@evac/sim';
import { type FaultTrouble, lasting, type Setting, zonesOf } from './setting.ts';

/** How often, and for how many seconds. The first list leads to moves where nothing stands against it. */
const moving: readonly (readonly [weight: number, FaultName, readonly [number, number]])[] = [
  [14, 'node-crash', [120, 900]],
  [10, 'node-hang', [120, 900]],
  [8, 'gpu-error', [120, 900]],
  [8, 'network-isolation', [60, 900]],
  [5, 'stream-stall', [120, 900]],
  [5, 'garbage-answers', [120, 900]],
  [16, 'zone-loss', [60, 600]],
  [8, 'zone-grey', [90, 600]],
  [6, 'zone-slow', [90, 600]],
  [18, 'region-loss', [60, 600]],
];

const others: typeof moving = [
  [3, 'slow-start', [20, 600]],
  [3, 'cpu-exhaustion', [30, 600]],
  [4, 'overload', [30, 600]],
  [3, 'dns-api-loss', [60, 600]],
  [4, 'no-capacity', [60, 900]],
  [2, 'bad-release', [30, 300]],
  [2, 'wrong-probe', [30, 300]],
  // Shorter than anybody should act on.
  [4, 'zone-loss', [1, 15]],
  [4, 'node-crash', [1, 10]],
  [3, 'region-loss', [1, 15]],
];

/** The faults of one scene in the order in which they begin: the first is one that ought to lead to a move. */
export function drawFaults(setting: Setting, count: number): FaultTrouble[] {
  const { dice, fromMs, untilMs } = setting;
  const faults: FaultTrouble[] = [];
  // The last third is for what they lead to.
  const latest = fromMs + (untilMs - fromMs) * 0.6;
  for (let i = 0; i < count; i += 1) {
    const before = faults.at(-1);
    const kinds = i === 0 || dice.chance(0.6) ? moving : others;
    const during = before && dice.chance(0.6) ? before.at + dice.whole(0, 240) * 1_000 : null;
    const at = during ?? dice.whole(fromMs, count === 1 ? fromMs + 60_000 : latest);
    faults.push(drawFault(setting, kinds, Math.min(at, latest)));
  }
  return faults.toSorted((a, b) => a.at - b.at);
}

function drawFault(setting: Setting, kinds: typeof moving, at: number): FaultTrouble {
  const { dice, world } = setting;
  const severalRegions = world.regions.length > 1;
  const severalZones = world.regions.some(({ zones }) => zones.length > 1);
  const fitting = kinds.map(([weight, name, span]): [number, [FaultName, readonly [number, number]]] => {
    const strikes = findFault(name)?.target;
    const alone = (strikes === 'region' && !severalRegions) || (strikes === 'zone' && !severalZones);
    return [alone ? weight / 20 : weight, [name, span]];
  });
  const [name, span] = dice.weigh(fitting);
  return { kind: 'fault', name, target: drawTarget(setting, name), ...lasting(setting, at, span) };
}

function drawTarget({ dice, world }: Setting, name: FaultName): string {
  switch (findFault(name)?.target) {
    case 'node': {
      const { region, zone } = dice.pick(zonesOf(world));
      const nodes = world.regions.find((r) => r.name === region)?.nodesPerZone ?? 1;
      return `${zone}/${dice.whole(0, nodes - 1)}`;
    }
    case 'zone':
      return dice.pick(zonesOf(world)).zone;
    case 'region': {
      // Of a standby nobody would notice much.
      const serving = world.regions.filter(({ weight }) => weight > 0);
      return dice.pick(dice.chance(0.8) ? serving : world.regions).name;
    }
    default:
      return 'world';
  }
}
