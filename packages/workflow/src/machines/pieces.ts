import type { MoveName } from '@evac/core';
import { finalErrors, supersededError } from '../steps/errors.ts';
import type { StepName } from '../steps/privileges.ts';
import { privileges } from '../steps/privileges.ts';
import type { Choice, State, Task } from './asl.ts';

/** The function that serves each privilege group's steps: a name or an ARN, as Lambda's Invoke takes it. */
export type Functions = Record<'fleet' | 'traffic' | 'restart' | 'prove' | 'record', string>;

export const closeState = 'Close the incident';
export const undoTrafficState = 'Put the traffic back as it was';
export const undoFleetState = 'Put the fleet back as it was';
export const supersededState = 'Stop here: another execution works on this incident';

/** Some states with one way in, and one way on to whatever comes next. */
export interface Piece {
  entry: string;
  states(next: string, functions: Functions): Record<string, State>;
}

interface TaskOptions {
  /** Longer than every retry inside the step, in seconds. */
  timeout?: number;
  /** Where an error leads. */
  onError?: string;
  /** Tried again for minutes: there is nothing else to do, and what is left undone is for a person. */
  persists?: true;
}

/** One step that ends in going on or in an error. */
export function task(name: string, step: StepName, comment: string, options: TaskOptions = {}): Piece {
  return {
    entry: name,
    states: (next, functions) => ({ [name]: { ...invoke(step, comment, functions, options), Next: next } }),
  };
}

/**
 * One step asked again and again: `go` leads on, `wait` leads back after a while; it may `stop`, or call the move's work
 * `mended`, if that is said.
 */
export function loop(
  name: string,
  step: StepName,
  comment: string,
  wait: { question: string; waiting: string; seconds?: 'poll' | 'hold' },
  options: TaskOptions & { mayStop?: true; back?: string; mended?: string } = {},
): Piece {
  const seconds = wait.seconds ?? 'poll';
  return {
    entry: name,
    states: (next, functions) => ({
      [name]: { ...invoke(step, comment, functions, options), Next: wait.question },
      [wait.question]: choice('Reads what the step said.', next, [
        { Variable: '$.run.result.next', StringEquals: 'wait', Next: wait.waiting },
        ...(options.mayStop
          ? [{ Variable: '$.run.result.next', StringEquals: 'stop', Next: closeState }]
          : []),
        ...(options.mended === undefined
          ? []
          : [{ Variable: '$.run.result.next', StringEquals: 'mended', Next: options.mended }]),
      ]),
      [wait.waiting]: {
        Type: 'Wait',
        Comment: `Then asks again. The input's waits.${seconds}Seconds says how long this is.`,
        SecondsPath: `$.waits.${seconds}Seconds`,
        Next: options.back ?? name,
      },
    }),
  };
}

/** Goes through `pieces` only if the input says so. */
export function only(
  question: string,
  when: Omit<Choice['Choices'][number], 'Next'>,
  pieces: Piece[],
): Piece {
  return {
    entry: question,
    states: (next, functions) => ({
      [question]: choice('Reads the input.', next, [{ ...when, Next: first(pieces, next) }]),
      ...chain(pieces, next, functions),
    }),
  };
}

/** One of two ways, both ending at the same place. */
export function either(
  question: string,
  when: Omit<Choice['Choices'][number], 'Next'>,
  yes: Piece[],
  no: Piece[],
): Piece {
  return {
    entry: question,
    states: (next, functions) => ({
      [question]: choice('Reads the input.', first(no, next), [{ ...when, Next: first(yes, next) }]),
      ...chain(yes, next, functions),
      ...chain(no, next, functions),
    }),
  };
}

export function first(pieces: Piece[], next: string): string {
  return pieces[0]?.entry ?? next;
}

/** Each piece leads to the one after it, the last one to `next`. */
export function chain(pieces: Piece[], next: string, functions: Functions): Record<string, State> {
  const states: Record<string, State> = {};
  for (const [at, piece] of pieces.entries()) {
    Object.assign(states, piece.states(pieces[at + 1]?.entry ?? next, functions));
  }
  return states;
}

/** contract.ts' MoveInput, as the execution was given it; `$.run` beside it is the machine's own. */
const input = {
  'incident.$': '$.incident',
  'service.$': '$.service',
  'move.$': '$.move',
  'subject.$': '$.subject',
  'cell.$': '$.cell',
  'verb.$': '$.verb',
  'by.$': '$.by',
  'because.$': '$.because',
  'needsApproval.$': '$.needsApproval',
  'waits.$': '$.waits',
};

/** A step's call, without where it leads: the payload is contract.ts' StepInput, the answer its StepResult. */
export function invoke(
  step: StepName,
  comment: string,
  functions: Functions,
  options: TaskOptions = {},
): Task {
  const timeoutSeconds = options.timeout ?? 60;
  return {
    Type: 'Task',
    Comment: comment,
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: functions[privileges[step]],
      Payload: {
        step,
        'execution.$': '$$.Execution.Name',
        timeoutSeconds,
        input,
        'lease.$': '$.run.result.lease',
        'error.$': '$.run.error',
      },
    },
    ResultSelector: {
      'next.$': '$.Payload.next',
      'text.$': '$.Payload.text',
      'lease.$': '$.Payload.lease',
    },
    ResultPath: '$.run.result',
    TimeoutSeconds: timeoutSeconds,
    Retry: [
      // A refusal is an answer: asking again would not make it another.
      { ErrorEquals: [...finalErrors], MaxAttempts: 0 },
      {
        ErrorEquals: [
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'Lambda.TooManyRequestsException',
          'Lambda.ClientExecutionTimeoutException',
          'States.Timeout',
          'States.TaskFailed',
        ],
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxDelaySeconds: options.persists ? 30 : 10,
        MaxAttempts: options.persists ? 25 : 5,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [
      { ErrorEquals: [supersededError], ResultPath: '$.run.error', Next: supersededState },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.run.error', Next: options.onError ?? undoTrafficState },
    ],
  };
}

/**
 * Makes the whole input of a move out of a person's small one. Its error ends the execution, which says why: there is no
 * incident yet that could be closed.
 */
export function completing(move: MoveName, functions: Functions, next: string): Task {
  const { Catch: _, ...task } = invoke('complete-request', '', functions);
  return {
    ...task,
    Comment:
      'A person started this with a small input. Checks it, and fills in the rest; what is missing or unknown fails at once, in a sentence.',
    Parameters: {
      FunctionName: task.Parameters.FunctionName,
      Payload: { step: 'complete-request', 'execution.$': '$$.Execution.Name', move, 'ask.$': '$' },
    },
    ResultSelector: Object.fromEntries(
      Object.entries(input).map(([name, path]) => [name, path.replace('$.', '$.Payload.')]),
    ),
    ResultPath: '$',
    Next: next,
  };
}

export function choice(comment: string, otherwise: string, choices: Choice['Choices']): Choice {
  return { Type: 'Choice', Comment: comment, Choices: choices, Default: otherwise };
}
