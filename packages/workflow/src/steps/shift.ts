import type { ShiftFact } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, type StepContext } from './context.ts';
import { type Data, flag, targets } from './data.ts';
import { isPortError, StepError } from './errors.ts';
import { found, lastOf, record, recordThenAct, waitFor } from './record.ts';
import { deregisterAll, isRegistered, ref, registerAll } from './registration.ts';
import { subjectZone } from './subject.ts';

/** Moves traffic out of the zone: by a zonal shift, or where that is not to be had by deregistering its targets. */
export async function shift(ctx: StepContext): Promise<StepResult> {
  const { zone } = subjectZone(ctx);
  const started = lastOf(ctx, 'shift') !== undefined;
  if (!started && ctx.standing === 'recovered' && ctx.input.verb !== 'force') {
    throw new StepError('Recovered', `${zone} recovered before it was evacuated`);
  }
  if (await startShift(ctx)) return go(`traffic is asked to leave ${zone}`);
  await deregisterZone(ctx, 'first');
  return go(`the targets of ${zone} are deregistered`);
}

/** Starts the shift, or finds the one in force. False where there is none to be had. */
async function startShift(ctx: StepContext): Promise<boolean> {
  if (lastOf(ctx, 'shift')?.phase === 'failed') return false;
  try {
    await shiftAway(ctx);
    return true;
  } catch (error) {
    if (!isPortError(error, 'conflict', 'invalid', 'not-found')) throw error;
    await record(ctx, { step: 'shift', phase: 'failed', text: `no zonal shift: ${error.message}` });
    return false;
  }
}

async function shiftAway(ctx: StepContext): Promise<void> {
  const { zone } = subjectZone(ctx);
  await recordThenAct(ctx, {
    step: 'shift',
    async plan() {
      // A shift of somebody else's is used, and never cancelled by us.
      const theirs = await zoneShift(ctx);
      return theirs
        ? { text: `uses the shift ${theirs.id} that is in force`, data: { own: false } }
        : { text: `shifts traffic out of ${zone}`, data: { own: true } };
    },
    async act() {
      const { id, expiresAt } = (await zoneShift(ctx)) ?? (await begin(ctx));
      return { text: `the shift ${id} is in force`, data: { id, expiresAt } };
    },
  });
}

export function begin(ctx: StepContext): Promise<ShiftFact> {
  const { zone, id } = subjectZone(ctx);
  return ctx.cell.ports.zonalShift.start({
    service: ctx.settings.name,
    awayFrom: id,
    expiresInMs: shiftMs(ctx),
    // ARC takes at most 128 characters.
    comment: `evac: ${zone}, ${ctx.incident.id}`.slice(0, 128),
  });
}

/** Six looks of the hold, within what ARC allows: if nobody is left to hold the zone, its traffic comes back. */
export function shiftMs(ctx: StepContext): number {
  return Math.min(Math.max(ctx.input.waits.holdSeconds * 6_000, 60_000), 72 * 3_600_000);
}

/** The shift in force that keeps traffic out of the subject's zone. */
export async function zoneShift(ctx: StepContext): Promise<ShiftFact | undefined> {
  const { id } = subjectZone(ctx);
  const shifts = await ctx.cell.ports.zonalShift.list({ service: ctx.settings.name });
  return shifts.find((s) => s.awayFrom === id);
}

/** True if the zone was evacuated by taking its targets out. */
export function byTargets(ctx: Pick<StepContext, 'incident'>): boolean {
  return ctx.incident.events.some((e) => e.step === 'deregister-zone' && e.phase !== 'undone');
}

/** Takes out what is registered in the zone now; `key` tells the first time from what came later. */
export async function deregisterZone(ctx: StepContext, key: string): Promise<void> {
  const { zone } = subjectZone(ctx);
  const { balancer } = ctx.cell.ports;
  await recordThenAct(ctx, {
    step: 'deregister-zone',
    key,
    async plan() {
      const all = await balancer.health({ service: ctx.settings.name });
      const inZone = all.filter((t) => t.zone === zone && isRegistered(t));
      if (inZone.length === 0) return null;
      if (!all.some((t) => t.zone !== zone && t.state === 'healthy')) {
        throw new StepError(
          'Refused',
          `refused by last-one-standing: without ${zone} no healthy target would be left; needs another zone`,
        );
      }
      return {
        text: `takes ${inZone.length} target(s) of ${zone} out of the load balancer`,
        data: { targets: inZone.map(ref) },
      };
    },
    async act(data) {
      await deregisterAll(ctx, targets(data, 'targets'));
      return { text: `the targets of ${zone} get no new traffic` };
    },
  });
}

/** Asked for is not applied: looks until traffic has really left. */
export async function shiftApplied(ctx: StepContext): Promise<StepResult> {
  const { zone } = subjectZone(ctx);
  const left = byTargets(ctx) ? !(await isZoneRegistered(ctx)) : (await zoneShift(ctx))?.applied === true;
  if (left) return found(ctx, 'shift-applied', `no new traffic goes to ${zone}`);
  const { recoveryMs } = ctx.settings.timing;
  return waitFor(ctx, 'shift-applied', recoveryMs, `traffic has not left ${zone} yet`);
}

export async function isZoneRegistered(ctx: StepContext): Promise<boolean> {
  const { zone } = subjectZone(ctx);
  const all = await ctx.cell.ports.balancer.health({ service: ctx.settings.name });
  return all.some((t) => t.zone === zone && isRegistered(t));
}

/** Cancels the shift if it is ours; one that was only asked for is looked up. */
export async function cancelShift(ctx: StepContext, data: Data): Promise<string> {
  if (!flag(data, 'own')) return 'the shift was not ours, and is left';
  const id = typeof data.id === 'string' ? data.id : (await zoneShift(ctx))?.id;
  if (id === undefined) return 'no shift was started';
  await ctx.cell.ports.zonalShift.cancel({ id });
  return `the shift ${id} is cancelled`;
}

export async function registerZone(ctx: StepContext, data: Data): Promise<string> {
  const back = await registerAll(ctx, targets(data, 'targets'));
  return `${back} target(s) are back in the load balancer`;
}
