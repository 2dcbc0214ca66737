import type { Trouble } from '../contract.ts';
import { startsAt, warmUpMs } from '../engine/time.ts';
import type { Dice } from './dice.ts';

/** An announced window, now and then: around something that goes wrong, since otherwise nothing would move anyway. */
export function drawMaintenance(dice: Dice, troubles: readonly Trouble[]) {
  const faults = troubles.filter(({ kind }) => kind === 'fault');
  if (faults.length === 0 || !dice.chance(0.04)) return [];
  const from = startsAt + warmUpMs + dice.pick(faults).at + dice.whole(0, 90) * 1_000;
  const to = from + dice.whole(60, 400) * 1_000;
  return [
    { from: new Date(from).toISOString(), to: new Date(to).toISOString(), reason: 'the racks are rewired' },
  ];
}
