import { describe, expect, it } from 'vitest';
import { alarmsBeside, besideMs } from './alarm.ts';
import { decide } from './decide.ts';
import { nodeId } from './ids.ts';
import type { AlarmFact } from './snapshot.ts';
import {
  east,
  nodeSubject,
  now,
  regionSubject,
  settings,
  snapshot,
  west,
  withNodes,
  zoneA,
  zoneB,
  zoneSubject,
} from './testing/snapshot.ts';

const minute = 60_000;
const [node, zone] = [nodeSubject('i-a1'), zoneSubject()];
const alarm = (change: Partial<AlarmFact> = {}): AlarmFact => ({
  name: 'errors',
  at: now - minute,
  region: west,
  zone: null,
  node: null,
  because: 'tags',
  ...change,
});
const beside = (subject: Parameters<typeof alarmsBeside>[0], ...alarms: AlarmFact[]) =>
  alarmsBeside(subject, { ...snapshot(), alarms }, now - besideMs);
const ofNode = alarm({ name: 'xid', node: nodeId('i-a1'), because: 'dimensions' });

describe('an alarm that went off', () => {
  it('is told with its name, when, what it is about, and what says so', () => {
    expect(beside(node, ofNode)).toBe(
      '; alarm xid went off at 2027-01-15T07:59:00Z, about i-a1 by its dimensions',
    );
    expect(beside(zone, alarm({ zone: zoneA, because: 'config' }))).toContain(
      'about us-west-2a by the config',
    );
  });

  it('is told of its subject, of what that lies in, and of what lies in that', () => {
    for (const subject of [node, zone, regionSubject(west)]) {
      for (const one of [ofNode, alarm({ zone: zoneA }), alarm()]) expect(beside(subject, one)).not.toBe('');
    }
  });

  it.each([
    ['another zone', alarm({ zone: zoneB })],
    ['another node', alarm({ node: nodeId('i-a2') })],
    ['a node that nobody asks', alarm({ node: nodeId('i-gone'), zone: zoneA })],
    ['another region', alarm({ region: east })],
    ['long ago', alarm({ at: now - 16 * minute })],
  ])('about %s is not', (_, one) => {
    expect(beside(node, one)).toBe('');
  });

  it('is told among the newest three, and how many more did', () => {
    const all = [5, 1, 4, 2].map((ago) => alarm({ name: `m${ago}`, at: now - ago * minute }));
    expect(beside(zone, ...all)).toMatch(/alarm m1 .*alarm m2 .*alarm m4 .*; 1 more alarm\(s\) did$/);
    expect(beside(zone, ...all)).not.toContain('m5');
  });

  it('is told of a node that its own move has ended', () => {
    const world = { targets: [], alarms: [ofNode] };
    expect(alarmsBeside(node, world, now - besideMs)).toContain('alarm xid');
    expect(alarmsBeside(zone, world, now - besideMs)).toBe('');
  });

  it('is not told again where it was told', () => {
    const told = beside(node, ofNode);
    const world = { ...snapshot(), alarms: [ofNode, alarm({ zone: zoneA })] };
    expect(alarmsBeside(node, world, now - besideMs, `2 of 3 vantages: refused${told}`)).toBe(
      '; alarm errors went off at 2027-01-15T07:59:00Z, about us-west-2a by its tags',
    );
  });
});

describe('a decision beside an alarm', () => {
  const dead = withNodes('dead', ['i-a1']);
  const all = [ofNode, alarm(), alarm({ region: east }), alarm({ zone: zoneA })];

  it('has it with the evidence of its move, and decides the same', () => {
    const [without, within] = [dead, { ...dead, alarms: [ofNode] }].map((s) => decide(s, settings(), now));
    const [move] = within!.moves;
    expect(move?.because).toBe(
      `${without!.moves[0]?.because}; alarm xid went off at 2027-01-15T07:59:00Z, about i-a1 by its dimensions`,
    );
    expect({ ...move, because: '' }).toEqual({ ...without!.moves[0], because: '' });
    expect({ ...within, moves: [] }).toEqual({ ...without, moves: [] });
  });

  it('has it with what people are told of a refusal', () => {
    const policy = { ...settings().policy, 'replace-node': 'observe' as const };
    const { refusals, alerts } = decide({ ...dead, alarms: [ofNode] }, settings({ policy }), now);
    expect(refusals.map((r) => r.guard)).toEqual(['approval']);
    expect(alerts[0]?.text).toMatch(/refused by approval: .*; alarm xid went off at .*, about i-a1/);
  });

  it('does nothing on its account, however many there are', () => {
    expect(decide({ ...snapshot(), alarms: all }, settings(), now)).toEqual(
      decide(snapshot(), settings(), now),
    );
    const suspect = withNodes('failing', ['i-a1']);
    const verdicts = (alarms: AlarmFact[]) => decide({ ...suspect, alarms }, settings(), now).verdicts;
    expect(verdicts(all)).toEqual(verdicts([]));
  });
});
