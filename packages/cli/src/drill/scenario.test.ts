import { faultCatalog } from '@evac/sim/faults';
import { describe, expect, test } from 'vitest';
import { findScenario, scenarios } from './scenario.ts';

test('every fault of the catalogue can be drilled alone', () => {
  const alone = scenarios.filter((s) => s.faults.length === 1);
  expect(alone.map((s) => s.name).toSorted()).toEqual(faultCatalog.map((f) => f.name).toSorted());
  expect(alone.map((s) => s.faults[0])).toEqual(alone.map((s) => s.name));
});

test('no two share a name', () => {
  expect(new Set(scenarios.map((s) => s.name)).size).toBe(scenarios.length);
});

test('a fault of a node, a zone or a region leads to the move of that size, or to none', () => {
  const sizes = { node: 'replace-node', zone: 'evacuate-zone', region: 'fail-over-region', world: null };
  for (const { faults, move } of scenarios) {
    const fault = faultCatalog.find((f) => f.name === faults[0])!;
    expect([sizes[fault.target], null], faults[0]).toContain(move);
  }
});

describe('what must lead to nothing', () => {
  test.each(['overload', 'slow-start', 'bad-release', 'wrong-probe', 'no-capacity', 'dns-api-loss'])(
    '%s',
    (name) => {
      expect(findScenario(name)?.move).toBeNull();
    },
  );
});

test('an unknown name is none', () => {
  expect(findScenario('node-crush')).toBeUndefined();
});
