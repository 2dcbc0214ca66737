import { moveNames } from '@evac/core';
import aslValidator from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { privileges } from '../steps/index.ts';
import { isStepName } from '../steps/privileges.ts';
import type { State, Task } from './asl.ts';
import { machines } from './index.ts';
import { closeState, supersededState } from './pieces.ts';

const functions = {
  fleet: 'arn:aws:lambda:us-west-2:123456789012:function:fleet',
  traffic: 'arn:aws:lambda:us-west-2:123456789012:function:traffic',
  restart: 'arn:aws:lambda:us-west-2:123456789012:function:restart',
  prove: 'arn:aws:lambda:us-west-2:123456789012:function:prove',
  record: 'arn:aws:lambda:us-west-2:123456789012:function:record',
};

/** Its error ends the execution: there is no incident yet. */
const complete = 'Complete a person’s request';

/** Where a state may lead, and nothing else of it. */
function next(state: State): string[] {
  switch (state.Type) {
    case 'Task':
      return [...(state.Next === undefined ? [] : [state.Next]), ...(state.Catch ?? []).map((c) => c.Next)];
    case 'Choice':
      return [state.Default, ...state.Choices.map((c) => c.Next)];
    case 'Wait':
    case 'Pass':
      return [state.Next];
    case 'Fail':
      return [];
  }
}

describe.each(moveNames)('%s', (move) => {
  const machine = machines[move](functions);
  const states = Object.entries(machine.States);
  const tasks = states.flatMap(([name, state]): [string, Task][] =>
    state.Type === 'Task' ? [[name, state]] : [],
  );

  test('is valid Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(JSON.parse(JSON.stringify(machine)));
    expect(isValid ? '' : errorsText('\n')).toBe('');
  });

  test('every state can be reached', () => {
    const reached = new Set([machine.StartAt]);
    for (const name of reached) for (const to of next(machine.States[name]!)) reached.add(to);
    expect([...reached].toSorted()).toEqual(states.map(([name]) => name).toSorted());
  });

  test('every path ends in Close, or stops because another execution has taken over', () => {
    const ends = states.filter(([, state]) => state.Type === 'Fail' || ('End' in state && state.End));
    expect(ends.map(([name]) => name).toSorted()).toEqual([closeState, supersededState].toSorted());
    // From every state there is a way to Close, except from where it is somebody else's to close.
    const reaches = new Set([closeState]);
    for (let grown = -1; grown !== reaches.size; ) {
      grown = reaches.size;
      for (const [name, state] of states) if (next(state).some((to) => reaches.has(to))) reaches.add(name);
    }
    expect(states.map(([name]) => name).filter((name) => !reaches.has(name))).toEqual([supersededState]);
  });

  test('every task is a step, served by the function of its privilege', () => {
    for (const [, { Parameters }] of tasks) {
      const { step } = Parameters.Payload;
      expect(isStepName(step)).toBe(true);
      if (isStepName(step)) expect(Parameters.FunctionName).toBe(functions[privileges[step]]);
    }
  });

  test('every task has a deadline, is retried with jitter, and its error leads somewhere', () => {
    for (const [name, task] of tasks) {
      expect(task.TimeoutSeconds).toBeGreaterThan(0);
      // So that no function goes on beside its repetition; a request is completed in the function's own time.
      if (name !== complete) expect(task.Parameters.Payload.timeoutSeconds).toBe(task.TimeoutSeconds);
      expect(task.Retry.at(-1)).toMatchObject({ BackoffRate: 2, JitterStrategy: 'FULL' });
      if (name !== complete) expect(task.Catch?.length).toBeGreaterThan(0);
    }
    expect(machine.TimeoutSeconds).toBeGreaterThan(3_600);
    // Node's timers fire at once when asked for more.
    expect(machine.TimeoutSeconds * 1_000).toBeLessThan(2 ** 31);
  });

  test('a refusal is never retried', () => {
    for (const [, task] of tasks) {
      expect(task.Retry[0]).toEqual({
        ErrorEquals: ['Superseded', 'Subsumed', 'Recovered', 'Refused', 'GiveUp'],
        MaxAttempts: 0,
      });
    }
  });

  test('a stale token stops the execution and undoes nothing', () => {
    for (const [name, task] of tasks) {
      if (name === complete) continue;
      expect(task.Catch?.[0]).toMatchObject({ ErrorEquals: ['Superseded'], Next: supersededState });
    }
  });

  test('every name is a sentence of at most 80 characters, and every state says what it does', () => {
    for (const [name, state] of states) {
      expect(name).toMatch(/^[A-Z][^_]* [^_]*$/);
      expect(name.length).toBeLessThanOrEqual(80);
      expect(state.Comment).toMatch(/\.$/);
      expect(state.Type === 'Choice').toBe(name.endsWith('?'));
    }
    expect(machine.Comment).toContain('Give: service,');
  });
});

test('every step is used by a machine', () => {
  const tasks = moveNames.flatMap((move) => Object.values(machines[move](functions).States));
  const used = tasks.flatMap((state) => (state.Type === 'Task' ? [state.Parameters.Payload.step] : []));
  expect([...new Set(used)].toSorted()).toEqual(Object.keys(privileges).toSorted());
});
