import { expect, test } from 'vitest';
import { heirAnswers } from './heir-answers.ts';
import { createStage, east, moveOf, ofRegion, type Stage, west } from './testing/stage.ts';

const failover = () => moveOf('fail-over-region', ofRegion(west), 'automatic', east);

function tells(stage: Stage, ...classes: ('ok' | 'failed')[]): Stage {
  for (const [i, found] of classes.entries())
    stage.at(1_000 * (i + 1)).observes(east, null, [{ target: `region/${east}`, class: found }]);
  return stage.at(10_000);
}

test('complains when the endpoint has failed, and when nobody told of it', () => {
  expect(tells(createStage(heirAnswers()), 'ok', 'failed', 'failed').admit(failover())).toContain(
    `the last 2 shallow checks that it told of the endpoint of ${east} had failed`,
  );
  expect(createStage(heirAnswers()).at(10_000).admit(failover())).toContain('had told nothing');
});

test('silent when it answers, or failed once', () => {
  expect(tells(createStage(heirAnswers()), 'failed', 'ok').admit(failover())).toBeNull();
  expect(tells(createStage(heirAnswers()), 'ok', 'failed').admit(failover())).toBeNull();
});

test('failures that were told just before are not known yet', () => {
  const failed = tells(createStage(heirAnswers()), 'ok', 'failed', 'failed');
  expect(failed.at(6_000).admit(failover())).toBeNull();
  expect(failed.at(8_000).admit(failover())).toContain('the last 2 shallow checks');
  const answersSince = tells(createStage(heirAnswers()), 'failed', 'failed', 'ok');
  expect(answersSince.at(7_000).admit(failover())).toBeNull();
  const failsOn = tells(createStage(heirAnswers()), 'failed', 'failed', 'failed');
  expect(failsOn.at(7_000).admit(failover())).toContain('the last 3 shallow checks');
});

test('old words are none', () => {
  const stage = tells(createStage(heirAnswers()), 'ok').at(300_000);
  expect(stage.admit(failover())).toContain('had told nothing');
});

test('of a fail-back the region that returns must answer', () => {
  const stage = tells(createStage(heirAnswers()), 'ok');
  expect(stage.admit(moveOf('fail-back', ofRegion(west), 'automatic', east))).toContain(
    `endpoint of ${west}`,
  );
});

test('what /health failed before an answer was generated is out of date', () => {
  const stage = tells(createStage(heirAnswers()), 'ok', 'failed', 'failed');
  stage.observes(east, null, [{ target: `region/${east}`, class: 'ok', check: 'deep' }]);
  expect(stage.at(11_000).admit(failover())).toBeNull();
  const other = tells(createStage(heirAnswers()), 'failed', 'failed');
  other.observes(east, null, [{ target: `region/${east}`, class: 'failed', check: 'deep' }]);
  expect(other.at(11_000).admit(failover())).toContain('the last 2 shallow checks');
});
