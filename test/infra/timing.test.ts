import { definitions } from '@evac/workflow';
import { describe, expect, test } from 'vitest';
import { configNames, whole } from './lib/configs.ts';
import { at, recorded } from './lib/recorded.ts';

/** A lease's length: packages/workflow/src/steps/context.ts. */
const leaseSeconds = 600;
const minute = 60;

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

  test('of a tick ends before the next, and of a probe lasts until the next has begun', () => {
    const { one } = recorded(whole);
    expect(one('Function', 'UsWest2DecideFunction').inputs.timeout).toBeLessThan(minute);
    const probe = Number(one('Function', 'UsWest2ProbeOutsideFunction').inputs.timeout);
    expect(probe).toBeGreaterThan(minute);
    expect(probe).toBeLessThan(2 * minute);
  });

  test('of a switch leaves the health checker its two seconds', () => {
    // Route 53 gives an answer 2 s (docs/facts.md); the function may end later, but not hang on.
    expect(recorded(whole).one('Function', 'UsWest2SwitchFunction').inputs.timeout).toBeLessThanOrEqual(5);
  });
});

describe.each(configNames)('schedules of %s', (name) => {
  test('are every minute, on the minute, on, never tried again, and leave what they could not start', () => {
    const { all } = recorded(name);
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
      const [queue] = all('Queue').filter((q) => q.region === region);
      expect(at(inputs, 'target.deadLetterConfig.arn')).toBe(queue?.outputs.arn);
    }
  });

  test('start every probe and the tick, each once', () => {
    const { all } = recorded(name);
    const started = all('Schedule').map((s) => at(s.inputs, 'target.arn'));
    const expected = all('Function')
      .filter((f) => /-(probe-.*|decide|discover)$/.test(String(f.inputs.name)))
      .map((f) => f.outputs.arn);
    expect(started.toSorted()).toEqual(expected.toSorted());
  });

  test('whose function fails are not run again by Lambda', () => {
    const { all } = recorded(name);
    expect(all('FunctionEventInvokeConfig')).toHaveLength(all('Function').length);
    for (const { inputs } of all('FunctionEventInvokeConfig'))
      expect(inputs).toMatchObject({ maximumRetryAttempts: 0, maximumEventAgeInSeconds: minute });
  });
});
