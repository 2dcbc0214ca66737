import type { StepResult } from '../contract.ts';
import { go, regionOf, type StepContext } from './context.ts';
import { type Data, flag, text, weights } from './data.ts';
import { StepError } from './errors.ts';
import { lastOf, record, recordThenAct } from './record.ts';
import { subjectRegion } from './subject.ts';
import { neverAllZero, pick, weightsOf, withWeight } from './weights.ts';

/** Takes the failed region out of DNS. With the switch it is one write in this region, and no call to the DNS API. */
export async function flip(ctx: StepContext): Promise<StepResult> {
  const failed = subjectRegion(ctx);
  const begunBefore = lastOf(ctx, 'flip') !== undefined;
  if (!begunBefore && ctx.standing === 'recovered' && ctx.input.verb !== 'force') {
    throw new StepError('Recovered', `${failed} answers again: it was not taken out`);
  }
  await recordThenAct(ctx, {
    step: 'flip',
    plan: () => (controlOf(ctx) === 'switch' ? planSwitch(ctx) : planWeights(ctx)),
    act: (data) => (text(data, 'control') === 'switch' ? writeSwitch(ctx) : writeWeights(ctx, data)),
  });
  return go(`${failed} is on its way out of DNS`);
}

/** How the service's DNS is turned; without DNS there is nothing to turn. */
export function controlOf(ctx: StepContext): 'switch' | 'records' {
  if (ctx.settings.dns) return ctx.settings.dns.control;
  throw new StepError(
    'GiveUp',
    `${ctx.settings.name} has no dns in its config, so no region can be taken out`,
  );
}

async function planSwitch(ctx: StepContext) {
  const region = subjectRegion(ctx);
  const on = await ctx.cell.ports.switch.read({ service: ctx.settings.name, region });
  return { text: `turns the switch of ${region} on`, data: { control: 'switch', own: !on } };
}

async function writeSwitch(ctx: StepContext) {
  const region = subjectRegion(ctx);
  await ctx.cell.ports.switch.write({ service: ctx.settings.name, region, on: true });
  return { text: `the switch of ${region} is on` };
}

async function planWeights(ctx: StepContext) {
  const failed = subjectRegion(ctx);
  const before = weightsOf(await ctx.cell.ports.dns.records({ service: ctx.settings.name }));
  const normal = ctx.here.weight || regionOf(ctx.settings, failed).weight;
  const after = withWeight(before, failed, 0, { region: ctx.cell.region, weight: normal });
  return {
    text: `sets the DNS weight of ${failed} to 0`,
    data: { control: 'records', own: before[failed] !== 0, before, after },
  };
}

/**
 * Writes what the plan changes, and no weight of a region that it is not about: another cell may have changed that since.
 * With what becomes 0 it is written what this region keeps, so that two moves at once cannot leave no weight between them.
 */
export async function writeWeights(ctx: StepContext, data: Data) {
  const after = neverAllZero(weights(data, 'after'));
  const before = weights(data, 'before');
  const subject = subjectRegion(ctx);
  const own = after[subject] === 0 && after[ctx.cell.region] !== 0 ? ctx.cell.region : subject;
  const wanted = pick(after, (name) => name === subject || name === own || after[name] !== before[name]);
  const { change } = await ctx.cell.ports.dns.setWeights({ service: ctx.settings.name, weights: wanted });
  const said = Object.entries(wanted).map(([region, weight]) => `${region} ${weight}`);
  return { text: `DNS weights: ${said.join(', ')}`, data: { change } };
}

/**
 * Turns it back only if it was we who turned it, and not from a region that has healthy targets to one that is not known to
 * serve: rejects with `Refused`, and the failover stands until a fail-back.
 */
export async function flipBack(ctx: StepContext, data: Data): Promise<string> {
  const region = subjectRegion(ctx);
  const service = ctx.settings.name;
  if (!flag(data, 'own')) return `${region} was out of DNS before, and is left so`;
  const why = await whyItStands(ctx, data);
  if (why !== null) {
    await record(ctx, { step: 'flip', phase: 'note', text: why });
    throw new StepError('Refused', why);
  }
  if (text(data, 'control') === 'switch') {
    await ctx.cell.ports.switch.write({ service, region, on: false });
    return `the switch of ${region} is off again`;
  }
  const before = weights(data, 'before');
  const after = weights(data, 'after');
  const changed = pick(before, (name) => before[name] !== after[name]);
  await ctx.cell.ports.dns.setWeights({ service, weights: neverAllZero(changed) });
  return 'the DNS weights are as they were';
}

async function whyItStands(ctx: StepContext, data: Data): Promise<string | null> {
  const region = subjectRegion(ctx);
  if ((await ctx.judge.stillNeeded(ctx.cell, ctx.input)) === 'recovered') return null;
  const targets = await ctx.cell.ports.balancer.health({ service: ctx.settings.name });
  const healthy = targets.filter((t) => t.state === 'healthy').length;
  if (healthy === 0 || !(await isOut(ctx, data))) return null;
  return `${region} stays out of DNS: nobody knows that it serves again, and ${ctx.cell.region} has ${healthy} healthy target(s); fail it back once it serves`;
}

/** Begun is not done, and a person may have turned it back: what does not stand must be undone. */
async function isOut(ctx: StepContext, data: Data): Promise<boolean> {
  const region = subjectRegion(ctx);
  const service = ctx.settings.name;
  const { dns, switch: switches } = ctx.cell.ports;
  if (text(data, 'control') === 'switch') return switches.read({ service, region });
  return weightsOf(await dns.records({ service }))[region] === 0;
}
