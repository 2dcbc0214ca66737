import { foldHealth, type Health, newHealth, type Outcome, targetId, vantageId } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { endpointOf, markSuspects, targetsOf } from './targets.ts';
import { fleetOf, nodeFact, outcome, service, start, west } from './testing/world.ts';

describe('what a cell asks', () => {
  it('is every node of its region that runs or will run, and every region’s public endpoint', () => {
    const fleet = fleetOf([
      nodeFact('a', { host: '10.0.0.7', port: 8001 }),
      nodeFact('b', { lifecycle: 'pending' }),
      nodeFact('c', { lifecycle: 'terminating' }),
      nodeFact('d', { lifecycle: 'terminated' }),
    ]);
    const targets = targetsOf(service, west, fleet);
    expect(targets.map((t) => t.id)).toEqual([
      'node/i-a',
      'node/i-b',
      'region/us-west-2',
      'region/us-east-1',
    ]);
    expect(targets[0]).toEqual({
      kind: 'node',
      id: 'node/i-a',
      service: 'llm',
      region: 'us-west-2',
      zone: 'us-west-2a',
      node: 'i-a',
      launchedAt: start - 86_400_000,
      address: { protocol: 'http', host: '10.0.0.7', port: 8001 },
    });
  });

  it('is no node whose address the cloud does not know yet', () => {
    const fleet = fleetOf([nodeFact('a', { lifecycle: 'pending', host: '' })]);
    expect(targetsOf(service, west, fleet).filter((t) => t.kind === 'node')).toEqual([]);
  });

  it('is no endpoint where a region has none', () => {
    const hidden = { ...service, regions: service.regions.map((r) => ({ ...r, endpoint: '' })) };
    expect(targetsOf(hidden, west, fleetOf([nodeFact('a')])).map((t) => t.id)).toEqual(['node/i-a']);
  });

  it.each([
    ['https://llm.test', { protocol: 'https', host: 'llm.test', port: 443 }],
    ['http://llm.test', { protocol: 'http', host: 'llm.test', port: 80 }],
    ['http://127.0.0.2:4567', { protocol: 'http', host: '127.0.0.2', port: 4567 }],
  ])('finds the address of %s', (endpoint, address) => {
    expect(endpointOf(service, west, endpoint)).toMatchObject({ kind: 'region', region: west, address });
  });
});

const seen = (vantage: string, ...outcomes: Outcome[]): Health =>
  outcomes.reduce(
    (health, one) => foldHealth(health, one, service),
    newHealth(outcomes[0]?.target ?? targetId('node/i-a'), vantageId(vantage), start - 86_400_000),
  );

describe('a mark of suspicion', () => {
  const targets = targetsOf(service, west, fleetOf([nodeFact('a'), nodeFact('b')]));
  const marks = (health: Health[], of = targets) =>
    markSuspects(of, health).flatMap((t) => (t.suspected ? [[t.id, t.suspected]] : []));

  it('names the check that some vantage found failing, and since when', () => {
    const health = seen('in/a', outcome('a', 'ok', start), outcome('a', 'failed', start + 5, 'deep'));
    expect(marks([health])).toEqual([['node/i-a', { check: 'deep', at: start + 5 }]]);
  });

  it('does not move with further failures: one suspicion is one question', () => {
    const once = seen('in/a', outcome('a', 'failed', start + 5));
    const thrice = seen('in/a', ...[5, 6, 7].map((ms) => outcome('a', 'failed', start + ms)));
    expect(marks([thrice])).toEqual(marks([once]));
  });

  it('is of the last vantage to find fault', () => {
    const [early, late] = [3, 8].map((ms) => seen(`in/${ms}`, outcome('a', 'failed', start + ms)));
    expect(marks([early!, late!])).toEqual([['node/i-a', { check: 'shallow', at: start + 8 }]]);
    expect(marks([late!, early!])).toEqual(marks([early!, late!]));
  });

  it('is gone when that vantage has changed its mind', () => {
    const marked = markSuspects(targets, [seen('in/a', outcome('a', 'failed', start))]);
    const health = seen('in/a', outcome('a', 'failed', start), outcome('a', 'ok', start + 5));
    expect(markSuspects(marked, [health])).toEqual(targets);
  });

  it('stays while a confirmed failure is not cleared by enough successes', () => {
    const failed = [1, 2].map((ms) => outcome('a', 'failed', start + ms));
    const health = seen('in/a', ...failed, outcome('a', 'ok', start + 5));
    expect(marks([health])).toHaveLength(1);
  });

  it('is not made of what says nothing', () => {
    expect(marks([seen('in/a', outcome('a', 'unknown', start))])).toEqual([]);
  });
});

describe('a failing generation', () => {
  const letters = ['a', 'b', 'c', 'd', 'e'];
  const targets = targetsOf(service, west, fleetOf(letters.map((l) => nodeFact(l))));
  const wellBut = (...young: string[]) =>
    letters.map((l) =>
      seen('in/a', ...(young.includes(l) ? [1] : [1, 2, 3]).map((ms) => outcome(l, 'ok', start + ms))),
    );
  const marked = (...health: Health[]) =>
    markSuspects(targets, health).flatMap((t) => (t.suspected ? [t.id] : []));
  const failing = (letter: string, check: 'shallow' | 'deep') =>
    seen('in/b', outcome(letter, 'failed', start + 9, check));

  it('has two others asked to generate: it may be the only one, or the first of all', () => {
    expect(marked(...wellBut(), failing('a', 'deep'))).toEqual(['node/i-a', 'node/i-d', 'node/i-e']);
    const others = markSuspects(targets, [...wellBut(), failing('a', 'deep')]).slice(3, 5);
    expect(others.map((t) => t.suspected)).toEqual(Array(2).fill({ check: 'deep', at: start + 9 }));
  });

  it('has none asked that are starting or failing themselves', () => {
    const health = [...wellBut('e'), failing('a', 'deep'), failing('d', 'deep')];
    expect(marked(...health)).toEqual(['node/i-a', 'node/i-b', 'node/i-c', 'node/i-d']);
  });

  it('is another thing than a failing shallow check, which all are asked in every round', () => {
    expect(marked(...wellBut(), failing('a', 'shallow'))).toEqual(['node/i-a']);
  });
});
