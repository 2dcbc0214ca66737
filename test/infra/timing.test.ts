import { definitions } from '@evac/workflow';
import { describe, expect, test } from 'vitest';
import { readSpan } from '../../functions/lib/probe/message.ts';
import { presets } from '../../packages/core/src/config/presets/index.ts';
import { configNames, whole } from './lib/configs.ts';
import type { Resource } from './lib/engine/recording.ts';
import { at, recorded } from './lib/recorded.ts';

/** A lease's length: packages/workflow/src/steps/context.ts. */
const leaseSeconds = 600;
const minute = 60;

interface Entry {
  Id: string;
  DelaySeconds: number;
  MessageBody: string;
}

const steps = ['fleet', 'traffic', 'restart', 'prove', 'record'] as const;

/** The longest task of any machine that a function serves, in seconds. */
function longestTask(step: (typeof steps)[number]): number {
  const tasks = Object.values(definitions()).flatMap((machine) =>
    Object.values(machine.States).flatMap((state) => (state.Type === 'Task' ? [state] : [])),
  );
  return Math.max(...tasks.filter((t) => t.Parameters.FunctionName === step).map((t) => t.TimeoutSeconds));
}

describe('time', () => {
  test.each(steps)(
    'of the function %s is the longest task that it serves, and far less than a lease',
    (step) => {
      const { inputs } = recorded(whole).one(
        'Function',
        `UsWest2${step[0]?.toUpperCase()}${step.slice(1)}Function`,
      );
      expect(inputs.timeout).toBe(longestTask(step));
      expect(Number(inputs.timeout) * 2).toBeLessThan(leaseSeconds);
    },
  );

  test('of a tick ends before the next', () => {
    expect(recorded(whole).one('Function', 'UsWest2DecideFunction').inputs.timeout).toBeLessThan(minute);
  });

  test('of a probe suffices for the longest question of any preset, asked at the end of a round', () => {
    const probe = Number(recorded(whole).one('Function', 'UsWest2ProbeOutsideFunction').inputs.timeout);
    for (const [name, { intervalMs, shallow, deep }] of Object.entries(presets)) {
      const longestMs = (intervalMs ?? 5_000) + Math.max(shallow.timeoutMs, deep?.timeoutMs ?? 0);
      expect(probe, name).toBeGreaterThan(longestMs / 1_000 + 2);
    }
  });

  test('of a switch leaves the health checker its two seconds', () => {
    // Route 53 gives an answer 2 s (docs/facts.md); the function may end later, but not hang on.
    expect(recorded(whole).one('Function', 'UsWest2SwitchFunction').inputs.timeout).toBeLessThanOrEqual(5);
  });
});

describe.each(configNames)('schedules of %s', (name) => {
  const { all } = recorded(name);
  const probes = all('Function').filter((f) => /-probe-/.test(String(f.inputs.name)));
  const started = (schedule: Resource) => at(schedule.inputs, 'target.arn');
  const batches = all('Schedule').filter((s) => /sqs:sendMessageBatch$/.test(String(started(s))));

  test('are every minute, on the minute, on, never tried again, and leave what they could not start', () => {
    expect(all('Schedule').length).toBeGreaterThan(0);
    for (const { inputs, region } of all('Schedule')) {
      expect(inputs).toMatchObject({
        scheduleExpression: 'rate(1 minute)',
        flexibleTimeWindow: { mode: 'OFF' },
        state: 'ENABLED',
      });
      expect(at(inputs, 'target.retryPolicy')).toEqual({
        maximumRetryAttempts: 0,
        maximumEventAgeInSeconds: minute,
      });
      expect(at(inputs, 'target.deadLetterConfig.arn')).toBe(queueNamed('dead-letters', region)?.outputs.arn);
    }
  });

  test('start the tick and the look for tags, each once', () => {
    const functions = all('Function').filter((f) => /-(decide|discover)$/.test(String(f.inputs.name)));
    const others = all('Schedule').filter((s) => !batches.includes(s));
    expect(others.map(started).toSorted()).toEqual(functions.map((f) => f.outputs.arn).toSorted());
  });

  test('put a message for each span of the minute into the queue of every probe, ten at a time', () => {
    for (const probe of probes) {
      const queue = queueNamed(String(probe.inputs.name), probe.region);
      const sent = batches
        .filter((s) => s.region === probe.region)
        .flatMap((s) => {
          const input: { QueueUrl: string; Entries: Entry[] } = JSON.parse(
            String(at(s.inputs, 'target.input')),
          );
          if (input.QueueUrl !== queue?.outputs.url) return [];
          expect(input.Entries.length).toBeLessThanOrEqual(10);
          expect(new Set(input.Entries.map((e) => e.Id)).size).toBe(input.Entries.length);
          return input.Entries;
        });
      const every5s = Array.from({ length: 12 }, (_, nth) => 5 * nth);
      expect(sent.map((e) => e.DelaySeconds).toSorted((a, b) => a - b)).toEqual(every5s);
      for (const { DelaySeconds, MessageBody } of sent) {
        const attributes = { SentTimestamp: String(1e12) };
        const body = MessageBody.replace('<aws.scheduler.scheduled-time>', '2026-11-21T18:00:00Z');
        const { from, until, beginsAt, shard } = readSpan({ Records: [{ body, attributes }] });
        expect(from - Date.parse('2026-11-21T18:00:00Z')).toBe(1_000 * DelaySeconds);
        expect([until - from, beginsAt - 1e12]).toEqual([5_000, 1_000 * DelaySeconds]);
        expect(shard).toEqual({ shard: 0, shards: 1 });
      }
    }
    expect(batches).toHaveLength(2 * probes.length);
  });

  test('have every message delivered by itself, once, and one whose run fails left to the dead letters', () => {
    const mappings = all('EventSourceMapping');
    for (const probe of probes) {
      const queue = queueNamed(String(probe.inputs.name), probe.region);
      const [mapping, ...more] = mappings.filter((m) => m.inputs.functionName === probe.outputs.arn);
      expect(more).toEqual([]);
      expect(mapping?.inputs).toMatchObject({ eventSourceArn: queue?.outputs.arn, batchSize: 1 });
      // With a maximum of concurrency, Lambda polls more, and a run that waits would hold up the next.
      expect(at(mapping?.inputs ?? {}, 'scalingConfig')).toBeNull();

      const { visibilityTimeoutSeconds: hidden, messageRetentionSeconds: kept } = queue?.inputs ?? {};
      // Lambda refuses less than the function's time; a retry would come when nobody needs it.
      expect(hidden).toBe(probe.inputs.timeout);
      expect(Number(kept)).toBeGreaterThanOrEqual(minute + Number(hidden) + 30);
      expect(Number(kept)).toBeLessThanOrEqual(5 * minute);
      expect(JSON.parse(String(queue?.inputs.redrivePolicy))).toEqual({
        deadLetterTargetArn: queueNamed('dead-letters', probe.region)?.outputs.arn,
        maxReceiveCount: 1,
      });
    }
  });

  test('whose function fails are not run again by Lambda', () => {
    expect(all('FunctionEventInvokeConfig')).toHaveLength(all('Function').length);
    for (const { inputs } of all('FunctionEventInvokeConfig'))
      expect(inputs).toMatchObject({ maximumRetryAttempts: 0, maximumEventAgeInSeconds: minute });
  });

  /** By its name, or the end of it. */
  function queueNamed(end: string, region: Resource['region']): Resource | undefined {
    return all('Queue').find((q) => q.region === region && String(q.inputs.name).endsWith(end));
  }
});
