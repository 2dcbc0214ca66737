import type { StepResult } from '../contract.ts';
import { go, regionOf, type StepContext } from './context.ts';
import { type Data, weights } from './data.ts';
import { isPortError, StepError } from './errors.ts';
import { controlOf, writeWeights } from './flip.ts';
import { lastOf, recordThenAct } from './record.ts';
import { subjectRegion } from './subject.ts';
import { neverAllZero, pick, type Weights, weightsOf, withWeight } from './weights.ts';

/** Gives the region the next stage of its normal weight, once the stage before is proven. */
export async function share(ctx: StepContext): Promise<StepResult> {
  const region = subjectRegion(ctx);
  const stage = nextStage(ctx);
  if (stage === null) return go(`${region} has its full share`);
  await recordThenAct(ctx, {
    step: 'share',
    key: String(stage),
    async plan() {
      const before = await presentWeights(ctx);
      return {
        text: `gives ${region} ${stage}% of its normal weight`,
        data: { before, after: weightsAt(ctx, before, stage), stage },
      };
    },
    act: (data) => writeWeights(ctx, data),
  });
  return go(`${region} has ${stage}% of its normal weight`);
}

/** The first stage that is not proven yet; null when all are. The last one is always the whole. */
export function nextStage(ctx: StepContext): number | null {
  const stages = [...ctx.settings.failBackStages.filter((s) => s < 100), 100];
  return stages.find((stage) => lastOf(ctx, 'prove-share', String(stage))?.phase !== 'done') ?? null;
}

async function presentWeights(ctx: StepContext): Promise<Weights> {
  try {
    return weightsOf(await ctx.cell.ports.dns.records({ service: ctx.settings.name }));
  } catch (error) {
    if (!isPortError(error, 'unavailable')) throw error;
    throw new StepError(
      'GiveUp',
      `the DNS API does not answer, so ${subjectRegion(ctx)} stays out; fail it back when it does`,
    );
  }
}

/**
 * At the last stage, a standby that stood in with weight goes back to its own. By weights, a region that has come back
 * otherwise keeps what it has: no stage takes traffic from it.
 */
function weightsAt(ctx: StepContext, before: Weights, stage: number): Weights {
  const region = regionOf(ctx.settings, subjectRegion(ctx));
  const staged = region.weight === 0 ? 0 : Math.max(1, Math.round((region.weight * stage) / 100));
  const present = controlOf(ctx) === 'records' ? (before[region.region] ?? 0) : 0;
  const weight = Math.max(staged, Math.min(present, region.weight));
  const here = { region: ctx.here.region, weight: ctx.here.weight };
  const own = before[here.region] ?? here.weight;
  // Never raised: another region may have taken this one out.
  const base = stage === 100 ? { ...before, [here.region]: Math.min(own, here.weight) } : before;
  return withWeight(base, region.region, weight, here);
}

/**
 * The region's own weight, and what the last stage took from the one that stood in, are as before the first stage; other
 * regions' weights are for other moves. Where a switch keeps the region out anyway, a DNS API that does not
 * answer is no reason to fail: its weight has no effect until the next fail-back sets it.
 */
export async function restoreWeights(ctx: StepContext, data: Data): Promise<string> {
  const first = ctx.incident.events.find((e) => e.step === 'share' && e.phase === 'intent');
  const isFirst = first?.data?.key === data.key;
  if (!isFirst) return 'the weights go back with the first stage';
  const { dns } = ctx.cell.ports;
  const before = weights(data, 'before');
  const shares = ctx.incident.events.filter((e) => e.step === 'share' && e.phase === 'intent');
  const turned = shares.flatMap((e) => {
    const [from, to] = [weights(e.data ?? {}, 'before'), weights(e.data ?? {}, 'after')];
    return Object.keys(to).filter((region) => from[region] !== to[region]);
  });
  try {
    const present = weightsOf(await dns.records({ service: ctx.settings.name }));
    const owed = pick(before, (region) => turned.includes(region) && present[region] !== before[region]);
    neverAllZero({ ...present, ...owed });
    if (Object.keys(owed).length > 0) await dns.setWeights({ service: ctx.settings.name, weights: owed });
    return 'the DNS weights are as they were';
  } catch (error) {
    if (!isPortError(error, 'unavailable') || controlOf(ctx) !== 'switch') throw error;
    return 'the DNS API does not answer: the weights stay, and the switch keeps the region out';
  }
}
