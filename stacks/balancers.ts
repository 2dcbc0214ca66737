import type { Place } from './place.ts';

/** ARNs of what stands in front of the config's groups. */
export interface Balancers {
  targetGroups: string[];
  loadBalancers: string[];
}

/**
 * Looked up when deploying, so that the right to change traffic is for these alone: who attaches a group to another target
 * group deploys anew.
 */
export async function findBalancers({ services, provider }: Place): Promise<Balancers> {
  const groups = services.flatMap(({ here }) => here.groups);
  const found = await Promise.all(groups.map((name) => aws.autoscaling.getGroup({ name }, { provider })));
  const targetGroups = unique(found.flatMap((group) => group.targetGroupArns));
  const fronts = await Promise.all(targetGroups.map((arn) => aws.lb.getTargetGroup({ arn }, { provider })));
  return { targetGroups, loadBalancers: unique(fronts.flatMap((front) => front.loadBalancerArns)) };
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)].toSorted();
}
