import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import type { Interference } from '../proxy.ts';
import type { MotoRegion } from '../world.ts';
import { isAct, isStep, nameOf } from './calls.ts';
import type { Rig } from './rig.ts';

/** After each act of each step, when AWS has carried it out, the function dies before it has its answer: once each. */
export function killingAfterActs(rig: Rig): { interference: Interference; killed: string[] } {
  const killed: string[] = [];
  return {
    killed,
    interference(call) {
      const host = rig.hosts.get(call.caller);
      const event = host?.running()?.event;
      if (!host || !isStep(event) || !isAct(call)) return null;
      const act = `${event.input.incident} ${event.step} ${nameOf(call)}`;
      if (killed.includes(act)) return null;
      killed.push(act);
      return { afterwards: () => host.kill() };
    },
  };
}

/** Every call of one service is refused for as long as the first run of a step lasts. */
export function throttlingAStep(rig: Rig, step: string, service: string): Interference {
  let throttled: unknown = null;
  return (call) => {
    const event = rig.hosts.get(call.caller)?.running()?.event;
    if (call.service !== service || !isStep(event) || event.step !== step) return null;
    throttled ??= event;
    if (throttled !== event) return null;
    const body =
      '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>';
    return { status: 400, body, headers: { 'content-type': 'text/xml' } };
  };
}

/** What a region's group is like when all is as it was: what any move that was interrupted must not leave behind. */
export async function groupOf({ clients, group }: MotoRegion) {
  const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] });
  const { AutoScalingGroups = [] } = await clients.get(AutoScalingClient).send(ask);
  const found = AutoScalingGroups[0];
  const living = (found?.Instances ?? []).filter((i) => i.LifecycleState === 'InService');
  return {
    desired: found?.DesiredCapacity,
    living: living.length,
    subnets: (found?.VPCZoneIdentifier ?? '').split(',').length,
    suspended: (found?.SuspendedProcesses ?? []).map((p) => p.ProcessName),
    tags: (found?.Tags ?? []).map((t) => t.Key),
  };
}
