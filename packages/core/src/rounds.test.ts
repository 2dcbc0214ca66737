import { expect, it } from 'vitest';
import { regionName, serviceName, targetId, vantageId } from './ids.ts';
import type { Outcome } from './outcome.ts';
import { countRounds } from './rounds.ts';
import type { Observation } from './target.ts';
import { nodes, nodeTarget, now, outcome, settings, zoneA, zoneB } from './testing/snapshot.ts';

const targets = nodes.map(nodeTarget);
const of = (id: string, change: Parameters<typeof outcome>[0] = {}): Outcome => ({
  ...outcome(change),
  target: targetId(`node/${id}`),
});
const seen = (outcomes: Outcome[], change: Partial<Observation> = {}): Observation => ({
  service: serviceName('llm'),
  vantage: vantageId('in/a'),
  region: regionName('us-west-2'),
  zone: zoneA,
  at: now,
  blind: false,
  outcomes,
  ...change,
});
const count = (...observations: Observation[]) =>
  observations.reduce<ReturnType<typeof countRounds>>(
    (rounds, o) => countRounds(rounds, o, targets, settings()),
    [],
  );

it('counts answers and failures per zone, and which nodes failed', () => {
  const rounds = count(
    seen([of('i-a1', { class: 'failed' }), of('i-a2', { latencyMs: 20 }), of('i-b1', { latencyMs: 30 })]),
  );
  expect(rounds).toMatchObject([
    { zone: zoneA, total: 2, failed: 1, nodes: 2, affected: ['i-a1'], latencyMs: 20 },
    { zone: zoneB, total: 1, failed: 0, affected: [], latencyMs: 30 },
  ]);
});
it('adds up what several vantages found in the same round', () => {
  const rounds = count(
    seen([of('i-a1', { class: 'failed' })]),
    seen([of('i-a1', { class: 'failed' }), of('i-a2', { latencyMs: 10 })], { at: now + 4_999 }),
  );
  expect(rounds).toMatchObject([{ total: 3, failed: 2, nodes: 2, affected: ['i-a1'], latencyMs: 10 }]);
});
it('keeps what each vantage found', () => {
  const other = { vantage: vantageId('in/b') };
  const rounds = count(
    seen([of('i-a1', { class: 'failed' })]),
    seen([of('i-a1'), of('i-a2')], other),
    seen([of('i-a2')]),
  );
  expect(rounds[0]?.seen).toEqual([
    { vantage: 'in/a', total: 2, failed: 1, affected: ['i-a1'] },
    { vantage: 'in/b', total: 2, failed: 0 },
  ]);
});
it('takes the fastest of a round, although a batch that confirms holds the slow node only', () => {
  const rounds = count(
    seen([of('i-a1', { latencyMs: 900 }), of('i-a2', { latencyMs: 20 })]),
    seen([of('i-a1', { latencyMs: 900 })]),
  );
  expect(rounds).toMatchObject([{ latencyMs: 20 }]);
});
it("takes the latency of the zone's fastest node, so that one slow node is not a slow zone", () => {
  const rounds = count(seen([of('i-a1', { latencyMs: 900 }), of('i-a2', { latencyMs: 20 })]));
  expect(rounds).toMatchObject([{ latencyMs: 20 }]);
});
it('starts a new round with each interval and forgets those outside of the window', () => {
  expect(count(seen([of('i-a1')]), seen([of('i-a1')], { at: now + 5_000 }))).toHaveLength(2);
  expect(count(seen([of('i-a1')]), seen([of('i-a1')], { at: now + 70_000 }))).toHaveLength(1);
});
it('does not count what says nothing about a zone', () => {
  const full: Outcome = { ...of('i-a1'), class: 'saturated', reason: 'busy' };
  expect(count(seen([full, { ...of('i-a2'), class: 'unknown', reason: 'skipped' }, of('i-x')]))).toEqual([]);
});
it('a blind vantage counts for nothing', () => {
  expect(count(seen([of('i-a1')]), seen([of('i-a1', { class: 'failed' })], { blind: true }))).toMatchObject([
    { total: 1, failed: 0 },
  ]);
});
