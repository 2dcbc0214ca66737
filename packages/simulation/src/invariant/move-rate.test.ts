import { zoneName } from '@evac/core';
import { expect, test } from 'vitest';
import { moveRate } from './move-rate.ts';
import { createStage, east, moveOf, ofNode, regionOf, west, zoneA, zoneB } from './testing/stage.ts';

const limits = { maxMovesPerHour: 2 };
const eastA = zoneName('us-east-1a');

function limited(troubles: Parameters<typeof createStage>[1] = {}) {
  const base = createStage(moveRate()).truth.service;
  return createStage(moveRate(), { ...troubles, service: { limits: { ...base.limits, ...limits } } });
}

test('complains of the third move within an hour', () => {
  const stage = limited();
  expect(stage.at(0).admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  expect(stage.at(1_000).admit(moveOf('replace-node', ofNode(zoneA, 1)))).toBeNull();
  expect(stage.at(5_000).admit(moveOf('replace-node', ofNode(zoneB)))).toMatch(
    /beside 2 moves of the last hour, at most 2/,
  );
  expect(stage.at(3_700_000).admit(moveOf('replace-node', ofNode(zoneB, 1)))).toBeNull();
});

test('one that was opened and not yet admitted counts; one that was refused does not', () => {
  const stage = limited();
  stage.at(0).admit(moveOf('replace-node', ofNode(zoneA)));
  const second = stage.open(moveOf('replace-node', ofNode(zoneA, 1)));
  expect(stage.at(1_000).admit(moveOf('replace-node', ofNode(zoneB)))).toContain('beside 2 moves');
  stage.close(second, 'refused');
  const first = limited();
  first.at(0).admit(moveOf('replace-node', ofNode(zoneA)));
  const refused = first.open(moveOf('replace-node', ofNode(zoneA, 1)));
  first.close(refused, 'refused');
  expect(first.at(1_000).admit(moveOf('replace-node', ofNode(zoneB)))).toBeNull();
});

test('counts the other stores too, where they can be read', () => {
  const others = [moveOf('replace-node', ofNode(eastA)), moveOf('replace-node', ofNode(eastA, 1))];
  const readable = limited();
  for (const move of others) readable.at(0).admit(move);
  expect(readable.at(9_000).admit(moveOf('replace-node', ofNode(zoneA)))).toContain('beside 2 moves');

  const gone = {
    kind: 'port',
    region: east,
    port: '*',
    what: 'gone',
    share: 1,
    at: 0,
    forMs: 60_000,
  } as const;
  const apart = limited({ troubles: [gone] });
  for (const move of others) apart.at(0).admit(move);
  expect(apart.at(9_000).admit(moveOf('replace-node', ofNode(zoneA)))).toBeNull();
  expect(regionOf(zoneA)).toBe(west);
});
