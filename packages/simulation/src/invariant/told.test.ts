import { expect, test } from 'vitest';
import type { Invariant, Truth } from '../contract.ts';
import { createStage, moveOf, ofNode, zoneA } from './testing/stage.ts';
import { hear, toldSoFar } from './told.ts';

/** Two rules in one: both are told of every call. */
const twice = (heard: number[]): Invariant => ({
  name: 'twice',
  after(call, ended, truth) {
    for (const { ledger } of [hear(call, ended, truth), hear(call, ended, truth)])
      heard.push(ledger.incidents(call.region).reduce((sum, i) => sum + i.events.length, 0));
    return null;
  },
});

test('a call is written once, however many rules hear of it, and whoever is first finds it there', () => {
  const heard: number[] = [];
  const stage = createStage(twice(heard));
  stage.admit(moveOf('replace-node', ofNode(zoneA)));
  const events = heard.at(-1);
  expect(events).toBeGreaterThan(0);
  expect(heard.slice(-2)).toEqual([events, events]);
  expect(
    toldSoFar(stage.truth satisfies Truth)
      .ledger.incidents('us-west-2')
      .flatMap((i) => i.events),
  ).toHaveLength(events ?? 0);
});

test('each scene has a book of its own', () => {
  const [a, b] = [createStage(twice([])), createStage(twice([]))];
  a.admit(moveOf('replace-node', ofNode(zoneA)));
  expect(toldSoFar(a.truth satisfies Truth).ledger.incidents('us-west-2')).toHaveLength(1);
  expect(toldSoFar(b.truth satisfies Truth).ledger.incidents('us-west-2')).toHaveLength(0);
});
