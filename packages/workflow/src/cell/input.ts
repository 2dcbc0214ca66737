import type { PlannedMove, ServiceSettings } from '@evac/core';
import type { MoveInput } from '../contract.ts';

/** An execution's input for a planned move. Waits are whole seconds, as Step Functions wants them. */
export function inputOf(move: PlannedMove, service: ServiceSettings): MoveInput {
  const pollSeconds = Math.ceil(service.timing.intervalMs / 1_000);
  return {
    incident: move.incident,
    service: move.service,
    move: move.move,
    subject: move.subject,
    cell: move.cell,
    verb: move.verb,
    by: move.by,
    because: move.because,
    needsApproval: move.needsApproval,
    waits: { pollSeconds, holdSeconds: 12 * pollSeconds },
  };
}
