import { formatDuration, lastEvent, refusalSentence } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, leaseMs, type StepContext, stop } from './context.ts';
import { record } from './record.ts';

/**
 * Waits for the incident's `approval` event (see approve.ts). The lease is taken anew after the answer: a person's
 * write needed a token of its own, and the wait may have outlasted the lease.
 */
export async function awaitApproval(ctx: StepContext): Promise<StepResult> {
  const { incident, cell, settings } = ctx;
  if (lastEvent(incident, 'await-approval', 'done')) return go('was approved');
  const answer = lastEvent(incident, 'approval');
  const asked = lastEvent(incident, 'admit', 'done')?.at ?? incident.openedAt;
  const waited = cell.clock.now() - asked;
  if (!answer && waited < settings.limits.approvalMs) {
    return { next: 'wait', text: 'waits for a person to approve' };
  }
  const lease = await retake(ctx);
  if (!lease) return stop('another move has taken the lease meanwhile');
  const held = { ...ctx, lease };
  const refused = answer ? await objection(held, answer.data?.granted === true, answer.text) : late(waited);
  const phase = refused ? 'failed' : 'done';
  await record(held, { step: 'await-approval', phase, text: refused ?? answer?.text ?? 'approved' });
  return { ...(refused ? stop(refused) : go('approved')), lease };
}

function late(waited: number): string {
  return `refused by approval: nobody answered within ${formatDuration(waited)}; start the move yourself`;
}

/** Why not, after a person's answer; the world may have changed while it was awaited. */
async function objection(ctx: StepContext, granted: boolean, text: string): Promise<string | null> {
  if (!granted) return `refused by approval: ${text}`;
  const answer = await ctx.judge.admit(ctx.cell, ctx.input);
  return answer.ok ? null : refusalSentence(answer.refusal);
}

async function retake(ctx: StepContext): Promise<{ scope: string; token: number } | null> {
  if (!ctx.lease) return null;
  const { scope } = ctx.lease;
  const lease = await ctx.cell.ports.store.acquireLease({
    scope,
    holder: ctx.incident.id,
    ttlMs: leaseMs,
  });
  return lease && { scope, token: lease.token };
}
