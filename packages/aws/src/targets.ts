import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancer,
  paginateDescribeTargetGroups,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients } from './clients.ts';
import { chunks } from './groups.ts';

/** As many ARNs as one describe call takes. */
const mostAsked = 20;

/** The target groups that a service's Auto Scaling groups register their instances in. */
export function targetGroupArns(groups: readonly AutoScalingGroup[]): string[] {
  const arns = groups.flatMap((g) => [
    ...(g.TargetGroupARNs ?? []),
    ...(g.TrafficSources ?? []).filter((s) => s.Type === 'elbv2').flatMap((s) => s.Identifier ?? []),
  ]);
  return [...new Set(arns)];
}

export async function targetGroupsOf(clients: Clients, arns: readonly string[]): Promise<TargetGroup[]> {
  const client = clients.get(ElasticLoadBalancingV2Client);
  return clients.call('DescribeTargetGroups', async (options) => {
    const found: TargetGroup[] = [];
    for (const TargetGroupArns of chunks(arns, mostAsked)) {
      const pages = paginateDescribeTargetGroups({ client }, { TargetGroupArns }, options);
      for await (const page of pages) found.push(...(page.TargetGroups ?? []));
    }
    return found;
  });
}

/** At most twenty at a time. */
export async function loadBalancersOf(clients: Clients, arns: readonly string[]): Promise<LoadBalancer[]> {
  const command = new DescribeLoadBalancersCommand({ LoadBalancerArns: [...arns] });
  const { LoadBalancers = [] } = await clients.call('DescribeLoadBalancers', (options) =>
    clients.get(ElasticLoadBalancingV2Client).send(command, options),
  );
  return LoadBalancers;
}

/** Whether the load balancer lets ARC shift its zones. */
export async function isShiftable(clients: Clients, loadBalancer: string): Promise<boolean> {
  const command = new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: loadBalancer });
  const { Attributes = [] } = await clients.call('DescribeLoadBalancerAttributes', (options) =>
    clients.get(ElasticLoadBalancingV2Client).send(command, options),
  );
  return Attributes.some((a) => a.Key === 'zonal_shift.config.enabled' && a.Value === 'true');
}
