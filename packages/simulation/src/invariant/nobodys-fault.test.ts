import { vantageId } from '@evac/core';
import type { FaultName } from '@evac/sim';
import { expect, test } from 'vitest';
import { nobodysFault } from './nobodys-fault.ts';
import { createStage, moveOf, ofNode, ofZone, zoneA, zoneB } from './testing/stage.ts';

const minute = 60_000;
const fault = (name: FaultName, target: string, at = 0, forMs = 30 * minute) =>
  ({ kind: 'fault', name, target, at, forMs }) as const;

const admitted = (
  troubles: NonNullable<Parameters<typeof createStage>[1]>['troubles'],
  verb: 'automatic' | 'force' = 'automatic',
) =>
  createStage(nobodysFault(), { troubles: troubles ?? [] })
    .at(10 * minute)
    .admit(moveOf('replace-node', ofNode(zoneA), verb));

test('complains of a move for a bad release, overload, or nothing', () => {
  expect(admitted([fault('bad-release', 'world')])).toContain('(there was: bad-release of world)');
  expect(admitted([fault('overload', 'us-west-2')])).toContain('overload');
  expect(admitted([])).toContain('(there was: nothing)');
});

test('complains where only another zone is struck, or the fault is long over', () => {
  expect(admitted([fault('node-crash', 'us-west-2b/0')])).toContain('node-crash of us-west-2b/0');
  expect(admitted([fault('node-crash', 'us-west-2a/0', 0, minute)])).toContain('(there was: nothing)');
});

test('silent where a fault strikes the subject or what it lies in, or a vantage sees wrongly', () => {
  expect(admitted([fault('node-crash', 'us-west-2a/1')])).toBeNull();
  expect(admitted([fault('zone-loss', 'us-west-2a')])).toBeNull();
  expect(admitted([fault('bad-release', 'world'), fault('node-hang', 'us-west-2a/0')])).toBeNull();
  const cut = {
    kind: 'cut-off',
    vantage: vantageId('in/us-west-2b'),
    from: zoneA,
    at: 0,
    forMs: 30 * minute,
  } as const;
  expect(admitted([cut])).toBeNull();
  expect(admitted([], 'force')).toBeNull();
});

test('silent about a node that was launched in the scene, and about fail-backs', () => {
  const stage = createStage(nobodysFault()).at(10 * minute);
  const young = ofNode(zoneB, 7);
  expect(stage.admit(moveOf('replace-node', young))).toBeNull();
  expect(stage.admit(moveOf('fail-back', ofZone(zoneA)))).toBeNull();
});
