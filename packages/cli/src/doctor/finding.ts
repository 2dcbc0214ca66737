import type { RegionName, ServiceName } from '@evac/core';

export type Severity = 'error' | 'warning' | 'note';

/**
 * Every finding there is, with how bad it is. An error keeps a move from being done, or from being right; a warning makes
 * it slower or less sure, or hides something; a note is to be known. docs/doctor.md says of each what to do.
 */
export const checks = {
  'region-silent': 'error',
  'permission-missing': 'warning',
  'not-told': 'warning',
  'clock-off': 'warning',

  'zone-unknown': 'error',
  'zone-id': 'error',
  'group-missing': 'error',
  'group-going': 'error',
  'group-zones': 'error',
  'zone-without-subnet': 'warning',
  'launch-suspended': 'error',
  'process-suspended': 'warning',
  'health-check-grace': 'error',
  'health-check-type': 'warning',
  'group-zonal-shift': 'note',

  'no-target-group': 'error',
  'target-group-missing': 'error',
  'target-port': 'warning',
  'deregistration-delay': 'warning',
  'node-unregistered': 'warning',
  'target-foreign': 'warning',
  'target-unhealthy': 'warning',
  'no-load-balancer': 'error',
  'load-balancer-state': 'error',
  'load-balancer-zone': 'warning',
  'load-balancer-internal': 'warning',
  'endpoint-elsewhere': 'error',
  'zonal-shift-off': 'warning',
  'shift-in-force': 'note',

  'zone-survivors': 'error',
  'zone-headroom': 'warning',
  'region-headroom': 'warning',
  'standby-empty': 'error',
  'subnet-addresses': 'warning',
  'vcpu-quota': 'warning',
  'vcpu-unknown': 'note',
  'target-limit': 'warning',
  'function-runs': 'warning',

  'hosted-zone': 'error',
  'record-missing': 'error',
  'record-not-yet': 'note',
  'record-ttl': 'warning',
  'record-weight': 'warning',
  'record-foreign': 'warning',
  'weights-zero': 'error',
  'record-unchecked': 'error',
  'check-missing': 'error',
  'check-disabled': 'error',
  'check-not-inverted': 'error',
  'check-elsewhere': 'error',
  'check-threshold': 'error',
  'check-slow': 'warning',
  'region-out': 'warning',

  'alarm-missing': 'warning',
  'alarm-actions-off': 'warning',
  'alarm-muted': 'warning',
  'alarm-suppressed': 'warning',
  'alarm-on': 'warning',
  'topic-unheard': 'warning',
  'bus-missing': 'warning',

  'not-deployed': 'note',
  'part-missing': 'error',
  'part-off': 'error',
  'table-unprotected': 'warning',
  'observation-missing': 'error',
  'observation-old': 'error',
  paused: 'warning',
} as const satisfies Record<string, Severity>;
export type CheckId = keyof typeof checks;

export interface Finding {
  check: CheckId;
  severity: Severity;
  /** Null: of all regions. */
  region: RegionName | null;
  /** Null: the account's, or Evac's own. */
  service: ServiceName | null;
  /** What it is about: `Auto Scaling group llm`. */
  subject: string;
  /** The setting and its value. */
  seen: string;
  /** What would be right, and why. */
  right: string;
  /** A command, or a step in a console. */
  fix: string;
}

/** Says findings about one place. */
export function at(place: Pick<Finding, 'region' | 'service'>) {
  return (check: CheckId, said: Pick<Finding, 'subject' | 'seen' | 'right' | 'fix'>): Finding => ({
    check,
    severity: checks[check],
    ...place,
    ...said,
  });
}
