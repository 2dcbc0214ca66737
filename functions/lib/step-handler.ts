import { PortError } from '@evac/core';
import {
  admitMove,
  completeRequest,
  createSteps,
  failureOf,
  type MoveInput,
  type Privilege,
  type StepInput,
  type StepResult,
  stillNeeded,
} from '@evac/workflow';
import type { BoundCell } from './cell.ts';
import { fieldsOf } from './fields.ts';
import { createHandler } from './handler.ts';
import { aboutStep, logOf } from './log.ts';

/** Left for the answer, and for the log. */
const marginMs = 1_000;
/** A machine counts from when it asks Lambda, a run from its own beginning: a cold start lies between (`npm run bench:coldstart`). */
const startMs = 4_000;

/**
 * The handler of the machines' steps of one privilege. `compose` is called in the first run, and what it makes is kept.
 * A step of another privilege is refused, whoever sends it.
 */
export function createStepHandler(privilege: Privilege, compose: () => BoundCell) {
  const runStep = createSteps({ admit: admitMove, stillNeeded, failure: failureOf }, privilege);
  let kept: BoundCell | null = null;
  return createHandler(privilege, async (event, run): Promise<StepResult | MoveInput> => {
    kept ??= compose();
    const bound = kept;
    bound.endIn(Math.min(run.remainingMs(), limitOf(event)) - marginMs);
    await bound.refresh(run.log);
    if (privilege === 'record' && isRequest(event)) return completeRequest(bound.cell, event);
    if (!isStepInput(event)) {
      throw new PortError(
        'invalid',
        `the function ${privilege} takes the steps of Evac's state machines, and nothing else`,
      );
    }
    const log = logOf(run.log, aboutStep(event));
    try {
      const result = await runStep(bound.cell, event);
      log.info(`${event.step}: ${result.next}`, { text: result.text });
      return result;
    } catch (error) {
      log.warn(`${event.step} failed`, { error: error instanceof Error ? error : String(error) });
      throw error;
    }
  });
}

/** Milliseconds until the machine gives this up: its repetition is not to find this one at work. */
function limitOf(event: unknown): number {
  const { timeoutSeconds } = fieldsOf(event);
  return typeof timeoutSeconds === 'number' ? timeoutSeconds * 1_000 - startMs : Number.POSITIVE_INFINITY;
}

/** A machine that a person started with a small input asks for the rest of it. */
function isRequest(event: unknown): event is Parameters<typeof completeRequest>[1] {
  const { step, execution, move } = fieldsOf(event);
  return step === 'complete-request' && typeof execution === 'string' && typeof move === 'string';
}

function isStepInput(event: unknown): event is StepInput {
  if (typeof event !== 'object' || event === null) return false;
  if (!('step' in event && 'execution' in event && 'input' in event && 'lease' in event)) return false;
  const { step, execution, input } = event;
  if (typeof step !== 'string' || typeof execution !== 'string') return false;
  return typeof input === 'object' && input !== null && 'service' in input && 'incident' in input;
}
