import { createStore } from '@evac/aws';
import { type IncidentId, incidentId, PortError } from '@evac/core';
import { approve } from '@evac/workflow';
import type { World } from './cell.ts';
import { boundClients } from './clients.ts';
import { systemClock } from './clock.ts';
import type { Environment } from './environment.ts';
import { fieldsOf } from './fields.ts';
import { createHandler } from './handler.ts';

type Told = Pick<Environment, 'region' | 'table'>;

interface Given {
  incident: IncidentId;
  granted: boolean;
  by: string;
  reason: string;
}

/** A person's answer to a move that waits for one: `{incident, granted, by, reason}`. The machine reads it in its next round. */
export function createApproveHandler(environment: () => Told, world: World = {}) {
  return createHandler('approve', async (event, run): Promise<{ text: string }> => {
    const given = readAnswer(event);
    const { region, table } = environment();
    const { clients, endIn } = boundClients({ region }, world.clients);
    endIn(run.remainingMs() - 500);
    await approve(createStore({ clients, clock: world.clock ?? systemClock }, table), given);
    const { incident, granted } = given;
    const text = granted ? 'is approved and goes on' : 'is declined and ends';
    run.log.info(`a move ${text}`, { incident, by: given.by });
    return { text: `${incident} ${text}` };
  });
}

function readAnswer(event: unknown): Given {
  const { incident, granted, by, reason } = fieldsOf(event);
  const mistakes = [
    ...(isText(incident) ? [] : ["incident is missing: the execution's name, or its input's incident"]),
    ...(typeof granted === 'boolean' ? [] : ['granted is missing: true or false']),
    ...(isText(by) ? [] : ['by is missing: who answers']),
    ...(isText(reason) ? [] : ['reason is missing: why, in a sentence for the record']),
  ];
  if (isText(incident) && typeof granted === 'boolean' && isText(by) && isText(reason)) {
    return { incident: incidentId(incident), granted, by, reason };
  }
  throw new PortError('invalid', `the answer cannot be taken: ${mistakes.join('; ')}`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
