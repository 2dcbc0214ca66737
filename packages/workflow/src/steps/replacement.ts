import type { FleetFact, NodeFact, NodeId } from '@evac/core';
import type { StepResult } from '../contract.ts';
import { askDeep, nodeTarget } from './ask.ts';
import type { StepContext } from './context.ts';
import { targets } from './data.ts';
import { StepError } from './errors.ts';
import { replacementOf } from './launch.ts';
import { found, lastOf, waitFor } from './record.ts';

/** Slow is not gone: waits for Auto Scaling, as long as a node may take to start. */
export async function replacementInService(ctx: StepContext): Promise<StepResult> {
  const node = await replacement(ctx);
  if (node.fact?.lifecycle === 'in-service') {
    return found(ctx, 'replacement-in-service', `${node.id} is in service`);
  }
  return waitFor(
    ctx,
    'replacement-in-service',
    ctx.settings.timing.graceMs,
    `${node.id} is not in service yet`,
  );
}

/** Waits until the balancer calls it healthy in every target group that the old node was in. */
export async function replacementHealthy(ctx: StepContext): Promise<StepResult> {
  const node = await replacement(ctx);
  if (await isUsed(ctx, node.id)) {
    return found(ctx, 'replacement-healthy', `the load balancer uses ${node.id}`);
  }
  return waitFor(ctx, 'replacement-healthy', ctx.settings.timing.graceMs, `${node.id} does not serve yet`);
}

/** A real question to the node itself. */
export async function probeReplacement(ctx: StepContext): Promise<StepResult> {
  const { id, fleet } = await replacement(ctx);
  const waits = (why: string) =>
    waitFor(ctx, 'probe-replacement', ctx.settings.timing.graceMs, `${id} ${why}`);
  const target = nodeTarget(ctx, fleet, id);
  if (!target) return waits('is not to be found in the fleet');
  const outcome = await askDeep(ctx, target);
  if (outcome.class !== 'ok') return waits(`does not answer yet (${outcome.reason})`);
  return found(ctx, 'probe-replacement', `${id} answers`);
}

/** True if every target group that the old node was in calls `node` healthy. */
export async function isUsed(ctx: StepContext, node: NodeId): Promise<boolean> {
  const drained = lastOf(ctx, 'drain');
  const wanted = drained ? targets(drained.data ?? {}, 'targets').map((t) => t.targetGroup) : [];
  const all = await ctx.cell.ports.balancer.health({ service: ctx.settings.name });
  const healthy = all.filter((t) => t.node === node && t.state === 'healthy').map((t) => t.targetGroup);
  return healthy.length > 0 && wanted.every((group) => healthy.includes(group));
}

interface Replacement {
  id: NodeId;
  fact: NodeFact | undefined;
  fleet: FleetFact;
}

async function replacement(ctx: StepContext): Promise<Replacement> {
  const id = replacementOf(ctx);
  if (!id) throw new StepError('GiveUp', 'the record knows of no replacement');
  const fleet = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  const fact = fleet.nodes.find((n) => n.id === id);
  if (fact?.lifecycle === 'terminating' || fact?.lifecycle === 'terminated') {
    throw new StepError('GiveUp', `the replacement ${id} was ended by somebody else`);
  }
  return { id, fact, fleet };
}
