import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Balancer, NodeId, TargetFact, TargetState, ZoneName } from '@evac/core';
import { nodeId, PortError, zoneName } from '@evac/core';
import { type PortContext, serviceHere } from './context.ts';
import { groupedInstances, groupsNamed } from './groups.ts';
import { targetGroupArns } from './targets.ts';
import type { ReadTraffic } from './traffic.ts';

const states: TargetState[] = [
  'initial',
  'healthy',
  'unhealthy',
  'unhealthy.draining',
  'unused',
  'draining',
  'unavailable',
];

/**
 * The load balancers' target groups, ALB's and NLB's alike; a target group is named by its ARN. Both acts may be made
 * any number of times: ELB keeps one registration a node and port. `readTraffic` outlives the port, for its cache.
 */
export function createBalancer(context: PortContext, readTraffic: ReadTraffic): Balancer {
  const { clients } = context;
  const elb = clients.get(ElasticLoadBalancingV2Client);

  return {
    async health({ service }) {
      const { here } = serviceHere(context, service);
      const groups = await groupsNamed(clients, here.groups);
      const described = await Promise.all(targetGroupArns(groups).map(targetsIn));
      const zones = await zonesOfTargets(described.flat().map((t) => t.node));
      return described.flat().flatMap(({ node, ...target }): TargetFact[] => {
        const zone = zones.get(node);
        // Neither an instance of these groups nor of any other: not ours to judge or to move.
        return zone === undefined ? [] : [{ ...target, node, zone }];
      });

      async function zonesOfTargets(nodes: NodeId[]): Promise<Map<string, ZoneName>> {
        const own = new Map(groups.flatMap(zonesOfMembers));
        const others = [...new Set(nodes)].filter((node) => !own.has(node));
        for (const { InstanceId, AvailabilityZone } of await groupedInstances(clients, others)) {
          if (InstanceId && AvailabilityZone) own.set(InstanceId, zoneName(AvailabilityZone));
        }
        return own;
      }
    },

    async deregister({ targetGroup, node, port }) {
      mustBeArn(targetGroup, clients.region);
      const command = new DeregisterTargetsCommand({
        TargetGroupArn: targetGroup,
        Targets: [{ Id: node, Port: port }],
      });
      try {
        await clients.call('DeregisterTargets', (options) => elb.send(command, options));
      } catch (error) {
        // An instance that is gone has left every target group.
        if (error instanceof PortError && error.message.includes('InvalidTarget')) return;
        throw error;
      }
    },

    async register({ targetGroup, node, port }) {
      mustBeArn(targetGroup, clients.region);
      const command = new RegisterTargetsCommand({
        TargetGroupArn: targetGroup,
        Targets: [{ Id: node, Port: port }],
      });
      await clients.call('RegisterTargets', (options) => elb.send(command, options));
    },

    traffic: (ask) => readTraffic(context, ask),
  };

  /** All of them in one answer: DescribeTargetHealth has no pages. */
  async function targetsIn(targetGroup: string): Promise<Omit<TargetFact, 'zone'>[]> {
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup });
    const { TargetHealthDescriptions = [] } = await clients.call('DescribeTargetHealth', (options) =>
      elb.send(command, options),
    );
    return TargetHealthDescriptions.flatMap(({ Target, TargetHealth }) =>
      // Registered by address or as a function: no node of an Auto Scaling group.
      Target?.Id?.startsWith('i-')
        ? [{ targetGroup, node: nodeId(Target.Id), port: Target.Port ?? 0, state: stateOf(TargetHealth) }]
        : [],
    );
  }
}

/** A state that ELB may have one day, and we do not know, is none to act on. */
function stateOf(health: TargetHealthDescription['TargetHealth']): TargetState {
  return states.find((state) => state === health?.State) ?? 'unavailable';
}

function zonesOfMembers(group: AutoScalingGroup): [string, ZoneName][] {
  return (group.Instances ?? []).flatMap(({ InstanceId, AvailabilityZone }): [string, ZoneName][] =>
    InstanceId && AvailabilityZone ? [[InstanceId, zoneName(AvailabilityZone)]] : [],
  );
}

/** ELB calls anything else a mistake in the request, and not something that is not there. */
function mustBeArn(targetGroup: string, region: string): void {
  if (targetGroup.split(':')[5]?.startsWith('targetgroup/')) return;
  throw new PortError('not-found', `no target group ${targetGroup} in ${region}: it is named by its ARN`);
}
