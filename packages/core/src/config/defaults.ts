import { type MoveName, moveNames } from '../move.ts';
import type { Limits, PolicyMode, Thresholds } from '../settings.ts';

const second = 1_000;
const minute = 60 * second;

/** What holds where neither the config nor the preset says otherwise. Reasons are in docs/config.md. */

export const timingDefaults = {
  intervalMs: 5 * second,
  /** Never more than the interval. */
  fastIntervalMs: second,
  /** Two rounds may be lost before an observation is stale. */
  freshRounds: 3,
  /** LMDeploy calls its own scheduler stuck after as long. */
  noProgressMs: 90 * second,
  /** Covers the slowest common detection (a hang that only the deep probe sees, 71 s) and a DNS failover. */
  recoveryMs: 2 * minute,
};

/** drainAfter and replaceAfter are the preset's. */
export const thresholdDefaults: Omit<Thresholds, 'drainAfter' | 'replaceAfter'> = {
  healthyAfter: 3,
  /**
   * After the corrections of docs/decisions/zone-verdict.md. A zone-year of 5 s rounds is six million tests; 12 failures
   * of 12 against 0 of 24 are 1 in a billion.
   */
  zoneAlpha: 1e-6,
  /** Sees a zone with 30% errors; one bad node of six is 17% of a region but no zone. */
  zoneMinEffect: 0.2,
  zoneMinVolume: 6,
  /** Two rounds of 5 s, their confirmation and a timeout: a hard loss within 20 s. Twelve rounds: a minute. */
  zoneM: 2,
  zoneN: 12,
  zoneSlowFactor: 3,
  fleetShare: 0.5,
};

export const limitDefaults: Limits = {
  /** One zone of three, and a node more than none. */
  maxShare: 0.34,
  maxMovesPerHour: 10,
  breakerAfter: 3,
  cooldownMs: 10 * minute,
  cooldownGrowth: 2,
  /** Two equal regions, or two equal zones: the one that stays has half. */
  capacityShare: 0.5,
  failBackAfterMs: 10 * minute,
  approvalMs: 15 * minute,
};

export const dnsDefaults = { control: 'switch', ttlMs: 30 * second } as const;

/** Equal weights: every region serves. */
export const defaultWeight = 100;

export const failBackStages = [10, 50, 100];

/** Decides and tells, acts on nothing, until its owner has seen it decide. */
const defaultMode: PolicyMode = 'observe';

export function policyOf(
  given: PolicyMode | Partial<Record<MoveName, PolicyMode>> | undefined,
): Record<MoveName, PolicyMode> {
  const of = (move: MoveName) => (typeof given === 'string' ? given : (given?.[move] ?? defaultMode));
  const [node, zone, region, back] = moveNames;
  return { [node]: of(node), [zone]: of(zone), [region]: of(region), [back]: of(back) };
}
