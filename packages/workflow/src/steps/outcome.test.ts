import {
  type EventPhase,
  type Incident,
  incidentId,
  nodeId,
  regionName,
  serviceName,
  zoneName,
} from '@evac/core';
import { describe, expect, test } from 'vitest';
import { begun } from './effects.ts';
import { outcomeOf } from './outcome.ts';

type Told = [step: string, phase: EventPhase, text?: string, data?: Record<string, unknown>];

function incident(...told: Told[]): Incident {
  const region = regionName('us-west-2');
  const zone = zoneName('us-west-2a');
  return {
    id: incidentId('i1'),
    service: serviceName('llm'),
    move: 'replace-node',
    subject: { kind: 'node', region, zone, node: nodeId('i-1') },
    verb: 'automatic',
    by: 'evac',
    because: 'it is dead',
    cell: region,
    openedAt: 0,
    closedAt: null,
    outcome: null,
    events: told.map(([step, phase, text = `${step} ${phase}`, data], at) => ({
      seq: at + 1,
      at,
      step,
      phase,
      text,
      ...(data && { data }),
    })),
  };
}
const turned = (error: string): Told => [
  'revert',
  'intent',
  'it went wrong',
  { error, cause: 'it went wrong' },
];

describe('the outcome is read from the record', () => {
  test('proven', () => {
    expect(outcomeOf(incident(['admit', 'done'], ['prove', 'done'])).outcome).toBe('recovered');
  });
  test('refused by a guard, or by a person', () => {
    expect(outcomeOf(incident(['admit', 'failed', 'refused by quorum']))).toEqual({
      outcome: 'refused',
      text: 'refused by quorum',
    });
    expect(outcomeOf(incident(['admit', 'done'], ['await-approval', 'failed'])).outcome).toBe('refused');
  });
  test('undone', () => {
    const record = incident(['drain', 'intent'], ['drain', 'done'], turned('GiveUp'), [
      'drain',
      'undone',
      'it is back',
    ]);
    expect(outcomeOf(record)).toEqual({ outcome: 'reverted', text: 'it went wrong. it is back' });
  });
  test('refused after Admit counts as refused only if nothing had been done', () => {
    expect(outcomeOf(incident(turned('Refused'))).outcome).toBe('refused');
    const undone = incident(['drain', 'intent'], turned('Refused'), ['drain', 'undone']);
    expect(outcomeOf(undone).outcome).toBe('reverted');
  });
  test('taken over', () => {
    expect(outcomeOf(incident(turned('Subsumed'))).outcome).toBe('subsumed');
  });
  test('what could not be undone is named', () => {
    const record = incident(
      ['suspend-rebalance', 'intent', 'owes a resume', { key: 'llm' }],
      turned('GiveUp'),
    );
    expect(outcomeOf(record)).toEqual({
      outcome: 'failed',
      text: 'it went wrong. Could not be undone: suspend-rebalance (llm): owes a resume',
    });
  });
  test('a failover that was not turned back says why, and its room is no leftover', () => {
    const record = incident(
      ['pre-scale', 'done', 'asked for', { key: 'g' }],
      ['flip', 'done', 'the switch is on'],
      turned('GiveUp'),
      ['flip', 'note', 'it stays out'],
    );
    expect(outcomeOf(record)).toEqual({ outcome: 'failed', text: 'it went wrong. it stays out' });
  });
  test('no way back once the old node is given up, whether or not it is known to be gone', () => {
    const given: Told[] = [
      ['launch', 'done'],
      ['retire', 'intent'],
    ];
    expect(outcomeOf(incident(...given, turned('GiveUp')))).toEqual({
      outcome: 'failed',
      text: 'it went wrong. The old node may be gone, so there is no way back',
    });
    expect(outcomeOf(incident(...given, ['retire', 'done'], turned('GiveUp'))).text).toContain(
      'The old node is gone,',
    );
  });
  test('taken over while the old node was being ended: only if that is known to be done', () => {
    const given: Told[] = [
      ['launch', 'done'],
      ['retire', 'intent'],
    ];
    expect(outcomeOf(incident(...given, turned('Subsumed'))).outcome).toBe('failed');
    expect(outcomeOf(incident(...given, turned('Subsumed'), ['retire', 'done'])).outcome).toBe('subsumed');
  });
  test('an end without proof is a failure', () => {
    expect(outcomeOf(incident(['admit', 'done'])).outcome).toBe('failed');
  });
});

describe('what was begun and not undone', () => {
  const steps = (...told: Told[]) => begun(incident(...told)).map((e) => `${e.step} ${e.key}`.trim());

  test('newest first, one for each key, whether it is known to be done or not', () => {
    const told: Told[] = [
      ['drain', 'intent'],
      ['drain', 'done'],
      ['make-room', 'intent', '', { key: 'g1' }],
      ['make-room', 'done', '', { key: 'g1' }],
      ['make-room', 'intent', '', { key: 'g2' }],
    ];
    expect(steps(...told)).toEqual(['make-room g2', 'make-room g1', 'drain']);
  });
  test('not what failed or was undone, and not notes', () => {
    expect(steps(['launch', 'intent'], ['launch', 'failed'], ['drain', 'note'])).toEqual([]);
    expect(steps(['drain', 'done'], ['drain', 'undone'])).toEqual([]);
  });
  test('the replacement stays once the old node is given up, which is left to be ended', () => {
    expect(
      steps(['drain', 'done'], ['launch', 'done'], ['suspend-rebalance', 'done'], ['retire', 'intent']),
    ).toEqual(['retire', 'suspend-rebalance']);
    expect(steps(['launch', 'done'], ['retire', 'intent'], ['retire', 'done'])).toEqual([]);
  });
});
