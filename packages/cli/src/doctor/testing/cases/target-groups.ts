import { type Case, group, targetGroup, west } from '../case.ts';
import { first } from '../picture.ts';

export const targetGroupsCases: Case[] = [
  [
    'no-target-group',
    'a group that is behind no load balancer',
    (world) => {
      group(world).targetGroups = [];
      west(world).targetGroups = [];
      west(world).loadBalancers = [];
    },
    'registers its instances in no target group',
    'attach-traffic-sources --auto-scaling-group-name llm',
  ],
  [
    'target-group-missing',
    'a group that registers in a target group which is gone',
    (world) => {
      group(world).targetGroups.push('arn:gone');
    },
    'registers in arn:gone, which does not exist',
    'detach-traffic-sources',
  ],
  [
    'target-port',
    'a target group on another port',
    (world) => {
      targetGroup(world).port = 80;
    },
    'Port 80, and the config’s port is 8000',
    'port: 80',
  ],
  [
    'deregistration-delay',
    'connections that are kept for longer than recovery',
    (world) => {
      targetGroup(world).deregistrationMs = 300_000;
    },
    'deregistration_delay.timeout_seconds 300',
    'Value=120 ',
  ],
  [
    'deregistration-delay',
    'streams that are cut off',
    (world) => {
      targetGroup(world).deregistrationMs = 5_000;
    },
    'deregistration_delay.timeout_seconds 5',
    'Value=20 ',
  ],
  [
    'node-unregistered',
    'a node that gets no traffic',
    (world) => {
      targetGroup(world).targets?.shift();
    },
    'i-us-west-2a-1 in service and not registered',
    'register-targets',
  ],
  [
    'node-unregistered',
    'a node that drains',
    (world) => {
      first(targetGroup(world).targets).state = 'draining';
    },
    'i-us-west-2a-1 in service',
    'register-targets',
  ],
  [
    'target-foreign',
    'a target of no group',
    (world) => {
      targetGroup(world).targets?.push({ id: 'i-stranger', state: 'healthy' });
    },
    'i-stranger registered, and of no group of the config',
    'deregister-targets',
  ],
  [
    'target-unhealthy',
    'a target that fails its check',
    (world) => {
      first(targetGroup(world).targets).state = 'unhealthy';
    },
    'i-us-west-2a-1 unhealthy',
    'describe-target-health',
  ],
];
