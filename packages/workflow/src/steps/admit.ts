import { type Incident, lastEvent, refusalSentence } from '@evac/core';
import type { Cell, MoveInput, StepResult } from '../contract.ts';
import { go, type Judge, leaseMs, type StepContext, settingsOf, stop } from './context.ts';
import { record } from './record.ts';
import { scopeOf } from './scope.ts';

/**
 * Opens the incident, takes the lease and asks the guards. Run again, it takes a new token (which makes the execution
 * before it stale) and goes on from the record; it asks again only where nothing has been done yet and what the guards
 * had looked at is no longer fresh.
 */
export async function admit(judge: Judge, cell: Cell, input: MoveInput): Promise<StepResult> {
  const { store } = cell.ports;
  const incident = await open(cell, input);
  if (incident.closedAt !== null) return stop(`${incident.id} is closed: ${incident.outcome}`);
  const scope = scopeOf(input);
  const taken = await store.acquireLease({ scope, holder: incident.id, ttlMs: leaseMs });
  if (!taken) {
    const text = `another move holds the lease on ${scope}`;
    return cell.clock.now() - incident.openedAt < leaseMs ? { next: 'wait', text } : stop(text);
  }
  const lease = { scope, token: taken.token };
  try {
    return { ...(await decideAgain(judge, cell, input, incident, lease)), lease };
  } catch (error) {
    // Nobody would give it back: the machine has not seen the token.
    await store.releaseLease(lease).catch(() => {});
    throw error;
  }
}

async function open(cell: Cell, input: MoveInput): Promise<Incident> {
  const incident: Incident = {
    id: input.incident,
    service: input.service,
    move: input.move,
    subject: input.subject,
    verb: input.verb,
    by: input.by,
    because: input.because,
    cell: cell.region,
    openedAt: cell.clock.now(),
    closedAt: null,
    outcome: null,
    events: [],
  };
  if (await cell.ports.store.openIncident({ incident })) return incident;
  return (await cell.ports.store.incident({ id: input.incident })) ?? incident;
}

async function decideAgain(
  judge: Judge,
  cell: Cell,
  input: MoveInput,
  opened: Incident,
  lease: { scope: string; token: number },
): Promise<StepResult> {
  const incident = { ...opened, events: [...opened.events] };
  const ctx: StepContext = {
    cell,
    input,
    ...settingsOf(cell, input),
    incident,
    lease,
    error: null,
    judge,
    standing: 'waiting',
  };
  if (lastEvent(incident, 'admit', 'failed')) return stop('was refused');
  const admitted = lastEvent(incident, 'admit', 'done');
  if (admitted && !isOutdated(ctx, admitted.at)) {
    await record(ctx, { step: 'admit', phase: 'note', text: 'goes on after an interruption' });
    return go('goes on from the record');
  }
  const answer = await judge.admit(cell, input);
  if (answer.ok) {
    await record(ctx, { step: 'admit', phase: 'done', text: input.because });
    return go(`admitted: ${input.because}`);
  }
  const text = refusalSentence(answer.refusal);
  await record(ctx, { step: 'admit', phase: 'failed', text, data: { guard: answer.refusal.guard } });
  return stop(text);
}

/** Nobody has acted on it since, and nobody knows whether it still holds. After an approval the guards are asked anyway. */
function isOutdated({ incident, input, settings, cell }: StepContext, admittedAt: number): boolean {
  const untouched = !input.needsApproval && incident.events.every((e) => e.step === 'admit');
  return untouched && cell.clock.now() - admittedAt > settings.timing.freshMs;
}
