import type { DnsRecord } from '@evac/core';
import { StepError } from './errors.ts';

export type Weights = Record<string, number>;

export function weightsOf(records: DnsRecord[]): Weights {
  return Object.fromEntries(records.map((r) => [r.region, r.weight]));
}

/**
 * `before` with `region` at `weight`. Where that would leave no weight at all, `standby` gets its own: all-zero weights
 * mean equal traffic to everybody (Route 53), so the region taken out would be back in.
 */
export function withWeight(
  before: Weights,
  region: string,
  weight: number,
  standby: { region: string; weight: number },
): Weights {
  const after = { ...before, [region]: weight };
  if (total(after) === 0) after[standby.region] = Math.max(1, standby.weight);
  return neverAllZero(after);
}

/** The weights of the regions that `wanted` names. */
export function pick(all: Weights, wanted: (region: string) => boolean): Weights {
  return Object.fromEntries(Object.entries(all).filter(([region]) => wanted(region)));
}

/** Rejects what Route 53 would turn into equal traffic to every region. */
export function neverAllZero(weights: Weights): Weights {
  if (total(weights) > 0) return weights;
  throw new StepError('GiveUp', 'DNS weights must not all be zero: Route 53 would answer with every region');
}

function total(weights: Weights): number {
  return Object.values(weights).reduce((sum, weight) => sum + weight, 0);
}
