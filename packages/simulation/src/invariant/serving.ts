import type { RegionName } from '@evac/core';
import type { Truth } from '../contract.ts';

/** Nodes of a region that clients are sent to and that serve them. */
export function serving(truth: Truth, region: RegionName): string[] {
  return truth
    .routable(region)
    .filter(({ node }) => truth.badSince(node) === null)
    .map(({ node }) => node);
}

/** True if a node serves, or went bad so lately (since `from`) that nobody can be expected to know. */
export function seemsToServe(truth: Truth, node: Parameters<Truth['badSince']>[0], from: number): boolean {
  const since = truth.badSince(node);
  return since === null || since > from;
}
