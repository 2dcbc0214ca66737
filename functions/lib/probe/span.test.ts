import { type Observation, type ProbePort, serviceName, type Target, targetId, vantageId } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { nodes, nodeTarget, settings, west, zoneA } from '../../../packages/core/src/testing/snapshot.ts';
import { createVirtualClock } from '../../../packages/core/src/testing/virtual-clock.ts';
import { minuteOf, readSpan } from './message.ts';
import { ownTargets, readShard } from './shard.ts';
import { createMemories, lateBy, probeSpan } from './span.ts';

const start = 1_800_000_000_000;
const vantage = { id: vantageId('in/us-west-2a'), region: west, zone: zoneA, controls: [] };

const second = 1_000;
/** Spans of the minutes from `start` on, as the schedule's messages tell of them. */
function spans(count: number, { spanSeconds = 5, shards = 1 } = {}) {
  const minute = minuteOf(spanSeconds, shards);
  return Array.from({ length: count }, (_, nth) => {
    const at = start + 60 * second * Math.floor(nth / minute.length);
    const { body } = minute[nth % minute.length]!;
    const time = new Date(at).toISOString();
    return readSpan({
      Records: [
        {
          body: body.replace('<aws.scheduler.scheduled-time>', time),
          attributes: { SentTimestamp: String(at) },
        },
      ],
    });
  });
}

/** Virtual time, in which every target answers after a while, or takes that long to fail. */
function world({
  answersAfterMs = 10,
  fails = false,
  targets = nodes.map(nodeTarget),
  services = [settings()],
} = {}) {
  const { fake, clock } = createVirtualClock(start);
  const asked: { service: string; id: string; check: string; at: number }[] = [];
  const written: Observation[] = [];
  const probe: ProbePort = {
    async ask({ target, check, signal }) {
      asked.push({ service: target.service, id: target.id, check, at: (fake.now - start) / second });
      await clock.sleep(answersAfterMs, signal);
      const base = { target: target.id, check, at: fake.now, latencyMs: answersAfterMs, detail: '' };
      return fails
        ? { ...base, class: 'failed', reason: 'headers-timeout' }
        : { ...base, class: 'ok', reason: 'answered' };
    },
  };
  const ended: number[] = [];
  const warm = createMemories();
  return {
    asked,
    written,
    ended,
    /** Runs one span from now on. */
    run(span: ReturnType<typeof spans>[number], { remainingMs = 90_000, memories = warm } = {}) {
      const means = {
        vantage,
        services,
        store: {
          readTargets: async ({ service }: { service: string }) =>
            structuredClone(targets).filter((t) => t.service === service),
          putObservation: async (observation: Observation) => void written.push(observation),
        },
        probe,
        sees: async () => true,
        memories,
        clock,
        onError: () => {},
      };
      void probeSpan(means, span, remainingMs).then(() => ended.push(fake.now - start));
    },
    pass: (ms: number) => fake.tickAsync(ms),
    leftRunning: () => fake.countTimers(),
    clock,
  };
}

describe('a span', () => {
  it('is over as soon as everybody has answered', async () => {
    const w = world({ answersAfterMs: 700 });
    w.run(spans(1)[0]!);
    await w.pass(60_000);
    expect(w.ended).toEqual([700]);
    expect(w.leftRunning()).toBe(0);
    expect(w.asked.map((a) => a.id).toSorted()).toEqual(nodes.map((n) => `node/${n.id}`).toSorted());
    expect(w.written).toHaveLength(1);
  });

  it('asks again each second while something is between two states, and leaves the next round to the next span', async () => {
    const w = world({ fails: true });
    w.run(spans(1)[0]!);
    await w.pass(60_000);
    expect(new Set(w.asked.map((a) => a.at))).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(w.ended[0]).toBeLessThanOrEqual(5_000);
  });

  it('lets a probe that takes its whole timeout end, and writes what it found', async () => {
    const w = world({ answersAfterMs: 5_500, fails: true });
    w.run(spans(1)[0]!);
    await w.pass(60_000);
    expect(w.ended).toEqual([5_500]);
    expect(w.asked).toHaveLength(nodes.length);
    expect(w.written.flatMap((o) => o.outcomes)).toHaveLength(nodes.length);
  });

  it('ends before the function does, whatever is under way', async () => {
    const w = world({ answersAfterMs: 600_000 });
    w.run(spans(1)[0]!, { remainingMs: 7_000 });
    await w.pass(20_000);
    expect(w.ended).toEqual([5_000]);
    expect(w.leftRunning()).toBe(0);
  });

  it('is dropped once its time has passed, and not before', async () => {
    const [, span] = spans(2);
    const w = world();
    await w.pass(10_000);
    expect(lateBy(span!, w.clock)).toBeNull();
    await w.pass(1);
    expect(lateBy(span!, w.clock)).toBe(1);
  });
});

describe('spans that follow each other', () => {
  const deep = { ...settings(), deep: settings().shallow };
  const slow = { ...deep, name: serviceName('slow') };
  slow.timing = { ...slow.timing, intervalMs: 20_000 };
  const quick = { ...deep, name: serviceName('quick') };
  quick.timing = { ...quick.timing, intervalMs: 2_000 };
  const all = [deep, slow, quick];
  const targets = all.flatMap(({ name }) => nodes.map((n) => ({ ...nodeTarget(n), service: name })));

  it.each([
    { whose: 'run in one environment', fresh: false },
    { whose: 'each find a fresh environment', fresh: true },
  ])('and $whose ask every service at its own interval', async ({ fresh }) => {
    const w = world({ services: all, targets });
    for (const span of spans(24)) {
      w.run(span, fresh ? { memories: createMemories() } : {});
      await w.pass(5_000);
    }
    const { id } = w.asked[0]!;
    const times = (service: string) =>
      w.asked.filter((a) => a.id === id && a.service === service).map((a) => a.at);
    expect(times('llm')).toEqual(Array.from({ length: 24 }, (_, n) => 5 * n));
    expect(times('slow')).toEqual([0, 20, 40, 60, 80, 100]);
    expect(times('quick')).toHaveLength(60);
    const generations = w.asked.filter((a) => a.id === id && a.service === 'llm' && a.check === 'deep');
    expect(generations).toHaveLength(4);
    expect(generations.slice(1).map((a, i) => a.at - generations[i]!.at)).toEqual([30, 30, 30]);
  });

  it('confirm what a service with a long interval found, before its next round', async () => {
    const w = world({ services: [slow], targets, fails: true, answersAfterMs: 900 });
    for (const span of spans(4)) {
      w.run(span);
      await w.pass(5_000);
    }
    const { id } = w.asked[0]!;
    expect(w.asked.filter((a) => a.id === id).length).toBeGreaterThanOrEqual(4);
    expect(w.ended.filter((at) => at > 5_000)).not.toEqual([]);
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
      w.run(spans(2, { shards: 2 })[shard]!);
      await w.pass(500);
      all.push(...w.asked.map((a) => a.id));
    }
    expect(all.toSorted()).toEqual(nodes.map((n) => `node/${n.id}`).toSorted());
  });

  it('that one environment serves keep what they remember apart', async () => {
    const w = world({ fails: true });
    for (const span of spans(4, { shards: 2 })) {
      w.run(span);
      await w.pass(span.shard.shard === 1 ? 5_000 : 0);
    }
    const { id } = w.asked[0]!;
    // Dead after four: in the second round there is nothing left to confirm.
    expect(w.asked.filter((a) => a.id === id).map((a) => a.at)).toEqual([0, 1, 2, 3, 5]);
  });

  it.each([[{ shard: 2, shards: 2 }], [{ shard: -1 }], [{ shards: 0 }], [{ shard: '0' }]])(
    'refuse %o',
    (event) => {
      expect(() => readShard(event)).toThrow(/^shard .* is none: 0 of 1/);
    },
  );
});
