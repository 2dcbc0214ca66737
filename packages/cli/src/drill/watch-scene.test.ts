import { describe, expect, test } from 'vitest';
import { aNode, answer, aRegion, aZone, incident, otherNode, scene } from './testing/scene.ts';
import { detectedAt, isCalm, isSettled, strayIncidents, trafficStoppedAt } from './watch-scene.ts';

const verdict = (at: number, subject: string, said: string) => ({
  at,
  kind: 'verdict' as const,
  subject,
  verdict: said,
  text: '',
});

describe('detected', () => {
  const node = (told: Parameters<typeof scene>[0]['told'] & object) =>
    detectedAt(scene({ scenario: 'node-hang', subject: aNode, told }));

  test('with the first verdict on what was struck', () => {
    const told = [verdict(900, 'west/west-b/i-2', 'failing'), verdict(1_000, 'west/west-a/i-1', 'failing')];
    expect(node([...told, verdict(2_000, 'west/west-a/i-1', 'dead')])).toBe(1_000);
  });

  test('with a verdict on a part of it', () => {
    const told = [verdict(1_000, 'west/west-ab', 'impaired'), verdict(2_000, 'west/west-a/i-1', 'failing')];
    expect(detectedAt(scene({ scenario: 'zone-loss', subject: aZone, told }))).toBe(2_000);
  });

  test('not by a suspicion, nor by its end', () => {
    expect(
      node([verdict(1, 'west/west-a/i-1', 'suspected'), verdict(2, 'west/west-a/i-1', 'cleared')]),
    ).toBeNull();
  });

  test('by an alert or a verdict on the fleet, whatever was struck', () => {
    const alert = {
      at: 700,
      kind: 'alert' as const,
      alert: 'scale-out' as const,
      severity: 'warning' as const,
      text: '',
    };
    expect(node([alert])).toBe(700);
    expect(node([{ at: 800, kind: 'fleet', verdict: 'bad-release', text: '' }])).toBe(800);
    expect(node([{ ...alert, alert: 'vantage-silent' }])).toBeNull();
  });

  test('by any verdict, where the whole world was struck', () => {
    const told = [verdict(1_000, 'west/west-b/i-2', 'failing')];
    expect(detectedAt(scene({ scenario: 'bad-release', subject: null, told }))).toBe(1_000);
  });
});

describe('traffic', () => {
  test('has stopped when the last of it is two intervals ago', () => {
    const s = scene({ scenario: 'node-hang', subject: aNode, lastRequestAt: { 'i-1': 3_000, 'i-2': 4_900 } });
    expect(trafficStoppedAt(s, 4_900)).toBeNull();
    expect(trafficStoppedAt(s, 5_000)).toBe(3_000);
  });

  test('stopped with the fault where none came after it', () => {
    const s = scene({ scenario: 'node-crash', subject: aNode, lastRequestAt: { 'i-1': -50 } });
    expect(trafficStoppedAt(s, 5_000)).toBe(0);
  });

  test('of a zone is that of all its nodes', () => {
    const s = scene({ scenario: 'zone-loss', subject: aZone, lastRequestAt: { 'i-1': 3_000, 'i-2': 9_000 } });
    expect(trafficStoppedAt(s, 9_000)).toBe(3_000);
  });

  test('of a region is what its clients were sent there', () => {
    const results = [answer(1_000, false), answer(2_000, false), answer(8_000, true, 'east')];
    expect(trafficStoppedAt(scene({ scenario: 'region-loss', subject: aRegion, results }), 8_000)).toBe(
      2_000,
    );
  });

  test('that was never seen has not stopped, nor has the world’s', () => {
    expect(trafficStoppedAt(scene({ scenario: 'node-hang', subject: aNode }), 9_000)).toBeNull();
    expect(trafficStoppedAt(scene({ scenario: 'bad-release', subject: null }), 9_000)).toBeNull();
  });
});

describe('settled', () => {
  const replaced = (given: object) =>
    isSettled(
      scene({
        scenario: 'node-hang',
        subject: aNode,
        incidents: [incident({ move: 'replace-node', subject: aNode, ...given })],
      }),
    );

  test('once the expected move is closed, however', () => {
    expect(replaced({ outcome: 'recovered' })).toBe(true);
    expect(replaced({ outcome: 'reverted' })).toBe(true);
    expect(replaced({})).toBe(false);
  });

  test('not by one that was refused as it began: the next may come', () => {
    expect(replaced({ outcome: 'refused' })).toBe(false);
    const incidents = [{ outcome: 'refused' as const }, { outcome: 'recovered' as const }].map((given) =>
      incident({ move: 'replace-node', subject: aNode, ...given }),
    );
    expect(isSettled(scene({ scenario: 'node-hang', subject: aNode, incidents }))).toBe(true);
  });

  test('a replacement is proven before it is closed', () => {
    expect(replaced({ steps: [{ step: 'prove', phase: 'done' }] })).toBe(false);
  });

  test('an evacuation is held from its proof on', () => {
    const held = incident({
      move: 'evacuate-zone',
      subject: aZone,
      steps: [
        { step: 'shift', phase: 'done' },
        { step: 'prove', phase: 'done' },
      ],
    });
    const begun = incident({
      move: 'evacuate-zone',
      subject: aZone,
      steps: [
        { step: 'shift', phase: 'done' },
        { step: 'prove', phase: 'waiting' },
      ],
    });
    const settled = (i: typeof held) =>
      isSettled(scene({ scenario: 'zone-loss', subject: aZone, incidents: [i] }));
    expect([settled(held), settled(begun)]).toEqual([true, false]);
  });

  test('another move, or a move elsewhere, is not the expected one', () => {
    const other = incident({ move: 'replace-node', subject: otherNode, outcome: 'recovered' });
    const larger = incident({ move: 'evacuate-zone', subject: aZone, outcome: 'recovered' });
    expect(isSettled(scene({ scenario: 'node-hang', subject: aNode, incidents: [other, larger] }))).toBe(
      false,
    );
  });
});

describe('calm', () => {
  const calm = (results: ReturnType<typeof answer>[], now: number) =>
    isCalm(
      scene({ scenario: 'node-hang', subject: aNode, results, lastRequestAt: { 'i-1': 1_000 } }),
      now,
      3_000,
    );

  test('when no client that asked in the last two spells was let down', () => {
    expect(calm([answer(2_000, false), answer(8_100, true)], 8_100)).toBe(true);
    expect(calm([answer(2_000, false), answer(8_000, true)], 7_900)).toBe(false);
  });

  test('not before the fault has had its time', () => {
    expect(calm([], 6_000)).toBe(false);
    expect(calm([], 6_001)).toBe(true);
  });
});

describe('stray', () => {
  const strays = (
    scenario: string,
    subject: typeof aNode | null,
    ...incidents: ReturnType<typeof incident>[]
  ) => strayIncidents(scene({ scenario, subject, incidents })).map((i) => i.move);

  test('is what touches anything but what was struck', () => {
    const expected = incident({ move: 'replace-node', subject: aNode });
    const beside = incident({ move: 'replace-node', subject: otherNode });
    expect(strays('node-hang', aNode, expected)).toEqual([]);
    expect(strays('node-hang', aNode, expected, beside)).toEqual(['replace-node']);
  });

  test('is a smaller or a larger move than the expected one', () => {
    expect(strays('zone-loss', aZone, incident({ move: 'replace-node', subject: aNode }))).toEqual([
      'replace-node',
    ]);
    expect(strays('node-hang', aNode, incident({ move: 'evacuate-zone', subject: aZone }))).toEqual([
      'evacuate-zone',
    ]);
  });

  test('is not a node of a struck zone that was only drained, and put back', () => {
    const drained = (outcome: 'reverted' | 'subsumed' | null, ...steps: string[]) =>
      incident({
        move: 'replace-node',
        subject: aNode,
        outcome,
        steps: steps.map((step) => ({ step, phase: 'done' })),
      });
    expect(strays('zone-grey', aZone, drained('reverted', 'drain'), drained('subsumed', 'drain'))).toEqual(
      [],
    );
    expect(strays('zone-grey', aZone, drained(null, 'drain'))).toEqual(['replace-node']);
    expect(strays('zone-grey', aZone, drained('reverted', 'drain', 'launch'))).toEqual(['replace-node']);
    expect(strays('node-hang', otherNode, drained('reverted', 'drain'))).toEqual(['replace-node']);
  });

  test('is not a fail-back, nor what was refused', () => {
    const refused = incident({ move: 'replace-node', subject: otherNode, outcome: 'refused' });
    expect(strays('zone-loss', aZone, incident({ move: 'fail-back', subject: aZone }), refused)).toEqual([]);
  });
});
