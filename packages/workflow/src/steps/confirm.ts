import type { StepResult } from '../contract.ts';
import type { StepContext } from './context.ts';
import { StepError } from './errors.ts';
import { found, waitFor } from './record.ts';
import { subjectNode } from './subject.ts';

/** Waits until the node is dead for sure. One that answers again is no case for a replacement. */
export async function confirm(ctx: StepContext): Promise<StepResult> {
  const { node } = subjectNode(ctx);
  if (ctx.input.verb === 'force')
    return found(ctx, 'confirm', `${node} is to be replaced: forced by ${ctx.input.by}`);
  if (ctx.standing === 'confirmed') return found(ctx, 'confirm', `${node} is dead for sure`);
  if (ctx.standing === 'recovered')
    throw new StepError('Recovered', `${node} recovered while it was drained`);
  const { nodes } = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  if (!nodes.some((n) => n.id === node)) {
    throw new StepError('GiveUp', `${node} is gone already: Auto Scaling replaces what it ended`);
  }
  // A hang is dead for sure only when no token has come for noProgress.
  const { noProgressMs, recoveryMs } = ctx.settings.timing;
  return waitFor(ctx, 'confirm', noProgressMs + recoveryMs, `${node} fails, but is not dead for sure`);
}
