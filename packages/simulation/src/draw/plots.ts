import { type RegionName, vantageId, type ZoneName } from '@evac/core';
import type { DrawnWorld, Trouble } from '../contract.ts';
import type { Dice } from './dice.ts';
import { askedFor, forcedBack } from './people.ts';
import { actingCell, type FaultTrouble, lasting, regionOf, type Setting, zonesOf } from './setting.ts';
import { mustBeService } from './world-service.ts';

const second = 1_000;

/**
 * Things that go wrong together for one reason, or in an order that matters: what is drawn one by one hardly ever comes to
 * it. One scene in four has one, around something that fails.
 */
export function drawPlot(dice: Dice, world: DrawnWorld, troubles: readonly Trouble[]): Trouble[] {
  const faults = troubles.filter((t): t is FaultTrouble => t.kind === 'fault');
  if (faults.length === 0 || !dice.chance(1 / 4)) return [];
  const ends = troubles.map((t) => t.at + ('forMs' in t ? t.forMs : 0));
  const setting: Setting = {
    dice,
    world,
    service: mustBeService(world),
    fromMs: 0,
    untilMs: Math.max(7 * 60 * second, ...ends),
  };
  // Mostly the first: it strikes a world in which all is well, so that something is done about it.
  const fault = dice.chance(0.75) ? faults[0] : dice.pick(faults);
  if (!fault) return [];
  // Some need a world that is seldom drawn.
  const draw = dice.weigh([
    [1, straggler],
    [1, silence],
    [2, blindness],
    [2, lastOne],
    [1, impatience],
  ]);
  return draw(setting, fault);
}

/** Of what strikes a node first, now and then, the launch of a replacement has no answer: nobody knows whether there is one. */
export function drawDoubt(dice: Dice, world: DrawnWorld, troubles: readonly Trouble[]): Trouble[] {
  const fault = troubles.find((t): t is FaultTrouble => t.kind === 'fault');
  const region = fault && regionOf(world, fault.target);
  if (!fault?.target.includes('/') || !region || !dice.chance(0.08)) return [];
  // After the lease on the group's size and the record of what is about to be done.
  return [
    { kind: 'kill', at: fault.at, what: 'step', step: 'launch', region, call: 3, after: dice.chance(0.7) },
  ];
}

/** A stopped execution whose last step goes on once another execution of the same incident has begun. */
function straggler(setting: Setting, fault: FaultTrouble): Trouble[] {
  const { dice } = setting;
  const { at } = soon(setting, fault, [5, 90], [1, 1]);
  const write = dice.chance(0.7) ? 'intent' : 'any';
  const lateMs = dice.whole(20, 105) * second;
  return [{ kind: 'straggler', at, region: actingCell(setting, fault), write, lateMs }];
}

/** None of a region's vantages is started any more once they have told of something; meanwhile a person gives way. */
function silence(setting: Setting, fault: FaultTrouble): Trouble[] {
  const { dice, world } = setting;
  const region = actingCell(setting, fault);
  const span = soon(setting, fault, [10, 40], [200, 400]);
  const silent = vantagesOf(world, region).map(
    (vantage): Trouble => ({ kind: 'probe', vantage, what: 'skipped', ...span }),
  );
  const late = span.at + dice.whole(120, 240) * second;
  if (dice.chance(0.5)) return [...silent, askedFor(setting, late, fault)];
  const at = Math.max(0, fault.at - 5 * second);
  return [...silent, { kind: 'pause', region, move: null, at, forMs: Math.min(late, setting.untilMs) - at }];
}

/** Some of a region's vantages reach nothing, and mostly another one does not reach one of its zones. */
function blindness(setting: Setting, fault: FaultTrouble): Trouble[] {
  const { dice, world } = setting;
  const several = world.regions.filter((r) => r.zones.length > 2);
  const region = dice.pick(several.length > 0 ? several : world.regions).name;
  const zones = dice.shuffle(zonesIn(world, region));
  const span = soon(setting, fault, [-60, 120], [90, 300]);
  const [blind, ...others] = dice.chance(0.85)
    ? zones.map((zone) => vantageId(`in/${zone}`))
    : dice.shuffle(vantagesOf(world, region));
  if (blind === undefined) return [];
  const also = others.filter(() => dice.chance(0.25));
  const seeing = others.filter((vantage) => !also.includes(vantage));
  const troubles = [blind, ...also].map((vantage): Trouble => ({ kind: 'blind', vantage, ...span }));
  if (seeing.length === 0 || !dice.chance(0.8)) return troubles;
  return [...troubles, { kind: 'cut-off', vantage: dice.pick(seeing), from: dice.pick(zones), ...span }];
}

/** A person empties one zone after the other, or what is left of a region once a zone is empty. */
function lastOne(setting: Setting, fault: FaultTrouble): Trouble[] {
  const { dice, world } = setting;
  const alone = world.regions.filter(({ zones, nodesPerZone }) => zones.length === 2 && nodesPerZone === 1);
  const region = dice.pick(alone.length > 0 ? alone : world.regions).name;
  const [emptied, left] = dice.shuffle(zonesIn(world, region));
  if (emptied === undefined || left === undefined) return [];
  const { at } = soon(setting, fault, [-30, 60], [1, 1]);
  const after = soon(setting, fault, [120, 240], [1, 1]).at;
  const ofNode = dice.chance(0.8);
  return [
    { kind: 'request', region, verb: 'force', move: 'evacuate-zone', target: emptied, at },
    ofNode
      ? { kind: 'request', region, verb: 'force', move: 'replace-node', target: `${left}/0`, at: after }
      : { kind: 'request', region, verb: 'force', move: 'evacuate-zone', target: left, at: after },
  ];
}

/** A person wants back what is still on its way out: the node, and its zone, since that is what may be moved for it. */
function impatience(setting: Setting, fault: FaultTrouble): Trouble[] {
  const { at } = soon(setting, fault, [60, 120], [1, 1]);
  const [zone = fault.target, node] = fault.target.split('/');
  const targets = node === undefined ? [fault.target] : [fault.target, zone];
  return targets.map((target) => forcedBack(setting, at, target));
}

/** So many seconds after a fault has begun, or before it. */
function soon(
  setting: Setting,
  fault: FaultTrouble,
  [least, most]: readonly [number, number],
  span: readonly [number, number],
) {
  return lasting(setting, Math.max(0, fault.at + setting.dice.whole(least, most) * second), span);
}

function zonesIn(world: DrawnWorld, region: RegionName): ZoneName[] {
  return zonesOf(world)
    .filter((place) => place.region === region)
    .map(({ zone }) => zone);
}

function vantagesOf(world: DrawnWorld, region: RegionName) {
  return [...zonesIn(world, region).map((zone) => `in/${zone}`), `out/${region}`].map(vantageId);
}
