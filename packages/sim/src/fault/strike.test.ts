import { describe, expect, test } from 'vitest';
import { faultCatalog } from './catalog.ts';
import { type ActiveFault, ailmentsAt, isDark, lacksCapacity, type Place } from './strike.ts';

const node: Place = { region: 'r1', zone: 'r1a', node: 'i-1' };
const neighbour: Place = { region: 'r1', zone: 'r1b', node: 'i-2' };
const abroad: Place = { region: 'r2', zone: 'r2a', node: 'i-3' };
const at = (active: ActiveFault[]) =>
  [node, neighbour, abroad].map((place) => [...ailmentsAt(active, place)]);

test('a fault strikes what lies in its target, and nothing else', () => {
  expect(at([{ name: 'node-hang', target: 'i-1' }])).toEqual([['hung'], [], []]);
  expect(at([{ name: 'zone-grey', target: 'r1a' }])).toEqual([['grey'], [], []]);
  expect(at([{ name: 'overload', target: 'r1' }])).toEqual([['overloaded'], ['overloaded'], []]);
  expect(at([{ name: 'bad-release', target: 'world' }])).toEqual([
    ['misreleased'],
    ['misreleased'],
    ['misreleased'],
  ]);
});

test('faults add up', () => {
  const active: ActiveFault[] = [
    { name: 'zone-slow', target: 'r1a' },
    { name: 'node-hang', target: 'i-1' },
  ];
  expect([...ailmentsAt(active, node)]).toEqual(['far', 'hung']);
});

describe('parts', () => {
  test('a lost zone takes its vantage with it, not its region', () => {
    const active: ActiveFault[] = [{ name: 'zone-loss', target: 'r1a' }];
    expect(isDark(active, 'zone-controls', { region: 'r1', zone: 'r1a', node: null })).toBe(true);
    expect(isDark(active, 'zone-controls', { region: 'r1', zone: 'r1b', node: null })).toBe(false);
    expect(isDark(active, 'balancer', { region: 'r1', zone: null, node: null })).toBe(false);
  });

  test('a lost region takes everything in it, and not the global API', () => {
    const active: ActiveFault[] = [{ name: 'region-loss', target: 'r1' }];
    const region = { region: 'r1', zone: null, node: null };
    const parts = ['balancer', 'api', 'switch', 'region-controls', 'zone-controls'] as const;
    expect(parts.filter((part) => isDark(active, part, region))).toEqual(parts);
    expect(isDark(active, 'balancer', { region: 'r2', zone: null, node: null })).toBe(false);
    expect(isDark(active, 'global-api', { region: null, zone: null, node: null })).toBe(false);
  });

  test('only the named zone lacks capacity', () => {
    const active: ActiveFault[] = [{ name: 'no-capacity', target: 'r1a' }];
    expect(lacksCapacity(active, { region: 'r1', zone: 'r1a', node: null })).toBe(true);
    expect(lacksCapacity(active, { region: 'r1', zone: 'r1b', node: null })).toBe(false);
  });
});

test('every fault of the catalogue does something', () => {
  const idle = faultCatalog.filter((f) => !('ailments' in f || 'dark' in f || 'noCapacity' in f));
  expect(idle).toEqual([]);
  expect(new Set(faultCatalog.map((f) => f.name)).size).toBe(17);
});
