import type { StepResult } from '../contract.ts';
import { askDeep, endpointTarget, nodeTarget } from './ask.ts';
import { regionOf, type StepContext } from './context.ts';
import { count } from './data.ts';
import { controlOf } from './flip.ts';
import { serves } from './prove.ts';
import { found, lastOf, waitFor } from './record.ts';
import { subjectRegion, subjectZone } from './subject.ts';

/** This region's own: it is about to carry everything. */
export async function checkReadiness(ctx: StepContext): Promise<StepResult> {
  controlOf(ctx);
  const { region, settings, ports } = { ...ctx.cell, settings: ctx.settings };
  const waits = (why: string) =>
    waitFor(ctx, 'check-readiness', settings.timing.recoveryMs, `${region} is not ready: ${why}`);
  const targets = await ports.balancer.health({ service: settings.name });
  const healthy = targets.filter((t) => t.state === 'healthy').length;
  if (healthy === 0) return waits('its load balancer has no healthy target');
  const outcome = await askDeep(ctx, endpointTarget(ctx, ctx.here));
  if (!serves(outcome)) return waits(`its endpoint does not answer (${outcome.reason})`);
  return found(
    ctx,
    'check-readiness',
    `${region} is ready: ${healthy} of ${targets.length} targets are healthy`,
  );
}

/** Waits for the nodes asked for while clients are still served over there; a region that is down cannot wait. */
export async function preScaled(ctx: StepContext): Promise<StepResult> {
  const wanted = ctx.here.groups.flatMap((group) => {
    const asked = lastOf(ctx, 'pre-scale', group);
    return asked?.phase === 'done' ? [{ group, to: count(asked.data ?? {}, 'to') }] : [];
  });
  if (wanted.length === 0) return found(ctx, 'pre-scaled', 'no more nodes were asked for');
  if (ctx.standing === 'confirmed') return found(ctx, 'pre-scaled', 'the region is down: goes on at once');
  const { nodes } = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  const short = wanted.find(
    ({ group, to }) => nodes.filter((n) => n.group === group && n.lifecycle === 'in-service').length < to,
  );
  if (!short) return found(ctx, 'pre-scaled', 'the nodes asked for are in service');
  try {
    return await waitFor(
      ctx,
      'pre-scaled',
      ctx.settings.timing.graceMs,
      `${short.group} has not ${short.to} nodes yet`,
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'GiveUp') throw error;
    return found(ctx, 'pre-scaled', `goes on with fewer nodes: ${error.message}`);
  }
}

/** More than half of the zone's nodes have to answer before it gets traffic. */
export async function zoneAnswers(ctx: StepContext): Promise<StepResult> {
  const { zone } = subjectZone(ctx);
  const waits = (why: string) =>
    waitFor(ctx, 'zone-answers', ctx.settings.timing.recoveryMs, `${zone} is not ready: ${why}`);
  if (isAgainst(ctx)) return waits('it is still called impaired');
  const fleet = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  const inZone = fleet.nodes
    .filter((n) => n.zone === zone && n.lifecycle === 'in-service')
    .flatMap((n) => nodeTarget(ctx, fleet, n.id) ?? []);
  if (inZone.length === 0)
    return found(ctx, 'zone-answers', `${zone} has no node to ask: launches may begin`);
  const outcomes = await Promise.all(inZone.map((target) => askDeep(ctx, target)));
  const good = outcomes.filter((o) => o.class === 'ok').length;
  if (good * 2 <= inZone.length) return waits(`${good} of ${inZone.length} nodes answer`);
  return found(ctx, 'zone-answers', `${good} of ${inZone.length} nodes in ${zone} answer`);
}

/** The region that is to come back, asked at its own endpoint. */
export async function regionAnswers(ctx: StepContext): Promise<StepResult> {
  controlOf(ctx);
  const name = subjectRegion(ctx);
  const waits = (why: string) =>
    waitFor(ctx, 'region-answers', ctx.settings.timing.recoveryMs, `${name} is not ready: ${why}`);
  if (isAgainst(ctx)) return waits('it is still called down');
  const outcome = await askDeep(ctx, endpointTarget(ctx, regionOf(ctx.settings, name)));
  if (outcome.class !== 'ok') return waits(`its endpoint does not answer (${outcome.reason})`);
  return found(ctx, 'region-answers', `${name} answers`);
}

/** The verdict has to be for it, except where a person forces it back. */
function isAgainst(ctx: StepContext): boolean {
  return ctx.input.verb !== 'force' && ctx.standing !== 'recovered';
}
