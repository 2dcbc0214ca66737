import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { type ZoneName, zoneName } from '@evac/core';
import { tagsOf } from './group-tags.ts';

/** On the group while a launch is under way, and by propagation on the instance that it made. */
export const tokenTag = 'evac:launch';
export const planTag = 'evac:launch-plan';

/** How a launch by desired capacity is carried out: enough to take it up again, and to put everything back. */
export interface LaunchPlan {
  token: string;
  zone: ZoneName;
  /** The desired capacity that makes room for the new node. */
  to: number;
  at: number;
  /** What the group had, and will have again. */
  zones: ZoneName[];
  rebalance: 'on' | 'off';
}

/** Null where no launch is under way. */
export function planOf(group: AutoScalingGroup): LaunchPlan | null {
  const tags = tagsOf(group);
  const token = tags.get(tokenTag);
  const words = tags.get(planTag)?.split(' ');
  if (token === undefined || words === undefined) return null;
  const field = (name: string) => words.find((w) => w.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  return {
    token,
    zone: zoneName(field('zone')),
    to: Number(field('to')),
    at: Number(field('at')),
    zones: field('zones').split('+').map(zoneName),
    rebalance: field('rebalance') === 'off' ? 'off' : 'on',
  };
}

/** In the letters that a tag may have. */
export function planText({ zone, to, at, zones, rebalance }: LaunchPlan): string {
  return `zone=${zone} to=${to} at=${at} zones=${zones.join('+')} rebalance=${rebalance}`;
}
