import {
  type CheckHealth,
  type Health,
  newHealth,
  type Outcome,
  type ProbePort,
  type Vantage,
  vantageId,
} from '@evac/core';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../../packages/aws/src/testing/clock.ts';
import {
  check,
  nodes,
  nodeTarget,
  now,
  settings,
  west,
  zoneA,
} from '../../packages/core/src/testing/snapshot.ts';
import { askVantages } from './ask-vantages.ts';

const target = nodeTarget(nodes[0]!);
const vantage = (name: string): Vantage => ({
  id: vantageId(`${name}/x`),
  region: west,
  zone: name === 'out' ? null : zoneA,
  controls: [],
});
const answered: Partial<CheckHealth> = { lastClass: 'ok', lastReason: 'answered', lastDetail: '4 tokens' };
const failed: Partial<CheckHealth> = {
  lastClass: 'failed',
  lastReason: 'connect-refused',
  lastDetail: 'refused',
};

/** What the probe says when these vantages had these last deep answers, so many seconds ago. */
async function asked(seen: Record<string, [Partial<CheckHealth>, number]>, of = ['a', 'b', 'c', 'out']) {
  const direct: string[] = [];
  const probe: ProbePort = {
    async ask({ target: { id }, check: kind, probe: { connection } }): Promise<Outcome> {
      direct.push(`${id}, ${connection}`);
      return { target: id, check: kind, at: now, latencyMs: 1, detail: '', class: 'ok', reason: 'answered' };
    },
  };
  const health = Object.entries(seen).map(
    ([from, [found, agoS]]): Health => ({
      ...newHealth(target.id, vantage(from).id, 0),
      checks: { deep: check({ ...found, lastAt: now - agoS * 1_000 }) },
    }),
  );
  const port = askVantages({
    direct: probe,
    store: { readHealth: async () => ({ health, rounds: [], version: 1 }) },
    services: [settings()],
    vantages: of.map(vantage),
    clock: createTestClock(now),
  });
  const { shallow, progress, model } = settings();
  const ask = (about: typeof target) =>
    port.ask({ target: about, check: 'deep', probe: { ...shallow, connection: 'reuse' }, progress, model });
  return { outcome: await ask(target), ask, direct };
}

describe('a node, asked from outside of the VPC', () => {
  it('answers when most vantages in the zones had its answer', async () => {
    const { outcome, direct } = await asked({ a: [answered, 2], b: [answered, 20], c: [failed, 1] });
    expect(outcome).toMatchObject({
      class: 'ok',
      check: 'deep',
      detail: expect.stringContaining('2 of 3 vantages'),
    });
    expect(direct).toEqual([]);
  });

  it('does not when half of them or more had none, and says why', async () => {
    const { outcome } = await asked({ a: [answered, 2], b: [failed, 2] });
    expect(outcome).toMatchObject({ class: 'failed', reason: 'connect-refused' });
  });

  it('is unknown until a vantage in a zone has asked it, and once that is long ago', async () => {
    const unknown = { class: 'unknown', detail: 'no vantage in a zone has asked it yet' };
    expect((await asked({})).outcome).toMatchObject(unknown);
    expect((await asked({ out: [answered, 1] })).outcome).toMatchObject(unknown);
    expect((await asked({ a: [answered, 46] })).outcome).toMatchObject(unknown);
    expect((await asked({ a: [answered, 44] })).outcome.class).toBe('ok');
  });

  it('is asked directly where no vantage stands inside, by a connection of its own', async () => {
    expect((await asked({}, ['out'])).direct).toEqual([`${target.id}, fresh`]);
  });

  it('is not confused with a region’s endpoint, which is asked directly', async () => {
    const { ask, direct } = await asked({ a: [failed, 1] });
    const endpoint = { ...target, kind: 'region' as const };
    expect((await ask(endpoint)).class).toBe('ok');
    expect(direct).toHaveLength(1);
  });
});
