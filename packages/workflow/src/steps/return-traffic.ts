import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { type Data, targets, text } from './data.ts';
import { isPortError } from './errors.ts';
import { deregistered, evacuation } from './evacuation.ts';
import { leaveOutAgain, returnLeftOut } from './left-out.ts';
import { found, recordThenAct, waitFor } from './record.ts';
import { deregisterAll, registerAll, runningOf } from './registration.ts';
import { begin, zoneShift } from './shift.ts';
import { subjectZone } from './subject.ts';

/** Registers a node that was left out; or cancels the zone's shift, and registers again what an evacuation without a shift took out and what still exists. */
export async function returnTraffic(ctx: StepContext): Promise<StepResult> {
  if (ctx.input.subject.kind === 'node') return returnLeftOut(ctx);
  const { zone } = subjectZone(ctx);
  const { zonalShift } = ctx.cell.ports;
  await recordThenAct(ctx, {
    step: 'return-traffic',
    key: 'targets',
    async plan() {
      const evacuated = await evacuation(ctx);
      const back = evacuated ? await runningOf(ctx, deregistered(evacuated)) : [];
      if (back.length === 0) return null;
      return { text: `puts ${back.length} target(s) of ${zone} back`, data: { targets: back } };
    },
    async act(data) {
      await registerAll(ctx, targets(data, 'targets'));
      return { text: `the targets of ${zone} are back in the load balancer` };
    },
  });
  await recordThenAct(ctx, {
    step: 'return-traffic',
    key: 'shift',
    async plan() {
      const inForce = await zoneShift(ctx);
      return inForce ? { text: `cancels the shift ${inForce.id}`, data: { id: inForce.id } } : null;
    },
    async act(data) {
      await zonalShift.cancel({ id: text(data, 'id') });
      return { text: `the shift ${text(data, 'id')} is cancelled` };
    },
  });
  return go(`${zone} may take traffic`);
}

/** It failed again: out as it was. */
export async function takeTrafficAway(ctx: StepContext, data: Data): Promise<string> {
  if (text(data, 'key') === 'node') return leaveOutAgain(ctx, data);
  const { zone } = subjectZone(ctx);
  if (text(data, 'key') === 'targets') {
    await deregisterAll(ctx, targets(data, 'targets'));
    return `the targets of ${zone} are out again`;
  }
  if (await zoneShift(ctx)) return `${zone} is shifted away`;
  try {
    const { id } = await begin(ctx);
    return `${zone} is shifted away again (${id})`;
  } catch (error) {
    if (!isPortError(error, 'conflict') || !(await zoneShift(ctx))) throw error;
    return `${zone} is shifted away`;
  }
}

/** The shift is gone and the load balancer uses a target there; a zone that has lost its nodes gets new ones later. */
export async function zoneTakesTraffic(ctx: StepContext): Promise<StepResult> {
  const { zone } = subjectZone(ctx);
  const waits = (why: string) =>
    waitFor(ctx, 'zone-takes-traffic', ctx.settings.timing.recoveryMs, `${zone} takes no traffic: ${why}`);
  if (await zoneShift(ctx)) return waits('its shift is still in force');
  const all = await ctx.cell.ports.balancer.health({ service: ctx.settings.name });
  const inZone = all.filter((t) => t.zone === zone);
  if (inZone.length === 0) return found(ctx, 'zone-takes-traffic', `${zone} has no target yet`);
  const healthy = inZone.filter((t) => t.state === 'healthy').length;
  if (healthy === 0) return waits('none of its targets is healthy');
  return found(ctx, 'zone-takes-traffic', `${healthy} target(s) in ${zone} take traffic`);
}
