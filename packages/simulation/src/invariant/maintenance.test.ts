import { expect, test } from 'vitest';
import { maintenance } from './maintenance.ts';
import { createStage, moveOf, ofNode, startedAt, zoneA } from './testing/stage.ts';

const window = { from: startedAt, to: startedAt + 600_000, reason: 'upgrade' };
const during = (ms: number, verb: 'automatic' | 'force' = 'automatic') => {
  const stage = createStage(maintenance(), { service: { maintenance: [window] } });
  return stage.at(ms).admit(moveOf('replace-node', ofNode(zoneA), verb));
};

test('complains of a move in a window', () => {
  expect(during(60_000)).toContain('in the maintenance window "upgrade", 9m before its end');
});

test('silent outside of it, near its edges, and for a person who forces it', () => {
  expect(during(700_000)).toBeNull();
  expect(during(2_000)).toBeNull();
  expect(during(60_000, 'force')).toBeNull();
});
