import { expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';
import { createStage, moveOf, ofZone, zoneA, zoneB } from './testing/stage.ts';

const evacuate = () => moveOf('evacuate-zone', ofZone(zoneA));

test('complains when a second move on the same subject is admitted', () => {
  const stage = createStage(oneAtATime());
  stage.admit(evacuate());
  expect(stage.at(1_000).admit(evacuate())).toContain('which is not closed');
});

test('silent about another subject, and once the first is closed', () => {
  const stage = createStage(oneAtATime());
  const first = evacuate();
  stage.admit(first);
  expect(stage.at(1_000).admit(moveOf('evacuate-zone', ofZone(zoneB)))).toBeNull();
  stage.close(first, 'recovered');
  expect(stage.at(2_000).admit(evacuate())).toBeNull();
});

test('a zone that is held empty may be failed back, and not evacuated again', () => {
  const stage = createStage(oneAtATime());
  const first = evacuate();
  stage.admit(first);
  stage.record(first, { step: 'prove', phase: 'done' });
  expect(stage.at(1_000).admit(moveOf('fail-back', ofZone(zoneA)))).toBeNull();
  expect(stage.at(2_000).admit(evacuate())).toContain('which is not closed');
});
