import { guards } from '@evac/core';
import { invariants } from '@evac/simulation';
import { describe, expect, it } from 'vitest';
import type { Defect } from './defect.ts';
import { hunt } from './hunt.ts';
import { defects } from './index.ts';

const named = (name: string): Defect => {
  const defect = defects.find((d) => d.name === name);
  if (!defect) throw new Error(`there is no defect named ${name}`);
  return defect;
};

describe('the list of defects', () => {
  it('leaves out each guard, and does at least twelve other things wrong', () => {
    const names = defects.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const guard of guards) expect(names).toContain(`without ${guard.name}`);
    expect(names.length - guards.length).toBeGreaterThanOrEqual(12);
  });

  it('names for each one rules that there are, and within how many seeds they notice', () => {
    const rules = invariants.map((make) => make().name);
    for (const { name, caughtBy, within } of defects) {
      expect(caughtBy.length, name).toBeGreaterThan(0);
      expect(rules, name).toEqual(expect.arrayContaining([...caughtBy]));
      expect(within, name).toBeGreaterThan(0);
    }
  });
});

describe('a hunt', () => {
  it('ends with the first seed whose scene breaks a rule because of the defect', async () => {
    const { rule, seeds, text } = await hunt(named('rebalance left suspended'), { from: 1 });
    expect(rule).toBe('put-back');
    expect(seeds).toBeLessThanOrEqual(50);
    expect(text).toContain('AZRebalance is still suspended');
  }, 240_000);

  it('ends with nothing where there is no defect', async () => {
    const none = { ...named('rebalance left suspended'), parts: () => ({}) };
    expect(await hunt(none, { from: 1, within: 2 })).toMatchObject({ rule: null, seeds: 2, seed: null });
  }, 240_000);

  it('is for rules that there are', async () => {
    const odd = { ...named('rebalance left suspended'), caughtBy: ['no-such-rule'] };
    await expect(hunt(odd, { from: 1 })).rejects.toThrow('there is no rule no-such-rule');
  });
});
