import { formatDuration, type IncidentEvent, lastEvent } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { leaseMs, type StepContext } from './context.ts';
import type { Data } from './data.ts';
import { beginsAct, reverting } from './effects.ts';
import { isPortError, StepError } from './errors.ts';

type Writing = Omit<IncidentEvent, 'seq' | 'at'>;

/**
 * Appends to the incident with the fencing token, and renews the lease. Rejects with `Superseded` when the token is stale.
 * A run that its machine has given up may still go on beside the next one, with the same token: whoever finds that
 * others have written since it read the incident reads it again, and no act is begun in a move that has turned round.
 */
export async function record(ctx: StepContext, event: Writing, ttlMs = leaseMs): Promise<IncidentEvent> {
  const { lease } = ctx;
  if (!lease) throw new StepError('Superseded', 'this execution holds no lease');
  try {
    const written = await ctx.cell.ports.store.record({
      id: ctx.incident.id,
      scope: lease.scope,
      token: lease.token,
      ttlMs,
      event,
    });
    const missed = written.seq > (ctx.incident.events.at(-1)?.seq ?? 0) + 1;
    if (missed) await catchUp(ctx);
    else ctx.incident.events.push(written);
    if (missed && beginsAct(event)) mustNotHaveTurned(ctx);
    return written;
  } catch (error) {
    if (isPortError(error, 'stale-token')) throw new StepError('Superseded', error.message);
    throw error;
  }
}

async function catchUp({ cell, incident }: StepContext): Promise<void> {
  const stored = await cell.ports.store.incident({ id: incident.id });
  if (!stored)
    throw new StepError('Superseded', `there is no incident ${incident.id} in this region's store`);
  incident.events = [...stored.events];
  incident.closedAt = stored.closedAt;
}

function mustNotHaveTurned({ incident }: StepContext): void {
  if (incident.closedAt !== null) throw new StepError('Superseded', `${incident.id} is closed already`);
  const turned = reverting(incident);
  if (turned) throw new StepError('GiveUp', turned.cause);
}

interface Act {
  step: string;
  /** Tells one act of a step from another: a group, a zone. */
  key?: string;
  /** Asked for only if no earlier run has left its plan in the record. Null: nothing to do. */
  plan(): Promise<{ text: string; data: Data } | null>;
  /** May be run twice with the same plan. What it returns joins the plan in the record. */
  act(plan: Data): Promise<{ text: string; data?: Data }>;
}

/**
 * Writes what is about to be done, does it, and writes that it is done. A second run skips what is done; what was only
 * begun it does again, by the plan that was written and not by what the world looks like now, after a new write that
 * proves its token. Where two runs plan beside each other, the first plan that was written counts: the second one may
 * have looked at what the first had changed.
 */
export async function recordThenAct(ctx: StepContext, act: Act): Promise<Data | null> {
  const { step, key = '' } = act;
  const before = lastOf(ctx, step, key);
  if (before?.phase === 'done') return before.data ?? {};
  // Done and taken back again in an earlier run: it is over.
  if (before?.phase === 'undone') return null;
  const plan =
    before?.phase === 'intent'
      ? { text: marked(before.text, ' (again)'), data: before.data ?? {} }
      : await act.plan();
  if (!plan) return null;
  const planned = { ...plan.data, key };
  const written = await record(ctx, { step, phase: 'intent', text: plan.text, data: planned });
  const beside = begunBeside(ctx, act, before?.seq ?? 0, written.seq);
  const data = beside?.data ?? planned;
  // Once more, since the last word of the record is what a third run, or the undoing, goes by.
  if (beside) await record(ctx, beside);
  if (beside?.phase === 'done') return data;
  const result = await act.act(data);
  const done = { ...data, ...result.data };
  await record(ctx, { step, phase: 'done', text: result.text, data: done });
  return done;
}

/** What another run has written of the act since this one read the record, and before its own plan. */
function begunBeside(
  { incident }: StepContext,
  { step, key }: Act,
  from: number,
  to: number,
): Writing | undefined {
  const events = incident.events.filter((e) => e.seq > from && e.seq < to);
  const last = lastOf({ incident: { ...incident, events } }, step, key);
  if (last?.phase === 'done') return last;
  return last?.phase === 'intent' ? { ...last, text: marked(last.text, ' (again)') } : undefined;
}

/** However often it is begun anew, it is said once. */
export function marked(text: string, mark: string): string {
  return text.endsWith(mark) ? text : text + mark;
}

/** Where an act stands: its last event, whether intended, done, undone or failed. */
export function lastOf(
  ctx: Pick<StepContext, 'incident'>,
  step: string,
  key = '',
): IncidentEvent | undefined {
  return ctx.incident.events.findLast(
    (e) => e.step === step && isActPhase(e.phase) && (e.data?.key ?? '') === key,
  );
}

function isActPhase(phase: IncidentEvent['phase']): boolean {
  return phase === 'intent' || phase === 'done' || phase === 'undone' || phase === 'failed';
}

/**
 * Not yet. Writes so when there is something new to tell, or when the lease wants renewing, not at every poll. Rejects
 * with `GiveUp` once `limitMs` have passed since the step first waited.
 */
export async function waitFor(
  ctx: StepContext,
  step: string,
  limitMs: number,
  what: string,
): Promise<StepResult> {
  const now = ctx.cell.clock.now();
  const since = waitingSince(ctx, step);
  if (since !== null && now - since >= limitMs) {
    throw new StepError('GiveUp', `${what}; gave up after ${formatDuration(now - since)}`);
  }
  const last = lastEvent(ctx.incident, step, 'waiting');
  const quietMs = now - (ctx.incident.events.at(-1)?.at ?? 0);
  if (last?.text !== what || quietMs > leaseMs / 4) {
    await record(ctx, { step, phase: 'waiting', text: what });
  }
  return { next: 'wait', text: what };
}

/** Since when the step has had to wait without anything else having happened; null if it has not. */
export function waitingSince(ctx: StepContext, step: string): number | null {
  const { events } = ctx.incident;
  const before = events.findLastIndex(
    (e) => e.step !== step || (e.phase !== 'waiting' && e.phase !== 'note'),
  );
  return events.slice(before + 1).find((e) => e.phase === 'waiting')?.at ?? null;
}

/** Writes once that a step which only looks has found what it looked for. */
export async function found(ctx: StepContext, step: string, what: string, data?: Data): Promise<StepResult> {
  if (!lastEvent(ctx.incident, step, 'done')) {
    await record(ctx, { step, phase: 'done', text: what, ...(data && { data }) });
  }
  return { next: 'go', text: what };
}
