import { type Case, group, service, west } from '../case.ts';
import { first } from '../picture.ts';

export const quotasCases: Case[] = [
  [
    'vcpu-quota',
    'a quota that the loss of the other region exceeds',
    (world) => {
      first(west(world).quotas).value = 47;
    },
    '47 vCPUs, of which 24 are in use',
    '--service-code ec2 --quota-code L-DB2E81BA --desired-value 48',
  ],
  [
    'vcpu-quota',
    'a quota that the loss of a zone exceeds',
    (world) => {
      first(west(world).quotas).value = 31;
      service(world).dns = null;
      world.picture.names = [];
    },
    '31 vCPUs, of which 24 are in use',
    '--desired-value 32',
  ],
  [
    'vcpu-quota',
    'a quota that others have used up',
    (world) => {
      west(world).running?.push({ type: 'g6.48xlarge', spot: false, count: 1 });
      Object.assign(west(world).vcpus ?? {}, { 'g6.48xlarge': 192 });
    },
    '100 vCPUs, of which 216 are in use',
    '--desired-value 240',
  ],
  [
    'vcpu-quota',
    'a quota of spot instances',
    (world) => {
      group(world).spot = true;
      first(west(world).running).spot = true;
      first(west(world).quotas?.slice(1)).value = 20;
    },
    '20 vCPUs, of which 24 are in use',
    '--quota-code L-3819A6DF',
  ],
  [
    'vcpu-unknown',
    'a type that no quota counts',
    (world) => {
      group(world).types = ['zz1.large'];
    },
    'no quota of vCPUs counts zz1.large',
    'Service Quotas console',
  ],
  [
    'function-runs',
    'a new account, in which hardly any function may run',
    (world) => {
      west(world).runsAtOnce = 10;
    },
    '10 that nobody has reserved',
    '--service-code lambda --quota-code L-B99A9384',
  ],
  [
    'target-limit',
    'more nodes than a target group takes',
    (world) => {
      Object.assign(west(world).limits ?? {}, { 'targets-per-target-group': 11 });
    },
    'targets-per-target-group 11',
    'Service Quotas console',
  ],
  [
    'target-limit',
    'more nodes than a load balancer takes',
    (world) => {
      Object.assign(west(world).limits ?? {}, { 'targets-per-application-load-balancer': 11 });
    },
    'targets-per-application-load-balancer 11',
    'Service Quotas console',
  ],
];
