import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { PortError } from '@evac/core';

/** Rejects with `at-limit` a desired capacity outside of the group's minimum and maximum. */
export function mustBeSize(group: AutoScalingGroup, desired: number): void {
  const { MinSize: min = 0, MaxSize: max = 0 } = group;
  if (desired >= min && desired <= max) return;
  const bounds = `${group.AutoScalingGroupName} has a minimum of ${min} and a maximum of ${max}`;
  throw new PortError('at-limit', `${bounds}: its desired capacity cannot be ${desired}`);
}
