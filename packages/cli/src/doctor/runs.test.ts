import { expect, it } from 'vitest';
import { judgeRuns } from './runs.ts';
import { west } from './testing/case.ts';
import { first, goodWorld } from './testing/picture.ts';

/** What would be right, where a region's functions may run `runsAtOnce` times; null where that is enough. */
function wanted(runsAtOnce: number, change: { shards?: number; intervalMs?: number } = {}): string | null {
  const world = goodWorld();
  const [service] = world.services;
  const network = first(world.installation.networks);
  if (!service) throw new Error('no service');
  service.timing.intervalMs = change.intervalMs ?? 5_000;
  service.shallow.timeoutMs = 3_000;
  service.deep = { kind: 'tcp', timeoutMs: 20_000, connection: 'fresh' };
  const [finding] = judgeRuns({ ...west(world), runsAtOnce }, world.services, {
    ...network,
    shards: change.shards ?? 1,
  });
  return finding?.right ?? null;
}

it('wants a run for each span that begins while a question hangs, of each vantage, and twenty more', () => {
  // Four vantages, whose runs last for up to 25 s and begin every 5 s.
  expect(wanted(40)).toBeNull();
  expect(wanted(39)).toMatch(/^at least 40: 20 runs of probes/);
});

it('wants more where zones are shared by several runs, and fewer where rounds are seldom', () => {
  expect(wanted(10, { shards: 2 })).toMatch(/^at least 55: 35 runs/);
  expect(wanted(10, { intervalMs: 20_000 })).toMatch(/^at least 28: 8 runs/);
});
