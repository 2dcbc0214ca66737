import { failBacksOf, formatDuration, type Incident, lastEvent } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { go, leaseMs, type StepContext } from './context.ts';
import { record } from './record.ts';
import { scopeOf } from './scope.ts';
import { begin, byTargets, deregisterZone, isZoneRegistered, shiftMs, zoneShift } from './shift.ts';
import { subjectZone } from './subject.ts';

const day = 86_400_000;
/** A Step Functions execution ends with 25,000 events; one look of the hold makes ten. */
const mostLooks = 2_000;

/**
 * Keeps the zone empty: extends the shift before it expires, or takes out targets that came back. The lease is held
 * only while it does so, so that a fail-back can take it; while one is open, this only looks on.
 */
export async function hold(ctx: StepContext): Promise<StepResult> {
  const { store } = ctx.cell.ports;
  if (lastEvent(ctx.incident, 'hold', 'done')) return go('the hold is over');
  const { zone } = subjectZone(ctx);
  const backs = await failBacks(ctx);
  if (backs.some((i) => i.closedAt === null)) {
    // After an interruption this is still the lease of Admit, and the fail-back waits for it.
    if (ctx.lease) await store.releaseLease(ctx.lease);
    return { next: 'wait', text: `a fail-back of ${zone} is at work` };
  }
  const scope = ctx.lease?.scope ?? scopeOf(ctx.input);
  const lease = await store.acquireLease({ scope, holder: ctx.incident.id, ttlMs: leaseMs });
  if (!lease) return { next: 'wait', text: `another move on ${zone} holds the lease` };
  const held = { scope, token: lease.token };
  const over = await keep(
    { ...ctx, lease: held },
    backs.find((i) => i.outcome === 'recovered'),
  );
  if (over) return { ...go(over), lease: held };
  await store.releaseLease(held);
  return { next: 'wait', text: `${zone} is held empty`, lease: held };
}

/** Holds for one more while; or says why the hold is over. */
async function keep(ctx: StepContext, failedBack: Incident | undefined): Promise<string | null> {
  const { zone } = subjectZone(ctx);
  if (failedBack) return finish(ctx, 'fail-back', `${zone} has its traffic back (${failedBack.id})`);
  const held = ctx.cell.clock.now() - (lastEvent(ctx.incident, 'prove', 'done')?.at ?? 0);
  const longest = Math.min(7 * day, mostLooks * ctx.input.waits.holdSeconds * 1_000);
  if (held > longest) return letGo(ctx, held);
  return byTargets(ctx) ? keepTargetsOut(ctx) : keepShifted(ctx);
}

async function keepTargetsOut(ctx: StepContext): Promise<null> {
  if (await isZoneRegistered(ctx)) await deregisterZone(ctx, `at ${ctx.cell.clock.now()}`);
  return null;
}

async function keepShifted(ctx: StepContext): Promise<string | null> {
  const { zone } = subjectZone(ctx);
  const now = ctx.cell.clock.now();
  const inForce = await zoneShift(ctx);
  if (!inForce) return missing(ctx);
  if (inForce.expiresAt - now > shiftMs(ctx) / 2) return null;
  const data = { id: inForce.id, expiresAt: now + shiftMs(ctx) };
  await record(ctx, { step: 'hold', phase: 'waiting', text: `holds ${zone} empty for longer`, data });
  await ctx.cell.ports.zonalShift.extend({ id: inForce.id, expiresInMs: shiftMs(ctx) });
  return null;
}

/** The longest hold is over and the zone still out: one last extension, and a person has to see to it. */
async function letGo(ctx: StepContext, heldMs: number): Promise<string> {
  const { zone } = subjectZone(ctx);
  const text = `${zone} was held empty for ${formatDuration(heldMs)} and is not watched any longer: fail it back, or repair it`;
  const inForce = await zoneShift(ctx);
  await record(ctx, { step: 'hold', phase: 'note', text });
  if (inForce) await ctx.cell.ports.zonalShift.extend({ id: inForce.id, expiresInMs: 3 * day });
  await ctx.cell.ports.notify.send({
    severity: 'critical',
    service: ctx.settings.name,
    title: `${zone} is out and nobody holds it`,
    text,
    incident: ctx.incident.id,
  });
  return finish(ctx, 'limit', text);
}

/**
 * A shift that ended before its time was cancelled by a person. One that ran out was not extended: the zone has its traffic
 * back, and loses it again only for a verdict. After a silence in which nobody extended it, nobody knows who serves.
 */
async function missing(ctx: StepContext): Promise<string | null> {
  const { zone } = subjectZone(ctx);
  const known = ctx.incident.events.findLast((e) => typeof e.data?.expiresAt === 'number');
  const ranOut = ctx.cell.clock.now() >= Number(known?.data?.expiresAt ?? 0);
  if (!ranOut)
    return finish(ctx, 'person', `the shift of ${zone} was cancelled: the zone has its traffic back`);
  if (ctx.standing === 'recovered')
    return finish(ctx, 'expired', `${zone} has recovered, and its shift has run out`);
  if (ctx.standing !== 'confirmed') return null;
  const data = { expiresAt: ctx.cell.clock.now() + shiftMs(ctx) };
  await record(ctx, { step: 'hold', phase: 'waiting', text: `shifts ${zone} away again: it ran out`, data });
  await begin(ctx);
  return null;
}

async function finish(
  ctx: StepContext,
  why: 'fail-back' | 'limit' | 'person' | 'expired',
  text: string,
): Promise<string> {
  await record(ctx, { step: 'hold', phase: 'done', text, data: { why } });
  return text;
}

async function failBacks({ cell, settings, incident }: StepContext): Promise<Incident[]> {
  const since = incident.openedAt;
  return failBacksOf(incident, await cell.ports.store.incidents({ service: settings.name, since }));
}
