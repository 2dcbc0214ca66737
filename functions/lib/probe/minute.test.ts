import { type Clock, type Observation, type ProbePort, type Target, targetId, vantageId } from '@evac/core';
import FakeTimers from '@sinonjs/fake-timers';
import { describe, expect, it } from 'vitest';
import { nodes, nodeTarget, settings, west, zoneA } from '../../../packages/core/src/testing/snapshot.ts';
import { probeMinute } from './minute.ts';
import { ownTargets, readShard } from './shard.ts';

const start = 1_800_000_000_000;
const vantage = { id: vantageId('in/us-west-2a'), region: west, zone: zoneA, controls: [] };

/** Virtual time, in which every target answers after a while, or takes that long to fail. */
function world({ answersAfterMs = 10, targets = nodes.map(nodeTarget) } = {}) {
  const fake = FakeTimers.createClock(start);
  const clock: Clock = {
    now: () => fake.now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const timer = fake.setTimeout(() => resolve(), ms);
        signal?.addEventListener('abort', () => {
          fake.clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
  const asked: { id: string; at: number }[] = [];
  const written: Observation[] = [];
  const probe: ProbePort = {
    async ask({ target, check, signal }) {
      asked.push({ id: target.id, at: (fake.now - start) / 1_000 });
      await clock.sleep(answersAfterMs, signal);
      const base = { target: target.id, check, at: fake.now, latencyMs: answersAfterMs, detail: '' };
      return { ...base, class: 'failed', reason: 'headers-timeout' };
    },
  };
  let ended: number | null = null;
  return {
    asked,
    written,
    begin(remainingMs: number, shard = readShard({})) {
      void probeMinute(
        {
          vantage,
          services: [settings()],
          store: {
            readTargets: async () => structuredClone(targets),
            putObservation: async (observation) => void written.push(observation),
          },
          probe,
          sees: async () => true,
          shard,
          clock,
          onError: () => {},
        },
        remainingMs,
      ).then(() => {
        ended = (fake.now - start) / 1_000;
      });
    },
    pass: (ms: number) => fake.tickAsync(ms),
    ended: () => ended,
    leftRunning: () => fake.countTimers(),
  };
}

describe('a probe’s minute', () => {
  it('asks round after round, writes one observation a round, and leaves the next minute to the next run', async () => {
    const w = world();
    w.begin(90_000);
    await w.pass(60_000);
    expect(w.ended()).toBeLessThan(60);
    expect(w.leftRunning()).toBe(0);
    const rounds = Map.groupBy(w.asked, ({ at }) => at);
    // Failing targets are confirmed each second, and then asked with the others.
    expect([...rounds.keys()].at(-1)).toBeLessThanOrEqual(59);
    expect(w.written).toHaveLength(rounds.size);
    expect(new Set(w.asked.map((a) => a.id)).size).toBe(nodes.length);
  });

  it('ends before the function does, whatever is under way', async () => {
    const w = world({ answersAfterMs: 600_000 });
    w.begin(30_000);
    await w.pass(28_000);
    expect(w.ended()).toBe(28);
    expect(w.leftRunning()).toBe(0);
  });
});

describe('shards', () => {
  const many: Target[] = Array.from({ length: 3_000 }, (_, i) => ({
    ...nodeTarget(nodes[0]!),
    id: targetId(`node/i-${i}`),
  }));

  it.each([1, 2, 3, 7])(
    'are %i: each target is asked by one of them, and none has much more than its part',
    (shards) => {
      const parts = Array.from({ length: shards }, (_, shard) => ownTargets(many, { shard, shards }));
      expect(
        parts
          .flat()
          .map((t) => t.id)
          .toSorted(),
      ).toEqual(many.map((t) => t.id).toSorted());
      for (const part of parts) expect(part.length).toBeLessThan((1.2 * many.length) / shards + 1);
    },
  );

  it('keep their targets while the list changes', () => {
    const shard = { shard: 1, shards: 3 };
    const before = ownTargets(many, shard).map((t) => t.id);
    const after = new Set(ownTargets(many.slice(1_000), shard).map((t) => t.id));
    const gone = new Set(many.slice(0, 1_000).map((t) => t.id));
    expect(before.filter((id) => !gone.has(id))).toEqual([...after]);
  });

  it('ask only what is theirs', async () => {
    const all: string[] = [];
    for (const shard of [0, 1]) {
      const w = world();
      w.begin(90_000, { shard, shards: 2 });
      await w.pass(500);
      all.push(...w.asked.map((a) => a.id));
    }
    expect(all.toSorted()).toEqual(nodes.map((n) => `node/${n.id}`).toSorted());
  });

  it.each([[{ shard: 2, shards: 2 }], [{ shard: -1 }], [{ shards: 0 }], [{ shard: '0' }]])(
    'refuse %o',
    (event) => {
      expect(() => readShard(event)).toThrow(/^shard .* is none: 0 of 1/);
    },
  );
});
