import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Clients } from '../clients.ts';
import { everyZoneOf } from '../fleet-zones.ts';
import { existingGroups } from '../groups.ts';
import { Ec2Client, type Ec2Element, fieldsOf, textOf } from '../signed/ec2.ts';
import { targetGroupArns } from '../targets.ts';
import type { Ask } from './ask.ts';
import type { GroupPicture } from './picture.ts';

/** Auto Scaling's own name for how long a new instance is spared. */
const seconds = 1_000;

/** Those of the groups that exist. */
export async function readGroups(
  clients: Clients,
  ask: Ask,
  names: readonly string[],
): Promise<GroupPicture[] | null> {
  const groups = await ask('autoscaling:DescribeAutoScalingGroups', () => existingGroups(clients, names));
  if (!groups) return null;
  return Promise.all(groups.map(async (group) => groupOf(group, await launched(clients, ask, group))));
}

/** What a group's next instance is. */
interface Launched {
  types: string[];
  spot: boolean;
}

function groupOf(group: AutoScalingGroup, { types, spot }: Launched): GroupPicture {
  const { AvailabilityZoneImpairmentPolicy: shift, Instances = [] } = group;
  return {
    name: group.AutoScalingGroupName ?? '',
    beingDeleted: group.Status !== undefined,
    min: group.MinSize ?? 0,
    max: group.MaxSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    zones: everyZoneOf(group),
    subnets: (group.VPCZoneIdentifier ?? '').split(',').filter((id) => id !== ''),
    healthChecks: (group.HealthCheckType ?? '').split(',').filter((type) => type !== ''),
    graceMs: (group.HealthCheckGracePeriod ?? 0) * seconds,
    suspended: (group.SuspendedProcesses ?? []).flatMap((p) => p.ProcessName ?? []),
    targetGroups: targetGroupArns([group]),
    zonalShift: !shift?.ZonalShiftEnabled
      ? null
      : shift.ImpairedZoneHealthCheckBehavior === 'IgnoreUnhealthy'
        ? 'ignores'
        : 'replaces',
    instances: Instances.map((i) => ({
      id: i.InstanceId ?? '',
      zone: i.AvailabilityZone ?? '',
      inService: i.LifecycleState === 'InService',
    })),
    types: [...new Set([...Instances.flatMap((i) => i.InstanceType ?? []), ...types])].toSorted(),
    spot,
  };
}

/** By the group's overrides, else by its launch template. A launch configuration tells by its instances alone. */
async function launched(clients: Clients, ask: Ask, group: AutoScalingGroup): Promise<Launched> {
  const { MixedInstancesPolicy: mixed } = group;
  const onDemand = mixed?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity ?? 100;
  const overrides = (mixed?.LaunchTemplate?.Overrides ?? []).flatMap((o) => o.InstanceType ?? []);
  if (overrides.length > 0) return { types: overrides, spot: onDemand < 100 };
  const template = group.LaunchTemplate ?? mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  const id = template?.LaunchTemplateId;
  if (!id) return { types: [], spot: false };
  const asked = { LaunchTemplateId: id, 'LaunchTemplateVersion.1': template.Version ?? '$Default' };
  const versions = await ask('ec2:DescribeLaunchTemplateVersions', () =>
    clients.call('DescribeLaunchTemplateVersions', (options) =>
      clients
        .get(Ec2Client)
        .describe('DescribeLaunchTemplateVersions', asked, 'launchTemplateVersionSet', options),
    ),
  );
  const [data = {}] = (versions ?? []).map((version): Ec2Element => fieldsOf(version.launchTemplateData));
  const type = textOf(data.instanceType);
  const market = textOf(fieldsOf(data.instanceMarketOptions).marketType);
  return { types: type === '' ? [] : [type], spot: onDemand < 100 || market === 'spot' };
}
