import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancer,
  paginateDescribeAccountLimits,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients } from '../clients.ts';
import { present } from '../present.ts';
import { readManagedResource } from '../shift-answers.ts';
import { ArcClient } from '../signed/arc.ts';
import { isShiftable, loadBalancersOf, targetGroupsOf } from '../targets.ts';
import type { Ask } from './ask.ts';
import type { LoadBalancerPicture, TargetGroupPicture } from './picture.ts';

const mostAsked = 20;

/** Those of the target groups that exist. */
export async function readTargetGroups(
  clients: Clients,
  ask: Ask,
  arns: readonly string[],
): Promise<TargetGroupPicture[] | null> {
  const found = await ask('elasticloadbalancing:DescribeTargetGroups', () =>
    present(arns, mostAsked, (some) => targetGroupsOf(clients, some)),
  );
  return found && Promise.all(found.map((one) => readTargetGroup(clients, ask, one)));
}

async function readTargetGroup(clients: Clients, ask: Ask, one: TargetGroup): Promise<TargetGroupPicture> {
  const elb = clients.get(ElasticLoadBalancingV2Client);
  const input = { TargetGroupArn: one.TargetGroupArn };
  const attributes = await ask('elasticloadbalancing:DescribeTargetGroupAttributes', () =>
    clients.call('DescribeTargetGroupAttributes', (options) =>
      elb.send(new DescribeTargetGroupAttributesCommand(input), options),
    ),
  );
  const delay = attributes?.Attributes?.find((a) => a.Key === 'deregistration_delay.timeout_seconds')?.Value;
  const health = await ask('elasticloadbalancing:DescribeTargetHealth', () =>
    clients.call('DescribeTargetHealth', (options) =>
      elb.send(new DescribeTargetHealthCommand(input), options),
    ),
  );
  return {
    arn: one.TargetGroupArn ?? '',
    name: one.TargetGroupName ?? '',
    port: one.Port ?? 0,
    loadBalancers: one.LoadBalancerArns ?? [],
    deregistrationMs: delay === undefined ? null : Number(delay) * 1_000,
    targets:
      health?.TargetHealthDescriptions?.map(({ Target, TargetHealth }) => ({
        id: Target?.Id ?? '',
        state: TargetHealth?.State ?? '',
      })) ?? (health ? [] : null),
  };
}

export async function readLoadBalancers(
  clients: Clients,
  ask: Ask,
  targetGroups: readonly TargetGroupPicture[],
): Promise<LoadBalancerPicture[] | null> {
  const arns = [...new Set(targetGroups.flatMap((t) => t.loadBalancers))].toSorted();
  const found = await ask('elasticloadbalancing:DescribeLoadBalancers', () =>
    present(arns, mostAsked, (some) => loadBalancersOf(clients, some)),
  );
  return found && Promise.all(found.map((one) => readLoadBalancer(clients, ask, one)));
}

async function readLoadBalancer(clients: Clients, ask: Ask, one: LoadBalancer): Promise<LoadBalancerPicture> {
  const arn = one.LoadBalancerArn ?? '';
  const shiftable = await ask('elasticloadbalancing:DescribeLoadBalancerAttributes', () =>
    isShiftable(clients, arn),
  );
  return {
    arn,
    name: one.LoadBalancerName ?? '',
    type: one.Type ?? '',
    internal: one.Scheme === 'internal',
    state: one.State?.Code ?? '',
    dnsName: one.DNSName ?? '',
    zones: (one.AvailabilityZones ?? []).flatMap((z) => z.ZoneName ?? []).toSorted(),
    shiftable,
    shifts: shiftable ? await readShifts(clients, ask, arn) : [],
  };
}

async function readShifts(clients: Clients, ask: Ask, arn: string): Promise<string[] | null> {
  const request = { method: 'GET' as const, path: ['managedresources', arn] };
  const answer = await ask(
    'arc-zonal-shift:GetManagedResource',
    () => clients.call('GetManagedResource', (options) => clients.get(ArcClient).send(request, options)),
    // It was enabled a moment ago.
    { absent: {} },
  );
  return answer === null ? null : readManagedResource(answer, arn).map((shift) => shift.awayFrom);
}

/** The account's limits here, by Elastic Load Balancing's names of them. */
export async function readLimits(clients: Clients, ask: Ask): Promise<Record<string, number> | null> {
  const client = clients.get(ElasticLoadBalancingV2Client);
  return ask('elasticloadbalancing:DescribeAccountLimits', () =>
    clients.call('DescribeAccountLimits', async (options) => {
      const limits: Record<string, number> = {};
      for await (const page of paginateDescribeAccountLimits({ client }, {}, options)) {
        for (const { Name = '', Max } of page.Limits ?? []) limits[Name] = Number(Max);
      }
      return limits;
    }),
  );
}
