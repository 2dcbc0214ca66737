import { type CloudPorts, type RegionName, vantageId } from '@evac/core';
import type { Trouble } from '../contract.ts';
import { actingCell, badMoment, type FaultTrouble, lasting, type Setting, zonesOf } from './setting.ts';

type PortTrouble = Extract<Trouble, { kind: 'port' }>;
type Wrong = PortTrouble['what'];

/** What goes wrong with each port, and how often. Only what names resources by their state can be in contention. */
const ports: readonly (readonly [weight: number, keyof CloudPorts | '*', readonly Wrong[]])[] = [
  [34, 'store', ['throttled', 'slow', 'gone', 'stale', 'stale', 'lost', 'lost']],
  [24, 'fleet', ['throttled', 'slow', 'gone', 'stale', 'lost', 'lost', 'contention']],
  [12, 'balancer', ['throttled', 'slow', 'gone', 'stale', 'lost']],
  [8, 'zonalShift', ['throttled', 'slow', 'gone', 'lost', 'contention']],
  [6, 'dns', ['throttled', 'slow', 'gone', 'stale', 'lost']],
  [6, 'switch', ['throttled', 'slow', 'gone', 'lost']],
  [3, 'restart', ['throttled', 'slow', 'gone', 'lost']],
  [3, 'notify', ['throttled', 'slow', 'gone']],
  [10, '*', ['throttled', 'slow', 'gone', 'lost']],
];

/** In percent of the calls. */
const shares: Record<Wrong, readonly [number, number]> = {
  throttled: [10, 90],
  slow: [20, 100],
  gone: [60, 100],
  stale: [30, 100],
  lost: [5, 50],
  contention: [20, 100],
};

/** One thing that goes wrong with Evac's own machinery, at a bad moment of a fault. */
export function drawMachinery(setting: Setting, fault: FaultTrouble | null): Trouble {
  const { dice, world } = setting;
  const at = badMoment(setting, fault);
  // Mostly the cell that has something to do.
  const region = fault && dice.chance(0.75) ? actingCell(setting, fault) : dice.pick(world.regions).name;
  return dice.weigh<() => Trouble>([
    [16, () => probeTrouble(setting, at, region)],
    [8, () => cutOff(setting, at, region)],
    [30, () => portTrouble(setting, at, region)],
    [24, () => ({ kind: 'kill', at, region, ...drawKill(setting) })],
    [6, () => ({ kind: 'abort', at, region })],
    [8, () => ({ kind: 'alarm', at, region, times: dice.whole(2, 5) })],
    [8, () => capacityTrouble(setting, at)],
  ])();
}

function probeTrouble(setting: Setting, at: number, region: RegionName): Trouble {
  const { dice } = setting;
  const what = dice.pick(['killed', 'skipped', 'late', 'doubled'] as const);
  return { kind: 'probe', vantage: drawVantage(setting, region), what, ...lasting(setting, at, [10, 240]) };
}

function cutOff(setting: Setting, at: number, region: RegionName): Trouble {
  const { zone } = setting.dice.pick(zonesOf(setting.world));
  const vantage = drawVantage(setting, region);
  return { kind: 'cut-off', vantage, from: zone, ...lasting(setting, at, [20, 300]) };
}

/** One in each zone, and one of the region, outside of the VPC. */
function drawVantage({ dice, world }: Setting, region: RegionName) {
  const zones = zonesOf(world).filter((place) => place.region === region);
  return vantageId(dice.chance(0.3) ? `out/${region}` : `in/${dice.pick(zones).zone}`);
}

function portTrouble(setting: Setting, at: number, region: RegionName): Trouble {
  const { dice } = setting;
  const [port, wrongs] = dice.weigh(ports.map(([weight, ...rest]) => [weight, rest] as const));
  const what = dice.pick(wrongs);
  const share = dice.whole(...shares[what]) / 100;
  return { kind: 'port', region, port, what, share, ...lasting(setting, at, [5, 240]) };
}

/** A judgement changes little; a step writes what it is about to do, does it, and writes that it is done. */
function drawKill({ dice }: Setting) {
  const what = dice.chance(0.8) ? ('step' as const) : ('judge' as const);
  return { what, call: dice.whole(1, what === 'step' ? 4 : 2), after: dice.chance(0.5) };
}

function capacityTrouble(setting: Setting, at: number): Trouble {
  const { zone } = setting.dice.pick(zonesOf(setting.world));
  const left = setting.dice.pick([0, 0, 1, 2]);
  return { kind: 'capacity', zone, left, ...lasting(setting, at, [30, 600]) };
}
