import type { ServiceSettings } from '@evac/core';
import { type Cell, resumeOpen } from '@evac/workflow';

/** Far longer than Step Functions takes to list an execution that was started. */
const listedMs = 60_000;

/**
 * Goes on with every open incident whose execution is gone. One that was opened just now is left alone: its execution may
 * not be listed yet, and a second one would only take its lease away.
 */
export async function resumeSettled(cell: Cell, service: ServiceSettings): Promise<string[]> {
  const now = cell.clock.now();
  const incidents = await cell.ports.store.incidents({ service: service.name, since: now });
  const young = incidents.filter((i) => i.openedAt > now - listedMs).map((i) => i.id);
  const running = async () => [...(await cell.machines.running()), ...young];
  return resumeOpen({ ...cell, machines: { ...cell.machines, running } }, service);
}
