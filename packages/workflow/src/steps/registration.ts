import type { TargetFact } from '@evac/core';
import type { StepContext } from './context.ts';
import type { TargetRef } from './data.ts';

/** What names a target in ELB's calls. */
export function ref({ targetGroup, node, port }: TargetFact): TargetRef {
  return { targetGroup, node, port };
}

/** Not on its way out already: what somebody else took out is not ours to put back. */
export function isRegistered({ state }: TargetFact): boolean {
  return state !== 'draining' && state !== 'unhealthy.draining' && state !== 'unused';
}

export async function deregisterAll(ctx: StepContext, targets: TargetRef[]): Promise<void> {
  for (const target of targets) await ctx.cell.ports.balancer.deregister(target);
}

/** Puts back what still runs; says how many those are. */
export async function registerAll(ctx: StepContext, targets: TargetRef[]): Promise<number> {
  const running = await runningOf(ctx, targets);
  for (const target of running) await ctx.cell.ports.balancer.register(target);
  return running.length;
}

/** Those whose node still runs: ELB takes no instance that is gone. */
export async function runningOf(ctx: StepContext, targets: TargetRef[]): Promise<TargetRef[]> {
  const { nodes } = await ctx.cell.ports.fleet.describe({ service: ctx.settings.name });
  const running = new Set(nodes.filter((n) => n.lifecycle === 'in-service').map((n) => n.id));
  return targets.filter((t) => running.has(t.node));
}
