import {
  alarmsBeside,
  besideMs,
  type Incident,
  type IncidentOutcome,
  lastEvent,
  type Notification,
  subjectName,
} from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { StepError } from './errors.ts';
import { outcomeOf } from './outcome.ts';
import { record } from './record.ts';
import { scopeOf } from './scope.ts';

const severities: Record<IncidentOutcome, Notification['severity']> = {
  recovered: 'info',
  refused: 'info',
  subsumed: 'info',
  reverted: 'warning',
  failed: 'critical',
};

/**
 * Nobody comes back to a closed incident to give its lease back, so it is made to run out by itself; but not before a run that
 * died has timed out, after 60 s, and has been run again.
 */
const lastLeaseMs = 150_000;

/** Tells people the outcome, writes it and gives the lease back. Run twice, the first outcome stays. */
export async function close(ctx: StepContext): Promise<StepResult> {
  const { incident, lease, cell } = ctx;
  if (incident.closedAt === null) {
    const { outcome, text } = lease ? await settle(ctx) : unadmitted(ctx);
    await tell(ctx, outcome, text);
    await cell.ports.store.closeIncident({ id: incident.id, outcome, text });
  }
  const held = lease ?? (await takenUnseen(ctx));
  if (held) await cell.ports.store.releaseLease(held);
  return go('closed');
}

/**
 * An Admit that had no answer may have taken the lease all the same, and whatever comes next on the subject would wait for
 * it to run out. Nobody knows its token, but the same holder gets a new one. Null where another move holds it.
 */
async function takenUnseen({ cell, input, incident }: StepContext): Promise<StepContext['lease']> {
  const scope = scopeOf(input);
  const ask = { scope, holder: incident.id, ttlMs: lastLeaseMs };
  const taken = await cell.ports.store.acquireLease(ask);
  return taken && { scope, token: taken.token };
}

async function settle(ctx: StepContext): Promise<ReturnType<typeof outcomeOf>> {
  const { outcome, text } = outcomeOf(ctx.incident);
  const end = { outcome, text: text + (await alarmsMeanwhile(ctx)) };
  const event = { step: 'close', phase: 'intent', text: end.text, data: { outcome: end.outcome } } as const;
  await record(ctx, event, lastLeaseMs);
  return end;
}

/** CloudWatch evaluates by the minute: most alarms go off when their move has long begun, which tells of those before. */
async function alarmsMeanwhile({ cell, incident }: StepContext): Promise<string> {
  const { alarms: memory, ports } = cell;
  if (!memory) return '';
  const { service, subject, openedAt, because } = incident;
  try {
    const [alarms, targets] = await Promise.all([
      memory.recent({ service }),
      ports.store.readTargets({ service }),
    ]);
    return alarmsBeside(subject, { alarms, targets }, openedAt - besideMs, because);
  } catch {
    // Nothing hangs on them.
    return '';
  }
}

/** Without a lease this execution has done nothing, and an incident with events is somebody else's to close. */
function unadmitted({ incident, error }: StepContext): ReturnType<typeof outcomeOf> {
  if (incident.events.length > 0) {
    throw new StepError('Superseded', 'this execution never held the lease of the incident');
  }
  const text = error
    ? `refused: the guards could not be asked (${error.Cause})`
    : 'refused by lease: another move holds it';
  return { outcome: 'refused', text };
}

/** People are told at least once. A channel that is down must not keep the incident open. */
async function tell(ctx: StepContext, outcome: IncidentOutcome, text: string): Promise<void> {
  const { cell, incident } = ctx;
  try {
    await cell.ports.notify.send({
      severity: severities[outcome],
      service: incident.service,
      title: `${incident.move} ${subjectName(incident.subject)}: ${outcome}`,
      text: `${text}\n\nIt began because: ${incident.because}`,
      incident: incident.id,
    });
  } catch (error) {
    if (!ctx.lease || toldBefore(incident)) return;
    await record(ctx, { step: 'notify', phase: 'failed', text: `nobody could be told: ${String(error)}` });
    // The machine's own retry is the second attempt.
    throw error;
  }
}

function toldBefore(incident: Incident): boolean {
  return lastEvent(incident, 'notify', 'failed') !== undefined;
}
