import { createHash } from 'node:crypto';
import {
  AutoScalingClient,
  LaunchInstancesCommand,
  type LaunchInstancesCommandOutput,
  type LaunchInstancesError,
} from '@aws-sdk/client-auto-scaling';
import { type NodeId, nodeId, PortError, type ZoneName } from '@evac/core';
import type { PortContext } from './context.ts';
import { LostAnswer, meaningOf } from './errors.ts';
import { launchByDesired } from './fleet-launch-desired.ts';
import { zonesOf } from './fleet-zones.ts';
import { groupNamed } from './groups.ts';

export interface LaunchAsk {
  group: string;
  zone: ZoneName;
  token: string;
}

/** The launch is synchronous: it answers once EC2 has. */
const launchMs = 60_000;

/** What says that LaunchInstances is not to be had in this region, or not for this kind of group. */
const unsupported =
  /InvalidAction|UnknownOperation|NotImplemented|UnsupportedOperation|not supported|launch configuration|launch template|mixed/i;

/**
 * Launches one node into the zone by LaunchInstances, which knows the token for itself; where that is not to be had, by
 * raising the desired capacity.
 */
export async function launch(context: PortContext, ask: LaunchAsk): Promise<{ node: NodeId }> {
  const { clients } = context;
  const { group, zone, token } = ask;
  const command = new LaunchInstancesCommand({
    AutoScalingGroupName: group,
    RequestedCapacity: 1,
    AvailabilityZones: [zone],
    // At most 64 letters, and no dot.
    ClientToken: createHash('sha256').update(`${group} ${token}`).digest('base64url'),
    // Launched later, or elsewhere, would be somebody else's decision.
    RetryStrategy: 'none',
  });
  try {
    const answer = await clients.call(
      'LaunchInstances',
      (options) => clients.get(AutoScalingClient).send(command, { ...options, requestTimeout: launchMs }),
      launchMs * 1.5,
    );
    return launchedBy(answer, group, zone);
  } catch (error) {
    if (!(error instanceof PortError) || error.code !== 'invalid' || error instanceof NotLaunched)
      throw error;
    if (unsupported.test(error.message)) return launchByDesired(context, ask);
    throw await better(context, ask, error).catch(() => error);
  }
}

/** The call went well, and the launch did not. */
class NotLaunched extends PortError {}

function launchedBy(
  { Instances = [], Errors = [] }: LaunchInstancesCommandOutput,
  group: string,
  zone: ZoneName,
): { node: NodeId } {
  const launched = Instances.flatMap((i) => i.InstanceIds ?? [])[0];
  if (launched !== undefined) return { node: nodeId(launched) };
  throw refusal(Errors, group, zone);
}

/** A group of several instance types has tried them all: without capacity, if any was. */
function refusal(errors: LaunchInstancesError[], group: string, zone: ZoneName): Error {
  const meanings = errors.map(({ ErrorCode = '', ErrorMessage = '' }) => ({
    code: meaningOf(ErrorCode, ErrorMessage) ?? 'invalid',
    text: `${ErrorCode}: ${ErrorMessage}`,
  }));
  const worst = meanings.find((m) => m.code === 'no-capacity') ?? meanings[0];
  const what = `${group} launched nothing in ${zone}`;
  return worst
    ? new NotLaunched(worst.code, `${what}: ${worst.text}`)
    : new LostAnswer(`${what}, and LaunchInstances does not say why`);
}

/** Auto Scaling says ValidationError to much: the group itself tells what it was about. */
async function better(
  { clients }: PortContext,
  { group: name, zone }: LaunchAsk,
  error: PortError,
): Promise<PortError> {
  const group = await groupNamed(clients, name);
  const zones = zonesOf(group);
  if (!zones.includes(zone)) {
    return new PortError('invalid', `${zone} is not a zone of ${name}: it has ${zones.join(', ')}`);
  }
  const { DesiredCapacity: desired = 0, MaxSize: max = 0 } = group;
  if (desired < max) return error;
  return new PortError('at-limit', `${name} has ${desired} nodes and a maximum of ${max}: ${error.message}`);
}
