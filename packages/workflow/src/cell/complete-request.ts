import { incidentId, type MoveName, PortError } from '@evac/core';
import type { Cell, MoveInput } from '../contract.ts';
import { StepError } from '../steps/errors.ts';
import { inputOf } from './input.ts';
import { readRequest } from './request.ts';

/** Four short of Step Functions' 80: an execution that goes on from the record is told apart by `.r12`. */
const longestName = 76;

/**
 * The whole input of a move that a person has started with a small one, such as `{"service": "llm", "zone": "us-west-2a",
 * "reason": "the lights flicker"}`. The incident bears the execution's name. Rejects with `Refused`, which no machine
 * retries, and a sentence that names everything that is missing or unknown.
 */
export async function completeRequest(
  cell: Cell,
  { ask, move, execution }: { ask: unknown; move: MoveName; execution: string },
): Promise<MoveInput> {
  if (execution.length > longestName) {
    const seen = `the execution's name has ${execution.length} characters`;
    throw new StepError(
      'Refused',
      `${seen}: at most ${longestName} would be right, since the incident bears it`,
    );
  }
  const candidate = await readRequest(cell, ask, move).catch((error: unknown) => {
    if (error instanceof PortError && error.code === 'invalid') throw new StepError('Refused', error.message);
    throw error;
  });
  const service = cell.settings.services.find((s) => s.name === candidate.service);
  if (!service) throw new StepError('Refused', `no service named ${candidate.service} is configured`);
  const incident = incidentId(execution);
  return inputOf({ ...candidate, incident, cell: cell.region, needsApproval: false }, service);
}
