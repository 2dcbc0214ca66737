import { type Case, group, here, record, service, targetGroup, west } from '../case.ts';
import { first } from '../picture.ts';

export const capacityCases: Case[] = [
  [
    'zone-survivors',
    'nodes that are nearly all in one zone',
    (world) => {
      for (const node of group(world).instances.slice(0, 5)) node.zone = 'us-west-2a';
    },
    '1 of 6 nodes are elsewhere',
    'spread the nodes',
  ],
  [
    'zone-headroom',
    'a group that cannot take a zone’s nodes',
    (world) => {
      group(world).max = 7;
      here(world).weight = 100;
      service(world).dns = null;
      world.picture.names = [];
    },
    'MaxSize 7, desired 6',
    '--max-size 8 ',
  ],
  [
    'region-headroom',
    'a group that cannot take another region’s share',
    (world) => {
      group(world).max = 11;
    },
    'MaxSize 11, desired 6',
    '--max-size 12 ',
  ],
  [
    'region-headroom',
    'a standby that is smaller than what it stands by for',
    (world) => {
      here(world).weight = 0;
      record(world).weight = 0;
      group(world).max = 8;
      for (const region of world.picture.regions.slice(1)) {
        first(region.groups).desired = 9;
        for (const zone of ['a', 'b', 'c']) {
          const id = `i-more-${zone}`;
          first(region.groups).instances.push({ id, zone: `us-east-1${zone}`, inService: true });
          first(region.targetGroups).targets?.push({ id, state: 'healthy' });
        }
      }
    },
    'MaxSize 8 in all',
    '--max-size N',
  ],
  [
    'standby-empty',
    'a standby without a node',
    (world) => {
      here(world).weight = 0;
      record(world).weight = 0;
      Object.assign(group(world), { desired: 0, instances: [] });
      targetGroup(world).targets = [];
    },
    'desired capacity 0 of llm',
    '--desired-capacity N',
  ],
  [
    'subnet-addresses',
    'subnets that are full',
    (world) => {
      for (const subnet of west(world).subnets ?? []) subnet.free = 0;
    },
    '0 free addresses in all',
    'create-subnet',
  ],
];
