import { balancer, type Case, here, targetGroup } from '../case.ts';

export const loadBalancersCases: Case[] = [
  [
    'no-load-balancer',
    'a target group that nothing forwards to',
    (world) => {
      targetGroup(world).loadBalancers = [];
      for (const target of targetGroup(world).targets ?? []) target.state = 'unused';
    },
    'no listener of a load balancer forwards to it',
    'create-listener',
  ],
  [
    'load-balancer-state',
    'a load balancer that failed',
    (world) => {
      balancer(world).state = 'failed';
    },
    'State failed',
    'describe-load-balancers',
  ],
  [
    'load-balancer-zone',
    'a load balancer that is not in a zone',
    (world) => {
      balancer(world).zones.pop();
    },
    'is not enabled in us-west-2c',
    'set-subnets',
  ],
  [
    'load-balancer-internal',
    'a load balancer that cannot be asked from outside',
    (world) => {
      balancer(world).internal = true;
    },
    'Scheme internal',
    'https://west.test',
  ],
  [
    'endpoint-elsewhere',
    'an endpoint that is another load balancer',
    (world) => {
      here(world).endpoint = 'http://other-1.us-west-2.elb.amazonaws.com';
    },
    'is a load balancer in front of none of the groups',
    'evac.config.ts',
  ],
  [
    'zonal-shift-off',
    'a load balancer that ARC may not shift',
    (world) => {
      balancer(world).shiftable = false;
    },
    'zonal_shift.config.enabled false',
    'Key=zonal_shift.config.enabled,Value=true',
  ],
  [
    'shift-in-force',
    'a shift that is in force',
    (world) => {
      balancer(world).shifts = ['usw2-azb'];
    },
    'shifted away from usw2-azb',
    'list-zonal-shifts',
  ],
];
