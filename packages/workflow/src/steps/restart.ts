import { lastEvent, restartable } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { text } from './data.ts';
import { isPortError } from './errors.ts';
import { lastOf, record, recordThenAct } from './record.ts';
import { subjectNode } from './subject.ts';

const day = 86_400_000;

/**
 * Restarts the node's server where the config wants that and it may help. `wait`: it is restarted, look whether that
 * mended it. `go`: replace the node, because a restart would not help, could not be made, or comes too late.
 */
export async function restart(ctx: StepContext): Promise<StepResult> {
  const { node } = subjectNode(ctx);
  const before = lastOf(ctx, 'restart');
  if (!ctx.settings.restartFirst && !before) return go('no restart is wanted first');
  if (isReplacing(ctx)) return go('its replacement has begun');
  const answered = before?.phase === 'failed' ? before : lastEvent(ctx.incident, 'restart', 'note');
  if (answered) return go(answered.text);
  try {
    const done = await recordThenAct(ctx, {
      step: 'restart',
      plan: () => plan(ctx),
      async act(data) {
        await ctx.cell.ports.restart.restart({ node, token: text(data, 'token') });
        return { text: `the server on ${node} is restarted` };
      },
    });
    return done
      ? { next: 'wait', text: `the server on ${node} is restarted` }
      : go(`${node} is not restarted`);
  } catch (error) {
    // Waiting for what answers nobody is what the replacement is for.
    if (!isPortError(error, 'unavailable', 'not-found', 'invalid')) throw error;
    const said = `${node} could not be restarted: ${error.message}`;
    await record(ctx, { step: 'restart', phase: 'failed', text: said });
    return go(said);
  }
}

/** Null where no restart is to be made; the record then says why. */
async function plan(ctx: StepContext): Promise<{ text: string; data: { token: string } } | null> {
  const { cell, input, incident } = ctx;
  const { node } = subjectNode(ctx);
  const { because, restart: wanted } = await answer(ctx);
  if (wanted) {
    return { text: `restarts the server on ${node}: ${because}`, data: { token: `${incident.id}.restart` } };
  }
  await record(ctx, { step: 'restart', phase: 'note', text: `${node} is replaced at once: ${because}` });
  return null;

  async function answer({ judge }: StepContext): Promise<ReturnType<typeof restartable>> {
    if (input.verb === 'force') return { restart: false, because: `${input.by} wants it replaced` };
    const failure = await judge.failure(cell, input);
    if (!failure) return { restart: false, because: 'nobody can say why it fails' };
    const now = cell.clock.now();
    const incidents = await cell.ports.store.incidents({ service: input.service, since: now - day });
    return restartable(failure, node, incidents, now);
  }
}

/** An execution before this one has gone on without a restart: there is no way back to it. */
function isReplacing({ incident }: StepContext): boolean {
  return incident.events.some((e) => e.step === 'suspend-rebalance' || e.step === 'launch');
}
