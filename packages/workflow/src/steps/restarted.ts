import type { StepResult } from '../contract.ts';
import { askDeep, nodeTarget } from './ask.ts';
import { go, type StepContext } from './context.ts';
import { lastOf, record, waitFor } from './record.ts';
import { subjectNode } from './subject.ts';

/** Waits for the restarted node as long as one may take to start: a real answer, and its vantages call it healthy. */
export async function restarted(ctx: StepContext): Promise<StepResult> {
  const known = lastOf(ctx, 'restarted');
  if (known) return known.phase === 'done' ? { next: 'mended', text: known.text } : go(known.text);
  const { node } = subjectNode(ctx);
  const lacking = await lack(ctx);
  if (lacking === null) {
    const text = `a restart mended ${node}: it answers again, and is not replaced`;
    await record(ctx, { step: 'restarted', phase: 'done', text });
    return { next: 'mended', text };
  }
  try {
    return await waitFor(ctx, 'restarted', ctx.settings.timing.graceMs, `${node} ${lacking}`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'GiveUp') throw error;
    const text = `the restart did not mend it: ${error.message}`;
    await record(ctx, { step: 'restarted', phase: 'failed', text });
    return go(text);
  }
}

/** What the node lacks to be in order; null if nothing. */
async function lack(ctx: StepContext): Promise<string | null> {
  const { node } = subjectNode(ctx);
  const fleet = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  const target = nodeTarget(ctx, fleet, node);
  if (!target) return 'is not to be found in the fleet';
  const outcome = await askDeep(ctx, target);
  if (outcome.class !== 'ok') return `does not answer yet (${outcome.reason})`;
  return ctx.standing === 'recovered' ? null : 'answers, but is not called healthy yet';
}
