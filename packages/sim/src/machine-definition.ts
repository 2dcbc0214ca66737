import type { StateMachineDefinition } from 'aws-local-stepfunctions';

type States = StateMachineDefinition['States'];
type State = States[string];

export interface PreparedDefinition {
  definition: StateMachineDefinition;
  /** Names of the Task states, those in Map and Parallel states too. */
  tasks: string[];
  /**
   * Milliseconds for each Wait that reads its seconds from its input, found in what `input` says when the wait begins. Throws
   * where it is no whole number.
   */
  waitsFor(input: () => unknown): Record<string, number>;
}

/** Under this a Task is told its whole input beside its Parameters. */
export const wholeInput = 'whole input';

/**
 * A definition as the local runner can run it in a world of another scale: waits and retry intervals multiplied, and
 * written otherwise what the runner does not understand: `$$.State.Name`, since its context does not know the state, and a
 * `ResultPath` of `$`.
 */
export function prepare(original: StateMachineDefinition, scale: number): PreparedDefinition {
  const definition = structuredClone(original);
  const tasks: string[] = [];
  const waits = new Map<string, string>();
  for (const [name, state] of statesIn(definition.States)) {
    if ('Parameters' in state) {
      const own = withStateName(state.Parameters, name);
      state.Parameters = state.Type === 'Task' ? { ...own, [`${wholeInput}.$`]: '$' } : own;
    }
    // The same as none, and taken for a field of that name.
    if ('ResultPath' in state && state.ResultPath === '$') delete state.ResultPath;
    if ('Retry' in state) scaleRetry(state, scale);
    if (state.Type === 'Task') tasks.push(name);
    if (state.Type === 'Wait' && state.Seconds !== undefined) state.Seconds *= scale;
    if (state.Type === 'Wait' && state.SecondsPath !== undefined) waits.set(name, state.SecondsPath);
  }
  return {
    definition,
    tasks,
    waitsFor(input) {
      const overrides: Record<string, number> = {};
      for (const [name, path] of waits) {
        const get = () => secondsAt(path, input(), name) * 1_000 * scale;
        Object.defineProperty(overrides, name, { get, enumerable: true });
      }
      return overrides;
    },
  };
}

function* statesIn(states: States): Generator<[string, State]> {
  for (const [name, state] of Object.entries(states)) {
    yield [name, state];
    if (state.Type === 'Parallel') for (const branch of state.Branches) yield* statesIn(branch.States);
    if (state.Type === 'Map') {
      const inner = state.ItemProcessor ?? state.Iterator;
      if (inner) yield* statesIn(inner.States);
    }
  }
}

type Retrying = Extract<State, { Retry?: unknown }>;

function scaleRetry(state: Retrying, scale: number): void {
  for (const retrier of state.Retry ?? []) {
    retrier.IntervalSeconds = (retrier.IntervalSeconds ?? 1) * scale;
    if (retrier.MaxDelaySeconds !== undefined) retrier.MaxDelaySeconds *= scale;
  }
}

/** Replaces every `"key.$": "$$.State.Name"` by `"key": "NAME"`. */
function withStateName(template: unknown, name: string) {
  return JSON.parse(JSON.stringify(template), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) =>
        key.endsWith('.$') && inner === '$$.State.Name' ? [key.slice(0, -2), name] : [key, inner],
      ),
    );
  });
}

/** The seconds that a plain path (`$.waits.pollSeconds`) finds in an input. */
function secondsAt(path: string, input: unknown, state: string): number {
  const keys = path.replace(/^\$\$\.Execution\.Input(?=\.)/, '$').split('.');
  let value = keys.shift() === '$' ? input : undefined;
  for (const key of keys) {
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    value = own ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
  }
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  const seen = value === undefined ? 'nothing' : JSON.stringify(value);
  throw new Error(`"${state}" waits for ${path} of the input: a whole number of seconds, not ${seen}`);
}
