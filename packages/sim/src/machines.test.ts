import FakeTimers from '@sinonjs/fake-timers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MachineEvent } from './machine-event.ts';
import { buildMachines, createLocalMachines, type LocalMachinesOptions } from './machines.ts';

const resource = 'arn:aws:states:::lambda:invoke';

/** Two steps with a wait between them; what fails is caught and undone. */
const definition = {
  StartAt: 'Begin',
  States: {
    Begin: task('begin', { Next: 'Wait for it' }),
    'Wait for it': { Type: 'Wait', SecondsPath: '$.waits.pollSeconds', Next: 'Act' },
    Act: task('act', {
      Retry: [{ ErrorEquals: ['Throttled'], IntervalSeconds: 4, MaxDelaySeconds: 6, MaxAttempts: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Undo' }],
      Next: 'Rest',
    }),
    Rest: { Type: 'Wait', Seconds: 3, End: true },
    Undo: task('undo', { End: true }, { 'error.$': '$.error' }),
  },
};

function task(step: string, rest: object, payload: object = {}) {
  const base = { step, 'execution.$': '$$.Execution.Name', 'state.$': '$$.State.Name', 'input.$': '$' };
  return {
    Type: 'Task',
    Resource: resource,
    Parameters: { FunctionName: 'steps', Payload: { ...base, ...payload } },
    ResultSelector: { 'next.$': '$.Payload.next' },
    ResultPath: '$.result',
    ...rest,
  };
}

interface Seen {
  step: string;
  execution: string;
  state: string;
  input: { waits: { pollSeconds: number } };
  error?: { Error: string; Cause: string };
}

const input = { waits: { pollSeconds: 10 } };
let clock: FakeTimers.Clock;
let calls: (Seen & { at: number })[];
let events: MachineEvent[];

beforeEach(() => {
  clock = FakeTimers.install({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  calls = [];
  events = [];
});
afterEach(() => clock.uninstall());

function machines(options: Partial<LocalMachinesOptions<'move', Seen, { next: string }>> = {}) {
  const { handle = async () => ({ next: 'go' }), ...rest } = options;
  return createLocalMachines<'move', typeof input, Seen, { next: string }>({
    machines: buildMachines({ move: definition }),
    handle: (seen) => {
      calls.push({ ...structuredClone(seen), at: Date.now() });
      return handle(seen);
    },
    onEvent: (event) => events.push(event),
    ...rest,
  });
}

const trace = () => events.map(({ at, kind, state }) => `${at} ${kind}${state === null ? '' : ` ${state}`}`);

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

test('runs the steps in order, each with the execution, the state and the input', async () => {
  const runner = machines();
  expect(await runner.start({ machine: 'move', name: 'inc-1', input })).toBe('started');
  await clock.runAllAsync();
  expect(calls.map(({ at, step, state, execution }) => ({ at, step, state, execution }))).toEqual([
    { at: 0, step: 'begin', state: 'Begin', execution: 'inc-1' },
    { at: 10_000, step: 'act', state: 'Act', execution: 'inc-1' },
  ]);
  expect(calls[0]?.input).toEqual(input);
  expect(trace()).toEqual([
    '0 started',
    '0 state-entered Begin',
    '0 state-exited Begin',
    '0 state-entered Wait for it',
    '10000 state-exited Wait for it',
    '10000 state-entered Act',
    '10000 state-exited Act',
    '10000 state-entered Rest',
    '13000 state-exited Rest',
    '13000 succeeded',
  ]);
});

test('a scale shortens waits and retry intervals, and leaves the input as it is', async () => {
  let failures = 2;
  const runner = machines({
    machines: buildMachines({ move: definition }, 0.1),
    async handle({ step }) {
      if (step === 'act' && failures-- > 0) throw named('Throttled', 'slow down');
      return { next: 'go' };
    },
  });
  await runner.start({ machine: 'move', name: 'inc-1', input });
  await clock.runAllAsync();
  // 1 s of waiting; retries after 0.4 s and 0.6 s (not 0.8 s); then 0.3 s of rest.
  expect(calls.map((c) => c.at)).toEqual([0, 1_000, 1_400, 2_000]);
  expect(events.at(-1)).toMatchObject({ kind: 'succeeded', at: 2_300 });
  expect(calls.at(-1)?.input.waits.pollSeconds).toBe(10);
});

test('an error reaches the Catch by its name, with a cause in JSON as Lambda gives it', async () => {
  const runner = machines({
    async handle({ step }) {
      if (step === 'act') throw named('PortError', 'no capacity');
      return { next: 'go' };
    },
  });
  await runner.start({ machine: 'move', name: 'inc-1', input });
  await clock.runAllAsync();
  const error = calls.find((c) => c.step === 'undo')?.error;
  expect(error?.Error).toBe('PortError');
  expect(JSON.parse(error?.Cause ?? '')).toEqual({ errorType: 'PortError', errorMessage: 'no capacity' });
  expect(events.find((e) => e.kind === 'state-failed')).toMatchObject({ state: 'Act', error });
});

test('an error that nothing catches fails the execution', async () => {
  const runner = machines({
    async handle() {
      throw named('Broken', 'at once');
    },
  });
  await runner.start({ machine: 'move', name: 'inc-1', input });
  await clock.runAllAsync();
  expect(events.at(-1)).toMatchObject({ kind: 'failed', state: null, error: { Error: 'Broken' } });
  expect(runner.running()).toEqual([]);
});

test('a name runs once, while it runs and after it ended', async () => {
  const runner = machines();
  await runner.start({ machine: 'move', name: 'inc-1', input });
  expect(await runner.start({ machine: 'move', name: 'inc-1', input })).toBe('exists');
  expect(runner.running()).toEqual([{ machine: 'move', execution: 'inc-1', startedAt: 0 }]);
  await clock.runAllAsync();
  expect(await runner.start({ machine: 'move', name: 'inc-1', input })).toBe('exists');
  expect(runner.running()).toEqual([]);
  expect(calls).toHaveLength(2);
});

test('executions of one machine do not disturb each other', async () => {
  const runner = machines();
  await runner.start({ machine: 'move', name: 'a', input });
  await clock.tickAsync(5_000);
  await runner.start({ machine: 'move', name: 'b', input: { waits: { pollSeconds: 1 } } });
  await clock.runAllAsync();
  expect(calls.map((c) => `${c.at} ${c.execution} ${c.step}`)).toEqual([
    '0 a begin',
    '5000 b begin',
    '6000 b act',
    '10000 a act',
  ]);
});

test('stop aborts a wait: no step follows and no timer is left', async () => {
  const runner = machines();
  await runner.start({ machine: 'move', name: 'inc-1', input });
  await clock.tickAsync(5_000);
  runner.stop();
  await clock.tickAsync(0);
  expect(events.at(-1)).toMatchObject({ kind: 'aborted', at: 5_000 });
  expect(runner.running()).toEqual([]);
  await clock.runAllAsync();
  expect(calls.map((c) => c.step)).toEqual(['begin']);
  expect(clock.countTimers()).toBe(0);
});

test('stop while a step waits for its retry does not begin another attempt', async () => {
  const runner = machines({
    async handle({ step }) {
      if (step === 'act') throw named('Throttled', 'slow down');
      return { next: 'go' };
    },
  });
  await runner.start({ machine: 'move', name: 'inc-1', input });
  await clock.tickAsync(11_000);
  runner.stop();
  await clock.runAllAsync();
  expect(calls.map((c) => c.step)).toEqual(['begin', 'act']);
});

test('the handler cannot change what later steps see', async () => {
  const runner = machines({
    async handle(seen) {
      seen.input.waits.pollSeconds = 99;
      return { next: 'go' };
    },
  });
  await runner.start({ machine: 'move', name: 'inc-1', input });
  await clock.runAllAsync();
  expect(calls[1]?.input.waits.pollSeconds).toBe(10);
  expect(input.waits.pollSeconds).toBe(10);
});

test.each([
  ['its seconds', { waits: {} }, /^"Wait for it" waits for \$\.waits\.pollSeconds .* not nothing$/],
  ['whole seconds', { waits: { pollSeconds: 0.5 } }, /not 0\.5$/],
  ['seconds from now on', { waits: { pollSeconds: -1 } }, /not -1$/],
])('a wait without %s fails the execution', async (_, bad, message) => {
  const runner = machines();
  await runner.start({ machine: 'move', name: 'inc-1', input: bad as typeof input });
  await clock.runAllAsync();
  expect(events.at(-1)).toMatchObject({ kind: 'failed', error: { Cause: expect.stringMatching(message) } });
  expect(calls.map((c) => c.step)).toEqual(['begin']);
});

test.each([
  ['with a slash', 'a/b'],
  ['of 81 characters', 'x'.repeat(81)],
])('a name %s is refused', async (_, name) => {
  const runner = machines();
  await expect(runner.start({ machine: 'move', name, input })).rejects.toThrow(/^an execution's name is/);
  expect(runner.running()).toEqual([]);
  expect(events).toEqual([]);
});

test.each([1, 0.1])(
  'a wait takes as long as an earlier step has filled in, at a scale of %d',
  async (scale) => {
    const { States } = definition;
    const filled = { 'waits.$': '$.Payload.waits', 'note.$': '$.Payload.note' };
    const runner = createLocalMachines<'move', { note: string }, Seen, object>({
      machines: buildMachines(
        {
          move: {
            StartAt: 'Fill in',
            States: {
              ...States,
              'Fill in': task('fill-in', { ResultSelector: filled, ResultPath: '$', Next: 'Begin' }),
            },
          },
        },
        scale,
      ),
      async handle({ step, execution }) {
        calls.push({ step, at: Date.now() } as (typeof calls)[number]);
        return { next: 'go', waits: { pollSeconds: execution === 'long' ? 60 : 10 }, note: 'filled in' };
      },
    });
    await runner.start({ machine: 'move', name: 'short', input: { note: 'a little' } });
    await runner.start({ machine: 'move', name: 'long', input: { note: 'a little' } });
    await clock.runAllAsync();
    expect(calls.filter((c) => c.step === 'act').map((c) => c.at)).toEqual([10_000 * scale, 60_000 * scale]);
  },
);

test('a definition that is not valid is refused before anything runs', () => {
  const dangling = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'Nowhere' } } };
  expect(() => buildMachines({ dangling })).toThrow(/State machine definition is invalid/);
});
