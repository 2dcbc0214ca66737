import { expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';
import { createStage, moveOf, ofZone, west, zoneA, zoneB } from './testing/stage.ts';

const evacuate = () => moveOf('evacuate-zone', ofZone(zoneA));

test('complains when a second move on the same subject is admitted', () => {
  const stage = createStage(oneAtATime());
  stage.admit(evacuate());
  expect(stage.at(1_000).admit(evacuate())).toContain('which is not closed');
});

test('complains when a second move is begun long after the first was admitted, though it waits for its turn', () => {
  const stage = createStage(oneAtATime());
  stage.admit(evacuate());
  const opened = (ms: number) => {
    const incident = evacuate();
    const by = stage.step(incident, 'admit');
    return stage.at(ms).call('store', 'openIncident', { incident }, true, { by });
  };
  expect(opened(30_000)).toBeNull();
  expect(opened(60_000)).toContain('was begun in us-west-2 1m after evacuate-zone');
});

test('silent about an execution that may have been begun before', () => {
  const slow = {
    kind: 'port',
    region: west,
    port: 'store',
    what: 'slow',
    share: 1,
    at: 0,
    forMs: 20_000,
  } as const;
  const stage = createStage(oneAtATime(), { troubles: [slow] });
  stage.admit(evacuate());
  const incident = evacuate();
  const by = stage.step(incident, 'admit');
  expect(stage.at(60_000).call('store', 'openIncident', { incident }, true, { by })).toBeNull();
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
