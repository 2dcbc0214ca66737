import fc from 'fast-check';
import { expect, test } from 'vitest';
import { neverAllZero, withWeight } from './weights.ts';

const weight = fc.nat(255);
const before = fc.record({ west: weight, east: weight, north: weight });

test('taking any region out of any weights never leaves all of them zero', () => {
  fc.assert(
    fc.property(before, fc.constantFrom('west', 'north'), weight, weight, (weights, region, to, standby) => {
      const after = withWeight(weights, region, to, { region: 'east', weight: standby });
      expect(after[region]).toBe(to);
      expect(Object.values(after).some((w) => w > 0)).toBe(true);
    }),
  );
});

test('a standby gets weight only where nothing else has any', () => {
  const standby = { region: 'east', weight: 100 };
  expect(withWeight({ west: 100, east: 0, north: 50 }, 'west', 0, standby)).toEqual({
    west: 0,
    east: 0,
    north: 50,
  });
  expect(withWeight({ west: 100, east: 0 }, 'west', 0, standby)).toEqual({ west: 0, east: 100 });
});

test('weights that are all zero are not written', () => {
  expect(() => neverAllZero({ west: 0, east: 0 })).toThrow('must not all be zero');
});
