import { expect, it } from 'vitest';
import type { DrillResult } from './drill-result.ts';
import { demoRun } from './testing/demo-run.ts';
import { missedPromises, verdictSentence } from './verdict.ts';

function drill(more: Partial<DrillResult>): DrillResult {
  return { ...demoRun().drills[0]!, ...more };
}

it('says in a line that it passed, when it recovered and at what cost', () => {
  expect(verdictSentence([drill({})])).toBe(
    'Passed. Requests recovered 3.6 s after the fault. 6 of 800 requests failed (0.8%). Both promises were kept.',
  );
});

it('names the drills that did not pass', () => {
  expect(verdictSentence(demoRun().drills)).toMatch(
    /^Not passed: region-loss\. Requests recovered every time, at the latest 13\.7 s after the fault\./,
  );
});

it('says that requests had not recovered, and does not call it a time', () => {
  const lost = drill({ recoveredMs: null, passed: false });
  expect(verdictSentence([lost])).toContain('Requests had not recovered while the fault was on.');
  expect(verdictSentence([lost, drill({})])).toContain('Requests had not recovered in node-hang.');
});

it('does not speak of recovery where nothing failed', () => {
  const calm = drill({
    recoveredMs: null,
    requests: { total: 1, failed: 0, p50Ms: 1, p99Ms: 1 },
    promises: [],
  });
  expect(verdictSentence([calm])).toBe('Passed. None of 1 request failed. Nothing had been promised.');
  const idle = drill({ requests: { total: 0, failed: 0, p50Ms: null, p99Ms: null } });
  expect(verdictSentence([idle])).toContain('No request was sent.');
  expect(verdictSentence([])).toBe('Nothing was run.');
});

it('tells of each missed promise what was promised and what came', () => {
  const promises = [
    { name: 'Out of rotation', limitMs: 9_000, actualMs: 9_300, held: false },
    { name: 'Recovered', limitMs: 20_000, actualMs: null, held: false },
    { name: 'No other node is touched', limitMs: null, actualMs: null, held: false },
    { name: 'One move', limitMs: null, actualMs: null, held: true },
  ];
  expect(missedPromises([drill({ promises })])).toEqual([
    'node-hang: Out of rotation (at most 9 s): took 9.3 s',
    'node-hang: Recovered (at most 20 s): did not happen',
    'node-hang: No other node is touched',
  ]);
});
