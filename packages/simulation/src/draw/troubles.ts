import type { DrawnWorld, Trouble } from '../contract.ts';
import type { Dice } from './dice.ts';
import { drawFaults } from './faults.ts';
import { drawMachinery } from './machinery.ts';
import { drawAnswers, drawPerson, drawReturns } from './people.ts';
import type { Setting } from './setting.ts';
import { mustBeService } from './world-service.ts';

const minute = 60_000;

/**
 * What happens in a world, in order: nothing at all, one fault alone, several at once and during each other's recovery,
 * or faults while our own machinery fails as well. Everything has ended after 6 to 40 minutes.
 */
export function drawTroubles(dice: Dice, world: DrawnWorld): Trouble[] {
  const minutes = dice.weigh([
    [65, dice.whole(6, 9)],
    [27, dice.whole(10, 16)],
    [8, dice.whole(17, 40)],
  ]);
  const setting: Setting = {
    dice,
    world,
    service: mustBeService(world),
    fromMs: dice.whole(0, 40) * 1_000,
    untilMs: minutes * minute,
  };
  const { faults, machinery, people } = drawPlan(dice, minutes);
  const struck = drawFaults(setting, faults);
  const near = () => (struck.length === 0 ? null : dice.pick(struck));
  const troubles: Trouble[] = [
    ...struck,
    ...times(machinery, () => drawMachinery(setting, near())),
    ...times(people, () => drawPerson(setting, near())),
    ...drawAnswers(setting, struck),
    ...drawReturns(setting, struck),
  ];
  return troubles.toSorted((a, b) => a.at - b.at);
}

/** How many of each. A long scene has room for more. */
function drawPlan(dice: Dice, minutes: number): { faults: number; machinery: number; people: number } {
  const people = dice.chance(0.3) ? dice.whole(1, 3) : 0;
  const room = Math.ceil(minutes / 4);
  return dice.weigh([
    [3, { faults: 0, machinery: 0, people: 0 }],
    [4, { faults: 0, machinery: dice.whole(1, 5), people }],
    [17, { faults: 1, machinery: 0, people: 0 }],
    [34, { faults: dice.whole(2, 3 + room), machinery: 0, people }],
    [42, { faults: dice.whole(1, 3 + room), machinery: dice.whole(1, 2 + room), people }],
  ]);
}

function times<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}
