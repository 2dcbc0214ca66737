import type { NodeLifecycle } from '@evac/core';

/**
 * Auto Scaling's lifecycle state as ours; null for what is not part of the serving fleet: the warm pool, what a person
 * put in standby, what is detached. Waiting for a lifecycle hook is part of coming or going.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
 */
export function lifecycleOf(state: string | undefined, ec2State?: string): NodeLifecycle | null {
  if (state === undefined || /^(Warmed|EnteringStandby|Standby|Detach)/.test(state)) return null;
  // Ended behind the group's back: the group finds out only at its next health check.
  if (ec2State === 'terminated') return 'terminated';
  if (ec2State === 'shutting-down') return 'terminating';
  if (state.startsWith('Pending')) return 'pending';
  if (state === 'Terminated') return 'terminated';
  return state.startsWith('Terminating') ? 'terminating' : 'in-service';
}

/** Whether the group lets go of it already, or has. */
export function isLeaving(state: string | undefined): boolean {
  return state === undefined || /^(Terminat|Detach)/.test(state);
}
