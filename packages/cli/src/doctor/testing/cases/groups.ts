import { zoneId, zoneName } from '@evac/core';
import { alarm, balancer, type Case, group, here, service, west } from '../case.ts';
import { first } from '../picture.ts';

export const groupsCases: Case[] = [
  [
    'zone-id',
    'a zone that is another building in this account',
    (world) => Object.assign(west(world).zones ?? {}, { 'us-west-2a': 'usw2-az9' }),
    'id "usw2-aza" in the config',
    "{ name: 'us-west-2a', id: 'usw2-az9' }",
  ],
  [
    'zone-unknown',
    'a zone that the account does not have',
    (world) => {
      west(world).zones = { 'us-west-2b': 'usw2-azb', 'us-west-2c': 'usw2-azc' };
    },
    'the config has us-west-2a (usw2-aza), this account does not',
    'evac.config.ts',
  ],
  [
    'group-missing',
    'a group that does not exist',
    (world) => {
      here(world).groups.push('lmm');
    },
    'there is none in us-west-2',
    'aws autoscaling describe-auto-scaling-groups',
  ],
  [
    'group-going',
    'a group that is being deleted',
    (world) => {
      group(world).beingDeleted = true;
    },
    'Delete in progress',
    'evac.config.ts',
  ],
  [
    'group-zones',
    'a group that launches into a zone which is not in the config',
    (world) => {
      group(world).zones.push('us-west-2d');
    },
    'launches into us-west-2d',
    'add us-west-2d to the zones of us-west-2',
  ],
  [
    'zone-without-subnet',
    'a zone without a subnet of any group',
    (world) => {
      here(world).zones.push({ name: zoneName('us-west-2d'), id: zoneId('usw2-azd') });
      Object.assign(west(world).zones ?? {}, { 'us-west-2d': 'usw2-azd' });
      balancer(world).zones.push('us-west-2d');
      const perZone = ['', '-impaired', '-success', '-nodes', '-slow'];
      for (const what of perZone)
        west(world).alarms?.push({
          ...alarm(world, 'gpu-errors'),
          name: `evac-production-llm-us-west-2d${what}`,
        });
    },
    'no group of llm has a subnet there',
    '--vpc-zone-identifier',
  ],
  [
    'launch-suspended',
    'a group that launches nothing',
    (world) => {
      group(world).suspended = ['Launch'];
    },
    'suspended: Launch',
    'resume-processes --auto-scaling-group-name llm --scaling-processes Launch --region us-west-2',
  ],
  [
    'process-suspended',
    'a group whose AZRebalance somebody suspended',
    (world) => {
      group(world).suspended = ['AZRebalance'];
    },
    'suspended: AZRebalance',
    '--scaling-processes AZRebalance',
  ],
  [
    'health-check-grace',
    'a group that ends nodes before they have loaded',
    (world) => {
      service(world).policy['replace-node'] = 'observe';
      for (const region of world.picture.regions)
        Object.assign(first(region.groups), { healthChecks: ['ELB'], graceMs: 1_200_000 });
      group(world).graceMs = 300_000;
    },
    'HealthCheckType ELB, HealthCheckGracePeriod 5m',
    '--health-check-grace-period 1200',
  ],
  [
    'health-check-type',
    'a group that replaces the nodes that Evac replaces',
    (world) => {
      Object.assign(group(world), { healthChecks: ['EC2', 'ELB'], graceMs: 1_200_000 });
    },
    'HealthCheckType EC2,ELB, and policy replace-node is automatic',
    '--health-check-type EC2 ',
  ],
  [
    'health-check-type',
    'a group whose dead servers nobody replaces',
    (world) => {
      service(world).policy['replace-node'] = 'observe';
      const east = first(world.picture.regions.slice(1));
      Object.assign(first(east.groups), { healthChecks: ['ELB'], graceMs: 1_200_000 });
    },
    'HealthCheckType EC2, and policy replace-node is observe',
    '--health-check-type ELB --health-check-grace-period 1200',
  ],
  [
    'group-zonal-shift',
    'a group that takes part in zonal shifts',
    (world) => {
      group(world).zonalShift = 'ignores';
    },
    'IgnoreUnhealthy',
    'ZonalShiftEnabled=false',
  ],
];
