import { expect, test } from 'vitest';
import { evidence } from './evidence.ts';
import { createStage, moveOf, ofZone, west, zoneA, zoneB, zoneC } from './testing/stage.ts';

/** Rounds of a minute, in which all vantages measure this of each node that they ask (null: they do not); what the rule says of A's evacuation after that. */
function afterMeasuring(measure: (zone: string, at: number) => number | null): string | null {
  const stage = createStage(evidence());
  stage.targets(west);
  const { nodes } = stage.view(west);
  for (let at = 0; at <= 60_000; at += 5_000) {
    const outcomes = nodes.flatMap(({ node, zone }) => {
      const latencyMs = measure(zone, at);
      return latencyMs === null ? [] : [{ target: `node/${node}`, class: 'ok' as const, latencyMs }];
    });
    for (const vantage of [zoneA, zoneB, zoneC]) stage.at(at).observes(west, vantage, outcomes);
  }
  return stage.at(61_000).admit(moveOf('evacuate-zone', ofZone(zoneA)));
}

test('a zone is slow beside what the others take at about the same time, whatever they took before', () => {
  const byTurns = (zone: string, at: number) => ((zone === zoneA) === at > 30_000 ? 290 : 40);
  expect(afterMeasuring(byTurns)).toBeNull();
});

test('a zone is not slow for rounds in which all zones were', () => {
  const together = (_: string, at: number) => (at > 35_000 ? 290 : 40);
  expect(afterMeasuring(together)).toContain('failures of only 0 of its 2 nodes');
});

test('a zone is slow beside others that its vantages ask by turns with it', () => {
  const byTurns = (zone: string, at: number) =>
    (zone === zoneA) === (at % 10_000 === 0) ? (zone === zoneA ? 290 : 40) : null;
  expect(afterMeasuring(byTurns)).toBeNull();
});
