import { zoneName } from '@evac/core';
import { describe, expect, test } from 'vitest';
import { type Placed, scaleInVictim, zonesToTry, zoneToFill } from './placement.ts';

const [a, b, c] = ['a', 'b', 'c'].map(zoneName) as [Placed['zone'], Placed['zone'], Placed['zone']];
const zones = [a, b, c];
let age = 0;
const node = (zone: Placed['zone'], rest: Partial<Placed> = {}): Placed => ({
  zone,
  launchedAt: age++,
  protected: false,
  ...rest,
});

describe('zones to try', () => {
  test('the emptiest first', () => {
    expect(zonesToTry(zones, [node(a), node(a), node(b)], null)).toEqual([c, b, a]);
  });
  test('where the node was lost before all others', () => {
    expect(zonesToTry(zones, [node(a), node(a), node(b)], a)).toEqual([a, c, b]);
  });
  test('never a zone that is not in use', () => {
    expect(zonesToTry([b, c], [node(b)], a)).toEqual([c, b]);
  });
});

describe('scale-in', () => {
  test('ends the oldest node of the fullest zone', () => {
    const [first, second, lone] = [node(b), node(b), node(a, { launchedAt: -1 })];
    expect(scaleInVictim(zones, [second, lone, first])).toBe(first);
  });
  test('passes over protected nodes', () => {
    const [guarded, open] = [node(b, { protected: true }), node(b)];
    expect(scaleInVictim(zones, [guarded, open, node(a)])).toBe(open);
    expect(scaleInVictim(zones, [guarded])).toBeNull();
  });
  test('ends what runs outside of the zones in use first, the oldest of it', () => {
    const [outside, later] = [node(a), node(a)];
    expect(scaleInVictim([b, c], [node(b), node(b), later, outside])).toBe(outside);
  });
});

describe('rebalancing', () => {
  test('fills the emptiest zone when it is two below the fullest', () => {
    expect(zoneToFill(zones, [node(a), node(a), node(b)])).toBe(c);
  });
  test('leaves a difference of one', () => {
    expect(zoneToFill(zones, [node(a), node(a), node(b), node(c)])).toBeNull();
  });
  test('makes room for what runs outside of the zones in use', () => {
    expect(zoneToFill([b, c], [node(a), node(b), node(c)])).toBe(b);
  });
  test('does nothing for protected nodes', () => {
    expect(zoneToFill(zones, [node(a, { protected: true }), node(a, { protected: true })])).toBeNull();
  });
});
