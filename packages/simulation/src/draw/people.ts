import { type MoveName, moveNames } from '@evac/core';
import { findFault } from '@evac/sim';
import type { Trouble } from '../contract.ts';
import {
  actingCell,
  badMoment,
  type FaultTrouble,
  lasting,
  regionOf,
  type Setting,
  zonesOf,
} from './setting.ts';

/** What a person does at the worst moment of a fault. */
export function drawPerson(setting: Setting, fault: FaultTrouble | null): Trouble {
  const { dice, world } = setting;
  const at = badMoment(setting, fault);
  const region = fault ? actingCell(setting, fault) : dice.pick(world.regions).name;
  return dice.weigh<() => Trouble>([
    [25, () => pause(setting, at)],
    [15, () => ({ kind: 'answer', at, region, granted: dice.chance(0.5) })],
    [10, () => ({ kind: 'reset-breaker', at, region })],
    [50, () => request(setting, at, fault)],
  ])();
}

function pause(setting: Setting, at: number): Trouble {
  const { dice, world } = setting;
  const move = dice.chance(0.6) ? null : dice.pick(moveNames);
  const region = dice.pick(world.regions).name;
  return { kind: 'pause', region, move, ...lasting(setting, at, [20, 400]) };
}

/** What a person does about something that is broken, node, zone or region. */
const away = { node: 'replace-node', zone: 'evacuate-zone', region: 'fail-over-region' } as const;

/** Of what a fault has struck, to be moved away if the evidence agrees. */
export function askedFor(setting: Setting, at: number, fault: FaultTrouble): Trouble {
  const struck = findFault(fault.name)?.target ?? 'world';
  if (struck === 'world') return asked(setting, { at, verb: 'recover', ...drawSubject(setting) });
  return asked(setting, { at, verb: 'recover', move: away[struck], target: fault.target });
}

/** Of what is to be given its traffic back, whatever the evidence says. */
export function forcedBack(setting: Setting, at: number, target: string): Trouble {
  const back = target === 'world' ? setting.dice.pick(zonesOf(setting.world)).zone : target;
  return asked(setting, { at, verb: 'force', move: 'fail-back', target: back });
}

/** Of what is broken, mostly; sometimes of something that is well. */
function request(setting: Setting, at: number, fault: FaultTrouble | null): Trouble {
  const { dice } = setting;
  const verb = dice.chance(0.6) ? ('recover' as const) : ('force' as const);
  const struck = fault && dice.chance(0.7) ? findFault(fault.name)?.target : null;
  if (fault && struck && struck !== 'world') {
    const move = struck === 'node' || dice.chance(0.7) ? away[struck] : 'fail-back';
    return asked(setting, { at, verb, move, target: fault.target });
  }
  return asked(setting, { at, verb, ...drawSubject(setting) });
}

function drawSubject({ dice, world }: Setting): { move: MoveName; target: string } {
  const move = dice.pick(moveNames);
  const { region, zone } = dice.pick(zonesOf(world));
  if (move === 'replace-node') return { move, target: `${zone}/0` };
  const ofZone = move === 'evacuate-zone' || (move === 'fail-back' && dice.chance(0.5));
  return { move, target: ofZone ? zone : region };
}

type Request = Extract<Trouble, { kind: 'request' }>;

/** In the cell that owns it, mostly: a region's move is another region's. */
function asked({ dice, world }: Setting, words: Omit<Request, 'kind' | 'region'>): Trouble {
  const own = regionOf(world, words.target);
  const others = world.regions.filter(({ name }) => name !== own);
  const fitting = words.target === own ? others : world.regions.filter(({ name }) => name === own);
  const among = fitting.length === 0 || dice.chance(0.1) ? world.regions : fitting;
  return { kind: 'request', region: dice.pick(among).name, ...words };
}

/** Where the policy asks a person, one mostly answers, in time or not. */
export function drawAnswers(setting: Setting, faults: readonly FaultTrouble[]): Trouble[] {
  const { dice, service, untilMs } = setting;
  if (!Object.values(service.policy).includes('approve')) return [];
  return faults.flatMap((fault): Trouble[] => {
    const region = actingCell(setting, fault);
    const after = dice.chance(0.85) ? dice.whole(30, 300) : null;
    if (after === null) return [];
    const at = Math.min(untilMs - 1_000, fault.at + after * 1_000);
    return [{ kind: 'answer', at, region, granted: dice.chance(0.75) }];
  });
}

/** Where nothing goes back by itself, a person sends it back once what was broken has been well for long enough. */
export function drawReturns(setting: Setting, faults: readonly FaultTrouble[]): Trouble[] {
  const { dice, service, untilMs } = setting;
  if (service.policy['fail-back'] === 'automatic') return [];
  return faults.flatMap((fault): Trouble[] => {
    const struck = findFault(fault.name)?.target;
    const at = fault.at + fault.forMs + service.limits.failBackAfterMs + dice.whole(5, 120) * 1_000;
    if (struck === 'node' || struck === 'world' || at >= untilMs || dice.chance(0.2)) return [];
    return [asked(setting, { at, verb: 'recover', move: 'fail-back', target: fault.target })];
  });
}
