import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { type NodeId, PortError } from '@evac/core';
import type { PortContext } from './context.ts';
import { LostAnswer } from './errors.ts';
import { mustBeSize } from './fleet-size.ts';
import { groupedInstances, groupNamed } from './groups.ts';
import { isLeaving } from './lifecycle.ts';

const mostTries = 3;
/** Until the group shows what an act has begun. */
const settleMs = 2_000;

/**
 * Takes a node out of its group by `act`, once: looks first, and looks again where the answer was lost, because a
 * second decrement would take the place of a node that serves. A node that leaves or is gone is no error.
 * Rejects with `at-limit` where the group may not shrink.
 */
export async function takeOut(
  { clients, clock }: PortContext,
  { node, decrement }: { node: NodeId; decrement: boolean },
  act: (client: AutoScalingClient, group: string) => Promise<unknown>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const [member] = await groupedInstances(clients, [node]);
    if (!member?.AutoScalingGroupName || isLeaving(member.LifecycleState)) return;
    if (member.LifecycleState?.startsWith('Warmed')) {
      const where = `the warm pool of ${member.AutoScalingGroupName}`;
      throw new PortError('invalid', `${node} waits in ${where} and serves nothing: it is left there`);
    }
    if (decrement) {
      const group = await groupNamed(clients, member.AutoScalingGroupName);
      mustBeSize(group, (group.DesiredCapacity ?? 0) - 1);
    }
    try {
      await act(clients.once(AutoScalingClient), member.AutoScalingGroupName);
      return;
    } catch (error) {
      if (error instanceof PortError && error.code === 'not-found') return;
      if (!(error instanceof LostAnswer) || tries === mostTries) throw error;
      await clock.sleep(settleMs);
    }
  }
}
