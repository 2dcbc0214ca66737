import {
  type Incident,
  type IncidentEvent,
  incidentId,
  nodeId,
  regionName,
  serviceName,
  zoneName,
} from '@evac/core';
import { describe, expect, it } from 'vitest';
import { moveResult, stepsOf } from './moves.ts';

function incidentWith(events: Omit<IncidentEvent, 'seq' | 'text'>[], more: Partial<Incident> = {}): Incident {
  const region = regionName('us-west-2');
  return {
    id: incidentId('x'),
    service: serviceName('chat'),
    move: 'replace-node',
    subject: { kind: 'node', region, zone: zoneName('us-west-2a'), node: nodeId('i-1') },
    verb: 'automatic',
    by: 'evac',
    because: 'dead',
    cell: region,
    openedAt: 1_000,
    closedAt: null,
    outcome: null,
    events: events.map((event, index) => ({
      ...event,
      seq: index + 1,
      text: `${event.step} ${event.phase}`,
    })),
    ...more,
  };
}

it('counts a move from the fault, with its steps in the order they began', () => {
  const incident = incidentWith(
    [
      { at: 1_100, step: 'admit', phase: 'done' },
      { at: 1_200, step: 'drain', phase: 'intent' },
      { at: 1_500, step: 'drain', phase: 'done' },
    ],
    { closedAt: 2_000, outcome: 'recovered' },
  );
  expect(moveResult(incident, 1_000)).toEqual({
    move: 'replace-node',
    subject: 'us-west-2/us-west-2a/i-1',
    outcome: 'recovered',
    steps: [
      { step: 'admit', startedMs: 100, endedMs: 100, state: 'done', text: 'admit done' },
      { step: 'drain', startedMs: 200, endedMs: 500, state: 'done', text: 'drain done' },
    ],
  });
});

describe('a step', () => {
  const stateOf = (events: Omit<IncidentEvent, 'seq' | 'text'>[], more: Partial<Incident> = {}) =>
    stepsOf(incidentWith(events, more), 1_000).map(({ state, startedMs, endedMs }) => [
      state,
      startedMs,
      endedMs,
    ]);

  it('that has begun and not ended is running', () => {
    expect(
      stateOf([
        { at: 1_100, step: 'launch', phase: 'intent' },
        { at: 1_900, step: 'launch', phase: 'waiting' },
      ]),
    ).toEqual([['running', 100, null]]);
  });

  it('that had not ended when the incident was closed has failed', () => {
    expect(stateOf([{ at: 1_100, step: 'launch', phase: 'intent' }], { closedAt: 3_000 })).toEqual([
      ['failed', 100, 100],
    ]);
  });

  it('that only waited while its incident recovered is done', () => {
    const recovered = { closedAt: 3_000, outcome: 'recovered' } as const;
    expect(stateOf([{ at: 1_100, step: 'hold', phase: 'waiting' }], recovered)).toEqual([['done', 100, 100]]);
  });

  it('is not ended by a note', () => {
    const begun = { at: 1_100, step: 'launch', phase: 'intent' } as const;
    const note = { at: 1_400, step: 'launch', phase: 'note' } as const;
    expect(stateOf([begun, note])).toEqual([['running', 100, null]]);
    expect(stateOf([note])).toEqual([['done', 400, 400]]);
  });

  it('that was run twice, after a crash, is one: from its first beginning to its last end', () => {
    expect(
      stateOf([
        { at: 1_100, step: 'drain', phase: 'intent' },
        { at: 1_300, step: 'drain', phase: 'intent' },
        { at: 1_600, step: 'drain', phase: 'done' },
      ]),
    ).toEqual([['done', 100, 600]]);
  });

  it('that was begun again after it had failed is running', () => {
    expect(
      stateOf([
        { at: 1_100, step: 'drain', phase: 'intent' },
        { at: 1_300, step: 'drain', phase: 'failed' },
        { at: 1_600, step: 'drain', phase: 'intent' },
      ]),
    ).toEqual([['running', 100, null]]);
  });

  it('that was undone later has a second span for that', () => {
    expect(
      stateOf([
        { at: 1_100, step: 'drain', phase: 'intent' },
        { at: 1_200, step: 'drain', phase: 'done' },
        { at: 1_300, step: 'prove', phase: 'failed' },
        { at: 1_400, step: 'drain', phase: 'undone' },
      ]),
    ).toEqual([
      ['done', 100, 200],
      ['failed', 300, 300],
      ['undone', 400, 400],
    ]);
  });
});
