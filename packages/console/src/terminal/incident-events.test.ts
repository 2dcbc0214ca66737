import { expect, it } from 'vitest';
import { demoRun } from '../testing/demo-run.ts';
import { incidentEvents } from './incident-events.ts';

it('tells a step that waits once, however often it was asked', () => {
  const run = demoRun();
  const incident = run.drills[0]!.incidents[0]!;
  const waiting = [1, 2, 3].map((seq) => ({
    seq,
    at: incident.openedAt + seq,
    step: 'launch',
    phase: 'waiting' as const,
    text: 'not yet',
  }));
  const lines = incidentEvents({ ...incident, events: waiting, closedAt: null }, run.startedAt);
  expect(lines.map((line) => line.text)).toEqual([
    `replace-node i-0a1b2c3d4e5f60718: begun. ${incident.because}`,
    'replace-node i-0a1b2c3d4e5f60718: Launch, waiting: not yet',
  ]);
  expect(lines[1]?.atMs).toBe(8_601);
});
