import type { NodeId, RegionName, ZoneName } from '@evac/core';
import { type Ailment, type FaultName, findFault } from '@evac/sim';
import type { Truth } from '../contract.ts';

/** What leaves a node able to serve, if slowly or not every time: evidence may rightly call it healthy. */
const partial: readonly Ailment[] = ['grey', 'overloaded', 'far', 'unprobeable'];

/** What leaves `/health` in order: only a generation shows it. */
const silent: readonly Ailment[] = ['hung', 'stalling', 'garbled', 'gpu-error', 'misreleased'];

/** True for a fault that a service which asks for no generation cannot find. */
export function isSilent(fault: FaultName): boolean {
  const ailments = findFault(fault)?.ailments ?? [];
  return ailments.length > 0 && ailments.every((ailment) => silent.includes(ailment));
}

interface Placed {
  node: NodeId;
  zone: ZoneName;
  region: RegionName;
}

/** Nodes of a region that clients are sent to and that serve them. */
export function serving(truth: Truth, region: RegionName): NodeId[] {
  return truth
    .routable(region)
    .filter(({ node }) => truth.badSince(node) === null)
    .map(({ node }) => node);
}

/**
 * True if a node serves, or serves some, or was struck so lately (since `from`) that nobody can be expected to know; or if
 * its config asks for no generation and only one would show what ails it. One that is loading or gone does not.
 */
export function seemsToServe(truth: Truth, { node, zone, region }: Placed, from: number): boolean {
  const badSince = truth.badSince(node);
  if (badSince === null) return true;
  if (!Number.isFinite(badSince)) return false;
  const around: string[] = [node, zone, region, 'world'];
  const striking = truth.faults().filter((f) => around.includes(f.target));
  if (striking.length === 0) return badSince > from;
  return striking
    .filter((f) => findFault(f.name)?.ailments?.some((ailment) => !partial.includes(ailment)))
    .every((f) => f.since > from || (truth.service.deep === null && isSilent(f.name)));
}
