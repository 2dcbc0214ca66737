import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { controlOf } from './flip.ts';
import { recordThenAct } from './record.ts';
import { subjectRegion } from './subject.ts';

/** Lets DNS answer with the region again; its weight is already small. */
export async function switchOff(ctx: StepContext): Promise<StepResult> {
  if (controlOf(ctx) !== 'switch') return go('there is no switch');
  const region = subjectRegion(ctx);
  const { name: service } = ctx.settings;
  await recordThenAct(ctx, {
    step: 'switch-off',
    async plan() {
      const on = await ctx.cell.ports.switch.read({ service, region });
      return on ? { text: `turns the switch of ${region} off`, data: {} } : null;
    },
    async act() {
      await ctx.cell.ports.switch.write({ service, region, on: false });
      return { text: `the switch of ${region} is off` };
    },
  });
  return go(`DNS may answer with ${region}`);
}

export async function switchOnAgain(ctx: StepContext): Promise<string> {
  const region = subjectRegion(ctx);
  await ctx.cell.ports.switch.write({ service: ctx.settings.name, region, on: true });
  return `the switch of ${region} is on again`;
}
