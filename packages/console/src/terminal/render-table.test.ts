import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { demoRun } from '../testing/demo-run.ts';
import { renderTable } from './render-table.ts';

it('ends a run with a table, the verdict and what was missed', () => {
  expect(renderTable(demoRun().drills)).toMatchInlineSnapshot(`
    "                       Traffic             Requests  Longest
    Drill        Detected  stopped  Recovered    failed      gap  Result
    node-hang       2.6 s    3.1 s      3.6 s     6/800   320 ms  passed
    zone-loss       3.9 s    5.6 s      6.3 s    41/800   560 ms  passed
    region-loss     5.1 s   12.4 s     13.7 s   256/800   13.6 s  MISSED
    bad-release     2.1 s    2.4 s      1.7 s     1/800   277 ms  passed

    Not passed: region-loss. Requests recovered every time, at the latest 13.7 s after the fault. 304 of 3,200 requests failed (9.5%). 1 of 8 promises missed.
      missed  region-loss: Out of rotation (at most 12 s): took 12.4 s"
  `);
});

it('shows a dash for what did not happen, of the kind the terminal has', () => {
  const [first] = demoRun().drills;
  const none = [
    { ...first!, detectedMs: null, trafficStoppedMs: null, recoveredMs: null, longestGapMs: null },
  ];
  expect(renderTable(none)).toMatch(/node-hang +– +– +– +6\/800 +– +passed/);
  expect(renderTable(none, { ascii: true })).toMatch(/node-hang +- +- +- +6\/800 +- +passed/);
});

it('fits 80 columns with the longest name of a fault, and is the same in colour', () => {
  const drills = demoRun().drills.map((drill) => ({
    ...drill,
    scenario: 'network-isolation',
    requests: { ...drill.requests, failed: 1_234, total: 56_789 },
  }));
  const [head = '', names = '', row = ''] = renderTable(drills).split('\n');
  for (const line of [head, names, row]) expect(line.length).toBeLessThanOrEqual(80);
  const colored = stripVTControlCharacters(renderTable(drills, { color: true }));
  expect(colored.replace(/ +$/gm, '')).toBe(renderTable(drills));
});
