import type { Incident, ServiceSettings } from '@evac/core';
import type { Cell } from '../contract.ts';
import { inputOf } from './input.ts';

/** What of a cell it takes to resume. */
type Resumable = Pick<Cell, 'region' | 'clock' | 'machines'> & {
  ports: { store: Pick<Cell['ports']['store'], 'incidents'> };
};

/**
 * Starts a new execution for every open incident of this cell that has none: its execution was killed, or its region
 * was away. The machine begins from its start; its steps go on from the incident's record. Returns the names started.
 */
export async function resumeOpen(cell: Resumable, service: ServiceSettings): Promise<string[]> {
  const { store } = cell.ports;
  const open = (await store.incidents({ service: service.name, since: cell.clock.now() })).filter(
    (incident) => incident.closedAt === null && incident.cell === cell.region,
  );
  const running = await cell.machines.running();
  const orphans = open.filter(({ id }) => !running.some((name) => name === id || name.startsWith(`${id}.r`)));
  const started = await Promise.all(orphans.map((incident) => restart(cell, service, incident)));
  return started.filter((name) => name !== null);
}

/** An execution's name is used up for 90 days, so each restart has a number of its own. */
async function restart(
  cell: Resumable,
  service: ServiceSettings,
  incident: Incident,
): Promise<string | null> {
  const needsApproval = incident.verb === 'automatic' && service.policy[incident.move] === 'approve';
  const input = inputOf(
    { ...incident, incident: incident.id, since: incident.openedAt, needsApproval },
    service,
  );
  for (let attempt = 0; attempt <= 99; attempt++) {
    const name = attempt === 0 ? incident.id : `${incident.id}.r${attempt}`;
    if ((await cell.machines.start({ machine: incident.move, name, input })) === 'started') return name;
  }
  return null;
}
