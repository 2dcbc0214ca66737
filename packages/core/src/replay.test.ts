import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { changesWhatIsDone, compareDecisions } from './replay.ts';
import type { ServiceSettings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { candidate, incident, now, settings, snapshot, withNodes } from './testing/snapshot.ts';

const dead = withNodes('dead', ['i-a1']);
const decided = (world: Snapshot, change: Partial<ServiceSettings> = {}) =>
  decide(world, settings(change), now);
const policyOf = (mode: 'observe' | 'approve') => ({
  policy: { ...settings().policy, 'replace-node': mode },
});

/** The same evidence, decided with the usual settings and with these. */
const changes = (world: Snapshot, change: Partial<ServiceSettings>) =>
  compareDecisions(decided(world), decided(world, change));
const i_a1 = { move: 'replace-node', subject: 'us-west-2/us-west-2a/i-a1' };

describe('two decisions on one snapshot', () => {
  it('do not differ when they are the same', () => {
    expect(compareDecisions(decided(dead), decided(structuredClone(dead)))).toEqual([]);
  });

  it('a move that would not begin, with the sentence of each', () => {
    expect(changes(dead, policyOf('observe'))).toEqual([
      {
        ...i_a1,
        kind: 'move-removed',
        before: {
          fate: 'moves',
          guard: null,
          sentence: '3 of 3 vantages: connect-refused (connection refused)',
        },
        after: {
          fate: 'refused',
          guard: 'approval',
          sentence:
            'refused by approval: the policy of replace-node is observe; a person starts it, or policy.replace-node becomes approve or automatic',
        },
      },
    ]);
  });

  it('a move that would begin', () => {
    const [observed, automatic] = [decided(dead, policyOf('observe')), decided(dead)];
    expect(compareDecisions(observed, automatic)).toMatchObject([
      { ...i_a1, kind: 'move-added', before: { fate: 'refused' }, after: { fate: 'moves' } },
    ]);
  });

  it('a move that would wait for a person', () => {
    expect(changes(dead, policyOf('approve'))).toMatchObject([
      { ...i_a1, kind: 'approval', before: { fate: 'moves' }, after: { fate: 'awaits-approval' } },
    ]);
  });

  it('a refusal by another guard', () => {
    const window = { from: now - 1, to: now + 60_000, reason: 'a kernel' };
    const change = { ...policyOf('observe'), maintenance: [window] };
    expect(compareDecisions(decided(dead, policyOf('observe')), decided(dead, change))).toMatchObject([
      { ...i_a1, kind: 'guard', before: { guard: 'approval' }, after: { guard: 'maintenance' } },
    ]);
  });

  it('what is considered no more, and what is said of the subject instead', () => {
    const voice = withNodes('dead', ['i-a1'], 1);
    const refused = decided(voice);
    const nothing = decided(snapshot());
    expect(compareDecisions(refused, nothing)[0]).toMatchObject({
      ...i_a1,
      kind: 'refusal-removed',
      before: { guard: 'quorum' },
      after: { fate: 'not-considered', sentence: expect.stringMatching(/^it is healthy: 0 of 3 vantages/) },
    });
    expect(compareDecisions(nothing, refused)[0]).toMatchObject({ ...i_a1, kind: 'refusal-added' });
  });

  it('the same guard with another sentence changes nothing that is done', () => {
    const cooling = {
      ...dead,
      incidents: [incident({ closedAt: now - 60_000, outcome: 'recovered' })],
    };
    const longer = changes(cooling, { limits: { ...settings().limits, cooldownMs: 1_200_000 } });
    expect(longer).toMatchObject([{ ...i_a1, kind: 'reworded' }]);
    expect(longer.some(changesWhatIsDone)).toBe(false);
  });

  it('another name for the incident is told', () => {
    const before = decided(dead);
    const renamed = { ...before, moves: before.moves.map((m) => ({ ...m, since: m.since + 1 })) };
    expect(compareDecisions(before, renamed)).toMatchObject([{ ...i_a1, kind: 'reworded' }]);
  });

  it('the verdicts that differ, by name', () => {
    const world = withNodes('failing', ['i-a1', 'i-a2', 'i-b1']);
    const stricter = changes(world, { thresholds: { ...settings().thresholds, fleetShare: 0.9 } });
    expect(stricter.filter((c) => c.kind === 'verdict')).toMatchObject([
      {
        move: null,
        subject: 'fleet',
        before: { sentence: expect.stringMatching(/^it is failing-everywhere: /) },
        after: { sentence: expect.stringMatching(/^it is normal: /) },
      },
    ]);
  });

  it('a zone and a region by their paths, and what is not judged at all', () => {
    const [before, after] = [decided(snapshot()), decided(dead)];
    const without = { ...after, verdicts: { ...after.verdicts, zones: [], regions: [] } };
    expect(
      compareDecisions(before, without).flatMap((c) =>
        c.after.sentence === 'it is not judged' ? [c.subject] : [],
      ),
    ).toEqual([
      'us-west-2/us-west-2a',
      'us-west-2/us-west-2b',
      'us-west-2/us-west-2c',
      'us-west-2',
      'us-east-1',
    ]);
  });

  it("tells Evac's own move and a person's apart", () => {
    const asked = { ...dead, requests: [candidate({ verb: 'recover', by: 'ana', because: 'slow' })] };
    expect(compareDecisions(decided(dead), decided(asked)).map((c) => c.kind)).toEqual([
      'move-removed',
      'move-added',
    ]);
  });
});
