import { isDeepStrictEqual } from 'node:util';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import type { Interference } from '../proxy.ts';
import type { MotoRegion } from '../world.ts';
import { isAct, isStep } from './calls.ts';
import { requestsOf } from './requests.ts';
import type { Rig } from './rig.ts';

interface Killed {
  incident: string;
  /** As `actsOf` names it. */
  act: string;
}

/**
 * After each act of each step, when AWS has carried it out, the function dies before it has its answer: once each. What is
 * then done again loses its answer, so that the function itself does it a third time.
 */
export function killingAfterActs(rig: Rig): { interference: Interference; killed: Killed[] } {
  const killed: Killed[] = [];
  const lost: Killed[] = [];
  return {
    killed,
    interference(call) {
      const host = rig.hosts.get(call.caller);
      const running = host?.running();
      if (!host || !isStep(running?.event) || !isAct(call)) return null;
      const { step, input } = running.event;
      const one = { incident: input.incident, act: `${running.name} (${step}): ${requestsOf(call)}` };
      const isKnown = (all: Killed[]) => all.some((k) => isDeepStrictEqual(k, one));
      if (isKnown(lost)) return null;
      (isKnown(killed) ? lost : killed).push(one);
      return isKnown(lost) ? 'lost' : { afterwards: () => host.kill() };
    },
  };
}

/** The first call whose action begins so is carried out; then this, and its answer is lost. */
export function afterOnce(action: string, act: () => Promise<void>): Interference {
  let done = false;
  return (call) => {
    if (done || !call.action.startsWith(action)) return null;
    done = true;
    return { afterwards: act };
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
