import type { StepResult } from '../contract.ts';
import { askDeep, endpointTarget } from './ask.ts';
import { regionOf, type StepContext } from './context.ts';
import { ask, limitMs } from './dns.ts';
import { StepError } from './errors.ts';
import { found, lastOf, record } from './record.ts';
import { nextStage } from './share.ts';
import { subjectRegion } from './subject.ts';

/**
 * Some good answers in a row, as many as clear a target, prove a stage; as many bad ones as stop new traffic, or a
 * verdict, take the region out again. `wait` leads to the next look or the next stage, `go` out of the last one.
 */
export async function proveShare(ctx: StepContext): Promise<StepResult> {
  const name = subjectRegion(ctx);
  const stage = nextStage(ctx);
  if (stage === null) return found(ctx, 'prove', `${name} answers clients with its full share`);
  if (ctx.standing === 'confirmed' && ctx.input.verb !== 'force') {
    throw new StepError('GiveUp', `${name} is called down again at ${stage}%`);
  }
  if (!(await isAnswered(ctx, stage))) return { next: 'wait', text: `DNS does not answer with ${name} yet` };
  const outcome = await askDeep(ctx, endpointTarget(ctx, regionOf(ctx.settings, name)));
  const ok = outcome.class === 'ok';
  await note(
    ctx,
    stage,
    ok,
    ok ? `${name} answers at ${stage}%` : `${name} failed at ${stage}%: ${outcome.reason}`,
  );
  const { good, bad } = inARow(ctx, stage);
  const { drainAfter, healthyAfter } = ctx.settings.thresholds;
  if (bad >= drainAfter) throw new StepError('GiveUp', `${name} failed ${bad} times in a row at ${stage}%`);
  if (good < healthyAfter)
    return { next: 'wait', text: `${good} of ${healthyAfter} good answers at ${stage}%` };
  const text = `${name} carries ${stage}% of its share`;
  await record(ctx, { step: 'prove-share', phase: 'done', text, data: { key: String(stage) } });
  if (nextStage(ctx) !== null) return { next: 'wait', text };
  return found(ctx, 'prove', `${name} answers clients with its full share`);
}

/** No traffic proves nothing: DNS has to answer with the region first. Not waited for beyond the limit. */
async function isAnswered(ctx: StepContext, stage: number): Promise<boolean> {
  if (ctx.incident.events.some((e) => e.step === 'prove-share' && e.phase === 'note')) return true;
  const name = subjectRegion(ctx);
  const since = lastOf(ctx, 'share', String(stage))?.at ?? 0;
  const late = ctx.cell.clock.now() - since >= limitMs(ctx);
  return (await ask(ctx))?.includes(name) === true || late;
}

async function note(ctx: StepContext, stage: number, ok: boolean, text: string): Promise<void> {
  await record(ctx, { step: 'prove-share', phase: 'note', text, data: { stage, ok } });
}

function inARow(ctx: StepContext, stage: number): { good: number; bad: number } {
  const looks = ctx.incident.events
    .filter((e) => e.step === 'prove-share' && e.phase === 'note' && e.data?.stage === stage)
    .map((e) => e.data?.ok === true)
    .toReversed();
  const until = (wanted: boolean) => {
    const end = looks.findIndex((ok) => ok !== wanted);
    return end === -1 ? looks.length : end;
  };
  return { good: until(true), bad: until(false) };
}
