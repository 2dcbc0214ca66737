import { seededRandom } from '@evac/sim';
import { expect, test } from 'vitest';
import { createAgenda } from './agenda.ts';

test('comes soonest first, and at one time in the order it was put down in, without what was called off', () => {
  const random = seededRandom(7);
  const agenda = createAgenda();
  const said: string[] = [];
  const wanted: { at: number; n: number }[] = [];
  for (let n = 0; n < 500; n++) {
    const at = Math.floor(random.next() * 50);
    const entry = agenda.add(at, 0, () => said.push(`${at} ${n}`));
    if (random.next() < 0.4) entry.run = null;
    else wanted.push({ at, n });
  }
  for (let entry = agenda.take(); entry; entry = agenda.take()) entry.run?.();
  expect(said).toEqual(wanted.toSorted((a, b) => a.at - b.at || a.n - b.n).map(({ at, n }) => `${at} ${n}`));
});

test('has nothing first once all was called off', () => {
  const agenda = createAgenda();
  for (const at of [3, 1, 2])
    agenda.add(at, 0, () => {
      throw new Error('it was called off');
    }).run = null;
  expect(agenda.first()).toBeUndefined();
  expect(agenda.take()).toBeUndefined();
});
