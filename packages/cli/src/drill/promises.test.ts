import { describe, expect, test } from 'vitest';
import { judgePromises, type Measured } from './promises.ts';
import { aNode, aRegion, aZone, incident, otherNode, scene } from './testing/scene.ts';

const fine: Measured = { detectedMs: 1_000, trafficStoppedMs: 1_500, recoveredMs: 1_600, failed: 3 };
const verdict = (at: number, subject: string, said: string) => ({
  at,
  kind: 'verdict' as const,
  subject,
  verdict: said,
  text: '',
});

/** The promises that were missed, by name. */
function missed(given: Parameters<typeof scene>[0], measured: Partial<Measured> = {}): string[] {
  const promises = judgePromises(scene(given), { ...fine, ...measured });
  return promises.filter((p) => !p.held).map((p) => p.name);
}

const replaced = incident({
  move: 'replace-node',
  subject: aNode,
  outcome: 'recovered',
  steps: [{ step: 'drain', phase: 'done', at: 1_400 }],
});
const crash = {
  scenario: 'node-crash',
  subject: aNode,
  incidents: [replaced],
  told: [verdict(1_000, 'west/west-a/i-1', 'failing')],
};

describe('a node', () => {
  test('that is replaced in time keeps every promise', () => {
    expect(missed(crash)).toEqual([]);
  });

  test.each(['reverted', 'failed', 'refused'] as const)('whose replacement is %s', (outcome) => {
    const incidents = [{ ...replaced, outcome }];
    expect(missed({ ...crash, incidents })).toContain('one replace-node, done and proven');
  });

  test('that nobody replaces', () => {
    expect(missed({ ...crash, incidents: [] })).toEqual([
      'one replace-node, done and proven',
      'out of rotation after the second bad outcome',
    ]);
  });

  test('that may stay where there is no capacity', () => {
    const incidents = [{ ...replaced, outcome: 'reverted' as const }];
    expect(missed({ ...crash, scenario: 'node-crash-without-capacity', incidents })).toEqual([]);
  });

  test('is out of rotation two intervals after the verdict on it, and not on another', () => {
    const drainedAt = (at: number) => [{ ...replaced, events: [{ ...replaced.events[0]!, at }] }];
    const late = 'out of rotation after the second bad outcome';
    expect(missed({ ...crash, incidents: drainedAt(3_000) })).toEqual([]);
    expect(missed({ ...crash, incidents: drainedAt(3_001) })).toEqual([late]);
    expect(missed({ ...crash, told: [verdict(1_000, 'west/west-b/i-2', 'failing')] })).toEqual([late]);
    expect(missed({ ...crash, told: [verdict(1_000, 'west/west-a/i-1', 'saturated')] })).toEqual([late]);
  });

  test('that crashed gets nothing after its share of nine seconds', () => {
    expect(missed(crash, { trafficStoppedMs: 1_800 })).toEqual([]);
    expect(missed(crash, { trafficStoppedMs: 1_801 })).toEqual(['no new traffic to it']);
    expect(missed(crash, { trafficStoppedMs: null })).toEqual(['no new traffic to it']);
  });

  test('beside which another is touched', () => {
    const stray = incident({ move: 'replace-node', subject: otherNode });
    expect(missed({ ...crash, incidents: [replaced, stray] })).toEqual([
      'nothing else is touched (replace-node of west/west-b/i-2)',
    ]);
  });

  test('without which requests go on failing', () => {
    expect(missed(crash, { recoveredMs: null })).toEqual(['requests are answered again']);
    expect(missed(crash, { recoveredMs: null, failed: 0 })).toEqual([]);
  });
});

describe('a zone', () => {
  const evacuated = incident({
    move: 'evacuate-zone',
    subject: aZone,
    steps: [{ step: 'prove', phase: 'done' }],
  });
  const loss = {
    scenario: 'zone-loss',
    subject: aZone,
    incidents: [evacuated],
    told: [verdict(4_000, 'west/west-a', 'impaired')],
  };

  test('that is held empty keeps every promise', () => {
    expect(missed(loss)).toEqual([]);
  });

  test('that is not proven to be served without', () => {
    expect(missed({ ...loss, incidents: [{ ...evacuated, events: [] }] })).toEqual([
      'one evacuate-zone, done and proven',
    ]);
  });

  test('whose verdict took more than its share of twenty seconds, or was another’s', () => {
    const late = 'the verdict on the zone';
    expect(missed({ ...loss, told: [verdict(4_001, 'west/west-a', 'impaired')] })).toEqual([late]);
    expect(missed({ ...loss, told: [verdict(4_000, 'west/west-b', 'impaired')] })).toEqual([late]);
    expect(missed({ ...loss, told: [verdict(4_000, 'west/west-a', 'suspected')] })).toEqual([late]);
  });
});

describe('a region', () => {
  const over = incident({
    move: 'fail-over-region',
    subject: aRegion,
    outcome: 'recovered',
    openedAt: 2_000,
  });
  const loss = { scenario: 'region-loss', subject: aRegion, incidents: [over] };

  test('is left by its clients in its share of ninety seconds, counted from the decision', () => {
    const late = 'from the decision to the last client that was sent there';
    expect(missed(loss, { trafficStoppedMs: 20_000 })).toEqual([]);
    expect(missed(loss, { trafficStoppedMs: 20_001 })).toEqual([late]);
    expect(missed(loss, { trafficStoppedMs: null })).toEqual([late]);
  });
});

describe('what must lead to nothing', () => {
  const nothing = 'no node is drained or replaced, nothing is moved';

  test('promises no more than that', () => {
    const measured = { detectedMs: null, trafficStoppedMs: null, recoveredMs: null };
    expect(missed({ scenario: 'overload', subject: aRegion }, measured)).toEqual([]);
  });

  test('is broken by any move, even one that was taken back, but not by one that was refused', () => {
    const moved = (outcome: 'reverted' | 'refused' | null) =>
      missed({ scenario: 'overload', subject: aRegion, incidents: [{ ...replaced, outcome }] });
    const named = [`${nothing} (replace-node of west/west-a/i-1)`];
    expect(moved(null)).toEqual(named);
    expect(moved('reverted')).toEqual(named);
    expect(moved('refused')).toEqual([]);
  });
});
