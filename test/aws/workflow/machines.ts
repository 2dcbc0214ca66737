import { type MoveName, moveNames } from '@evac/core';
import { buildMachines, createLocalMachines, type LocalMachines } from '@evac/sim';
import { definitions, type MoveInput, privileges, type StepInput } from '@evac/workflow';
import { isExecutionEnd } from '../../../packages/sim/src/machine-event.ts';
import { causeText } from '../../../packages/workflow/src/steps/errors.ts';
import type { AwsReply, Interference } from '../proxy.ts';
import type { FunctionName } from './host.ts';
import { askAws } from './plain-aws.ts';

/** What an execution went through: the states that it entered, in order, and how it ended. */
export interface History {
  states: string[];
  end: 'running' | 'succeeded' | 'failed';
  /** Why it failed, as the console shows it; null unless it did. */
  error: { name: string; cause: string } | null;
}

/** One region's Step Functions. */
export interface Interpreter {
  arns: Record<MoveName, string>;
  running(): Promise<string[]>;
  history(machine: MoveName, name: string): Promise<History>;
  interference: Interference;
  stop(): void;
}

const account = '123456789012';

/** The machines on moto's own interpreter, which calls the functions over the proxy. */
export async function motoInterpreter(url: string, region: string): Promise<Interpreter> {
  const ask = (action: string, body: Record<string, unknown>) =>
    askAws(url, { service: 'states', region, target: `AWSStepFunctions.${action}` }, body);
  const roleArn = `arn:aws:iam::${account}:role/machines`;
  for (const [name, definition] of Object.entries(definitions())) {
    await ask('CreateStateMachine', { name, roleArn, definition: JSON.stringify(definition) });
  }
  const arns = arnsOf(region);
  // Executions that somebody has asked for and nobody has seen end, by machine: the others need not be asked for.
  const begun = new Map(moveNames.map((move) => [move, new Map<string, 'asked' | 'running'>()]));
  async function runningOf(move: MoveName): Promise<string[]> {
    const executions = begun.get(move) ?? new Map();
    if (executions.size === 0) return [];
    const list = await ask('ListExecutions', { stateMachineArn: arns[move], statusFilter: 'RUNNING' });
    const running = Array.isArray(list.executions) ? list.executions.map((e) => String(e.name)) : [];
    for (const [name, seen] of executions) {
      if (running.includes(name)) executions.set(name, 'running');
      else if (seen === 'running') executions.delete(name);
    }
    return running;
  }
  return {
    arns,
    interference(call) {
      if (call.action !== 'StartExecution' || call.region !== region) return null;
      const { stateMachineArn, name } = JSON.parse(call.body);
      const move = moveNames.find((m) => arns[m] === stateMachineArn);
      if (move) begun.get(move)?.set(String(name), 'asked');
      return null;
    },
    running: async () => (await Promise.all(moveNames.map(runningOf))).flat(),
    async history(machine, name) {
      const executionArn = `${arns[machine].replace(':stateMachine:', ':execution:')}:${name}`;
      const { events } = await ask('GetExecutionHistory', { executionArn });
      if (!Array.isArray(events)) throw new Error(`no history of ${name}`);
      const { type: ended, executionFailedEventDetails: failure } = events.at(-1) ?? {};
      return {
        error: failure ? { name: failure.error, cause: causeText(failure.cause ?? '') } : null,
        states: events.flatMap((e) => e.stateEnteredEventDetails?.name ?? []),
        end:
          ended === 'ExecutionSucceeded'
            ? 'succeeded'
            : ended?.startsWith('Execution')
              ? 'failed'
              : 'running',
      };
    },
    stop: () => {},
  };
}

/** Waits and retries take a moment: the test's clock moves when a step says that it waits. */
const pace = 1 / 1_000;
let built: ReturnType<typeof buildMachines<MoveName>> | null = null;

/** The machines on aws-local-stepfunctions, behind Step Functions' API. */
export function localInterpreter(
  region: string,
  now: () => number,
  invoke: (name: FunctionName, payload: StepInput) => Promise<unknown>,
): Interpreter {
  const arns = arnsOf(region);
  const histories = new Map<string, History>();
  const inputs = new Map<string, string>();
  built ??= buildMachines(definitions(), pace);
  const local: LocalMachines<MoveName, MoveInput> = createLocalMachines<
    MoveName,
    MoveInput,
    StepInput,
    unknown
  >({
    machines: built,
    handle: (payload) => invoke(privilegeOf(payload.step), payload),
    onEvent(event) {
      const history = histories.get(event.execution);
      if (!history) return;
      if (event.kind === 'state-entered' && event.state !== null) history.states.push(event.state);
      if (!isExecutionEnd(event)) return;
      history.end = event.kind === 'succeeded' ? 'succeeded' : 'failed';
      if (event.error) history.error = { name: event.error.Error, cause: causeText(event.error.Cause) };
    },
  });
  const running = () => local.running().map((r) => r.execution);

  async function answer(action: string, asked: Record<string, string>): Promise<AwsReply> {
    const machine = moveNames.find((m) => arns[m] === asked.stateMachineArn);
    if (!machine) return refusal('StateMachineDoesNotExist', `no ${asked.stateMachineArn}`);
    if (action === 'ListExecutions') {
      const executions = local
        .running()
        .filter((r) => r.machine === machine)
        .map((r) => ({ name: r.execution, executionArn: arnOf(machine, r.execution), status: 'RUNNING' }));
      return json({ executions });
    }
    const { name = '', input = '{}' } = asked;
    if (!histories.has(name)) histories.set(name, { states: [], end: 'running', error: null });
    const started = await local.start({ machine, name, input: JSON.parse(input) });
    // The same name and input is the same execution while that one runs.
    const same = running().includes(name) && inputs.get(name) === input;
    if (started === 'exists' && !same) return refusal('ExecutionAlreadyExists', `${name} exists`);
    inputs.set(name, input);
    return json({ executionArn: arnOf(machine, name), startDate: now() / 1_000 });
  }

  const arnOf = (machine: MoveName, name: string) =>
    `${arns[machine].replace(':stateMachine:', ':execution:')}:${name}`;
  return {
    arns,
    running: async () => running(),
    async history(_, name) {
      const history = histories.get(name);
      if (!history) throw new Error(`no execution ${name}`);
      return history;
    },
    interference: (call) =>
      call.service === 'states' && call.region === region ? answer(call.action, JSON.parse(call.body)) : null,
    stop: () => local.stop(),
  };
}

function privilegeOf(step: string): FunctionName {
  const found = Object.entries(privileges).find(([name]) => name === step);
  if (!found) throw new Error(`no step ${step}`);
  return found[1];
}

function arnsOf(region: string): Record<MoveName, string> {
  const arn = (move: MoveName) => `arn:aws:states:${region}:${account}:stateMachine:${move}`;
  return {
    'replace-node': arn('replace-node'),
    'evacuate-zone': arn('evacuate-zone'),
    'fail-over-region': arn('fail-over-region'),
    'fail-back': arn('fail-back'),
  };
}

function json(body: unknown): AwsReply {
  return {
    status: 200,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  };
}

function refusal(type: string, message: string): AwsReply {
  return { ...json({ __type: type, message }), status: 400 };
}
