import type { Outcome } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { askDeep, endpointTarget } from './ask.ts';
import type { StepContext } from './context.ts';
import { found, waitFor } from './record.ts';

/** A deep probe on the path that clients use: the region's endpoint, and with DNS also under the public name. */
export async function prove(ctx: StepContext): Promise<StepResult> {
  const outcomes: Outcome[] = [];
  for (const name of namesOf(ctx)) {
    const outcome = await askDeep(ctx, endpointTarget(ctx, ctx.here, name));
    if (!serves(outcome)) {
      const what = `${name ?? ctx.here.endpoint} does not answer yet (${outcome.reason})`;
      return waitFor(ctx, 'prove', ctx.settings.timing.recoveryMs, what);
    }
    outcomes.push(outcome);
  }
  const busy = outcomes.some((o) => o.class === 'saturated') ? ', but is saturated: scale out' : '';
  return found(ctx, 'prove', `${ctx.cell.region} answers clients${busy}`, {
    latencyMs: Math.max(...outcomes.map((o) => o.latencyMs)),
  });
}

/** A saturated answer proves the path; undoing the move would leave still less to serve with. */
export function serves(outcome: Outcome): boolean {
  return outcome.class === 'ok' || outcome.class === 'saturated';
}

function namesOf(ctx: StepContext): (string | undefined)[] {
  const name = ctx.settings.dns?.name;
  return ctx.input.move === 'fail-over-region' && name !== undefined ? [undefined, name] : [undefined];
}
