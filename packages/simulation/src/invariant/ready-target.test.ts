import { expect, test } from 'vitest';
import { readyTarget } from './ready-target.ts';
import { createStage, east, moveOf, ofRegion, ofZone, west, zoneA } from './testing/stage.ts';

const dark = (region: typeof west, sinceMs = 0) => {
  const stage = createStage(readyTarget());
  stage.goesDark(region, sinceMs);
  return stage.at(600_000);
};

test('complains when the region that takes over has not served for long', () => {
  expect(dark(east).admit(moveOf('fail-over-region', ofRegion(west), 'force', east))).toMatch(
    /though no node of us-east-1 .* has served within .* \(6 node\(s\), dark for 10m\)/,
  );
});

test('a fail-back asks it of the region that comes back', () => {
  expect(dark(west).admit(moveOf('fail-back', ofRegion(west), 'recover', east))).toContain(
    'no node of us-west-2',
  );
  expect(dark(east).admit(moveOf('fail-back', ofRegion(west), 'recover', east))).toBeNull();
});

test('silent where it serves, did a moment ago, or no region is moved', () => {
  expect(dark(west).admit(moveOf('fail-over-region', ofRegion(west), 'automatic', east))).toBeNull();
  expect(dark(east, 595_000).admit(moveOf('fail-over-region', ofRegion(west), 'force', east))).toBeNull();
  expect(dark(west).admit(moveOf('evacuate-zone', ofZone(zoneA)))).toBeNull();
});

test('complains where there is no name to move', () => {
  const stage = createStage(readyTarget(), { service: { dns: null } });
  expect(stage.admit(moveOf('fail-over-region', ofRegion(west), 'automatic', east))).toContain(
    'has no DNS name',
  );
});
