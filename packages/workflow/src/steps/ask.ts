import type { FleetFact, NodeId, Outcome, ServiceRegion, Target } from '@evac/core';
import { endpointOf, targetsOf } from '../cell/targets.ts';
import type { StepContext } from './context.ts';

/** Asks as a client would: the deep probe, or the shallow one of a service that has no other. */
export function askDeep(ctx: StepContext, target: Target): Promise<Outcome> {
  const { deep, shallow, progress, model } = ctx.settings;
  return ctx.cell.probe.ask({
    target,
    check: deep ? 'deep' : 'shallow',
    probe: deep ?? shallow,
    progress,
    model,
  });
}

/** A region's own endpoint; `publicName` asks the same address under the name that clients use. */
export function endpointTarget(
  ctx: StepContext,
  { region, endpoint }: ServiceRegion,
  publicName?: string,
): Target {
  const target = endpointOf(ctx.settings, region, endpoint);
  return publicName === undefined
    ? target
    : { ...target, address: { ...target.address, serverName: publicName } };
}

/** A running node of this region; undefined where the fleet does not list it as running. */
export function nodeTarget(ctx: StepContext, fleet: FleetFact, node: NodeId): Target | undefined {
  return targetsOf(ctx.settings, ctx.cell.region, fleet).find((t) => t.kind === 'node' && t.node === node);
}
