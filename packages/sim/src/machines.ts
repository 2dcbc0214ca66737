import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { prepare, wholeInput } from './machine-definition.ts';
import { isExecutionEnd, type MachineEvent, machineEvent } from './machine-event.ts';

export interface LocalMachinesOptions<Machine extends string, Payload, Result> {
  machines: BuiltMachines<Machine>;
  /** What every Task's function does with its Payload. What it throws is the Task's error, by the error's name. */
  handle(payload: Payload): Promise<Result>;
  onEvent?(event: MachineEvent): void;
}

/** State machines that are valid and can run any number of executions, in any number of worlds. */
export type BuiltMachines<Machine extends string> = ReadonlyMap<Machine, Built>;

/**
 * Builds Amazon States Language (JSONPath, every Task `arn:aws:states:::lambda:invoke`); about 60 ms each. `scale`
 * multiplies waits and retry intervals, not timeouts: handlers do not work faster in a faster world. Throws when a
 * definition is not valid; `validated`: that they are was seen elsewhere, and most of the 60 ms are saved.
 */
export function buildMachines<Machine extends string>(
  definitions: Record<Machine, object>,
  scale = 1,
  { validated = false }: { validated?: boolean } = {},
): BuiltMachines<Machine> {
  const built = new Map<Machine, Built>();
  for (const machine in definitions) built.set(machine, build(definitions[machine], scale, validated));
  return built;
}

export interface LocalMachines<Machine extends string, Input extends object> {
  /**
   * Starts an execution, or says that one of this name runs or ran in this process. Rejects where Step Functions
   * would refuse the name. The first step may complete a person's input: a Wait's SecondsPath is read from what the step
   * before it was given.
   */
  start(ask: { machine: Machine; name: string; input: Input }): Promise<'started' | 'exists'>;
  running(): { machine: Machine; execution: string; startedAt: number }[];
  /** Aborts every execution. A handler that is at work ends by itself; its result is not used. */
  stop(): void;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#API_StartExecution_RequestSyntax */
const executionName = /^[A-Za-z0-9._-]{1,80}$/;

/** State machines on this process's timers (aws-local-stepfunctions). */
export function createLocalMachines<Machine extends string, Input extends object, Payload, Result>(
  options: LocalMachinesOptions<Machine, Payload, Result>,
): LocalMachines<Machine, Input> {
  const { machines } = options;
  const names = new Set<string>();
  const executions = new Map<string, { machine: Machine; startedAt: number; abort(): void }>();

  /** Gives the machine's tasks a function that does nothing any more once the execution is aborted. */
  function handlers(tasks: string[], aborted: () => boolean, onInput: (input: unknown) => void) {
    const invoke = async (task: unknown) => {
      // A retry that waited when the abort came would still begin its next attempt.
      if (aborted()) throw new Error('the execution was aborted');
      onInput(fieldOf(task, wholeInput));
      const payload: Payload = copy(fieldOf(task, 'Payload'));
      const result = await options.handle(payload).catch((error: unknown) => {
        throw lambdaError(error);
      });
      return { Payload: copy(result), StatusCode: 200 };
    };
    return Object.fromEntries(tasks.map((task) => [task, invoke]));
  }

  async function follow(machine: Machine, execution: string, logs: AsyncIterable<MachineLog>): Promise<void> {
    for await (const log of logs) {
      const event = machineEvent(machine, execution, log);
      if (!event) continue;
      if (isExecutionEnd(event)) executions.delete(execution);
      options.onEvent?.(event);
    }
  }

  return {
    async start({ machine, name, input }) {
      const built = machines.get(machine);
      if (!built)
        throw new Error(`no state machine ${machine}: there are ${[...machines.keys()].join(', ')}`);
      if (!executionName.test(name)) {
        throw new Error(`an execution's name is 1 to 80 of A-Z a-z 0-9 . _ -, not ${JSON.stringify(name)}`);
      }
      if (names.has(name)) return 'exists';
      names.add(name);

      let aborted = false;
      let last: unknown = input;
      const tasks = handlers(
        built.tasks,
        () => aborted,
        (seen) => {
          last = seen;
        },
      );
      const run = built.machine.run(copy(input), {
        context: contextOf(machine, name),
        overrides: { taskResourceLocalHandlers: tasks, waitTimeOverrides: built.waitsFor(() => last) },
      });
      const abort = () => {
        aborted = true;
        run.abort();
      };
      executions.set(name, { machine, startedAt: Date.now(), abort });
      // How it ended is in its log.
      run.result.catch(() => undefined);
      void follow(machine, name, run.eventLogs);
      return 'started';
    },
    running: () =>
      [...executions].map(([execution, { machine, startedAt }]) => ({ machine, execution, startedAt })),
    stop() {
      for (const { abort } of executions.values()) abort();
    },
  };
}

type MachineLog = Parameters<typeof machineEvent>[2];

type Built = ReturnType<typeof build>;

function build(definition: object, scale: number, validated: boolean) {
  const own: StateMachineDefinition = copy(definition);
  if (!validated) new StateMachine(own);
  const prepared = prepare(own, scale);
  // Validated by now; scaled seconds need not be whole, which a validator would refuse.
  const machine = new StateMachine(prepared.definition, { validationOptions: { noValidate: true } });
  return { machine, tasks: prepared.tasks, waitsFor: prepared.waitsFor };
}

function fieldOf(task: unknown, name: string): unknown {
  const own = typeof task === 'object' && task !== null && Object.hasOwn(task, name);
  return own ? Object.getOwnPropertyDescriptor(task, name)?.value : null;
}

/** `$$`: aws-local-stepfunctions takes it as it is, so what changes with time is a getter. */
function contextOf(machine: string, name: string) {
  const arn = 'arn:aws:states:local:000000000000';
  return {
    Execution: { Id: `${arn}:execution:${machine}:${name}`, Name: name },
    StateMachine: { Id: `${arn}:stateMachine:${machine}`, Name: machine },
    State: {
      get EnteredTime() {
        return new Date().toISOString();
      },
    },
  };
}

/**
 * As Lambda reports what a function threw: the name is the error, the cause is JSON. A Catch of
 * aws-local-stepfunctions has the bare message as its Cause, so the message is the JSON.
 */
function lambdaError(thrown: unknown): Error {
  const errorType = thrown instanceof Error ? thrown.name : 'Error';
  const errorMessage = thrown instanceof Error ? thrown.message : String(thrown);
  const error = new Error(JSON.stringify({ errorType, errorMessage }));
  error.name = errorType;
  return error;
}

/** Through JSON, as between Step Functions and Lambda: nobody shares an object. */
function copy(value: unknown) {
  return JSON.parse(JSON.stringify(value ?? null));
}
