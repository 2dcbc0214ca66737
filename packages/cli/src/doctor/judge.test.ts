import type { Part, RegionPicture } from '@evac/aws/doctor';
import { regionName, zoneId, zoneName } from '@evac/core';
import { describe, expect, it } from 'vitest';
import { type CheckId, checks, type Finding } from './finding.ts';
import { judge } from './judge.ts';
import { first, goodWorld, type World } from './testing/picture.ts';

const west = (world: World): RegionPicture => first(world.picture.regions);
const group = (world: World) => first(west(world).groups);
const targetGroup = (world: World) => first(west(world).targetGroups);
const balancer = (world: World) => first(west(world).loadBalancers);
const name = (world: World) => first(world.picture.names);
const record = (world: World) => first(name(world).records);
const check = (world: World) => first(name(world).checks);
const service = (world: World) => first(world.services);
const here = (world: World) => first(service(world).regions);
const alarm = (world: World, named: string) => first(west(world).alarms?.filter((a) => a.name === named));
const part = (world: World, kind: Part['kind'], named = '') =>
  first(west(world).cell.parts.filter((p) => p.kind === kind && p.name.endsWith(named)));

function judged(world: World): Finding[] {
  return judge(world.picture, world, world.now);
}

function after(change: (world: World) => void): Finding[] {
  const world = goodWorld();
  change(world);
  return judged(world);
}

describe('an account in which all is as it should be', () => {
  it('has no finding', () => {
    expect(judged(goodWorld())).toEqual([]);
  });

  it('has none before deploying, but that it is not deployed', () => {
    const found = after(({ picture }) => {
      for (const region of picture.regions) {
        region.cell.parts = region.cell.parts.map((p) => ({ ...p, state: 'absent' }));
        region.cell.observations = [];
        region.alarms = (region.alarms ?? []).filter((a) => a.name === 'gpu-errors');
      }
    });
    expect(found.map((f) => [f.check, f.region])).toEqual([
      ['not-deployed', 'us-west-2'],
      ['not-deployed', 'us-east-1'],
    ]);
  });
});

/** What is broken, the one finding that follows, what it has seen, and what its fix says. */
const broken: [CheckId, string, (world: World) => void, seen: string | RegExp, fix: string | RegExp][] = [
  [
    'clock-off',
    'a clock that is two minutes ahead',
    ({ picture }) => {
      if (picture.clock) picture.clock.here += 120_000;
    },
    '2m ahead of AWS’s',
    'timedatectl',
  ],
  [
    'clock-off',
    'a clock that is behind',
    ({ picture }) => {
      if (picture.clock) picture.clock.here -= 31_000;
    },
    'behind AWS’s',
    'timedatectl',
  ],
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
  [
    'hosted-zone',
    'a name in no hosted zone',
    (world) => {
      Object.assign(name(world), {
        zoneProblem: 'no public hosted zone holds llm.test',
        records: null,
        checks: [],
      });
    },
    'no public hosted zone holds llm.test',
    'dns.zone',
  ],
  [
    'record-missing',
    'a region without a record',
    (world) => {
      name(world).records?.shift();
    },
    'no weighted record',
    'change-resource-record-sets',
  ],
  [
    'record-not-yet',
    'a record that deploying will write',
    (world) => {
      const { dns, name: of } = service(world);
      world.installation.names = [{ service: of, name: dns?.name ?? '', zone: 'Z1', manage: true }];
      name(world).records?.shift();
      for (const region of world.picture.regions) region.cell = { parts: [], observations: [], pauses: [] };
    },
    'no weighted record',
    /^deploy$/,
  ],
  [
    'record-ttl',
    'a record that clients keep for long',
    (world) => {
      record(world).ttlMs = 300_000;
    },
    'TTL 5m',
    'TTL 30',
  ],
  [
    'record-ttl',
    'an alias, whose TTL cannot be set',
    (world) => {
      record(world).ttlMs = null;
    },
    'an alias, whose TTL is 60s',
    'a CNAME with TTL 30',
  ],
  [
    'record-weight',
    'a region that has not its normal weight',
    (world) => {
      record(world).weight = 10;
    },
    'weight 10',
    'weight 100',
  ],
  [
    'weights-zero',
    'weights that are all 0',
    (world) => {
      for (const one of name(world).records ?? []) one.weight = 0;
    },
    'all weights are 0',
    'evac.config.ts',
  ],
  [
    'record-foreign',
    'a record that leads elsewhere',
    (world) => {
      name(world).records?.push({ ...record(world), region: null, identifier: 'old', check: null });
    },
    'weight 100, and leads to no region',
    'delete the record',
  ],
  [
    'record-unchecked',
    'a record without a check',
    (world) => {
      record(world).check = null;
    },
    'no health check',
    'healthChecks',
  ],
  [
    'check-missing',
    'a check that is gone',
    (world) => {
      check(world).absent = true;
    },
    'it does not exist',
    'attach',
  ],
  [
    'check-disabled',
    'a check that is off',
    (world) => {
      check(world).disabled = true;
    },
    'Disabled true',
    '--no-disabled',
  ],
  [
    'check-not-inverted',
    'a check that is not turned around',
    (world) => {
      Object.assign(check(world), { inverted: false, success: 1 });
    },
    'Inverted false',
    '--inverted',
  ],
  [
    'check-elsewhere',
    'a check of another region’s switch',
    (world) => {
      check(world).path = '/llm/us-east-1';
    },
    'ResourcePath "/llm/us-east-1"',
    'healthChecks',
  ],
  [
    'check-slow',
    'a check every half minute',
    (world) => {
      check(world).intervalMs = 30_000;
    },
    'RequestInterval 30, FailureThreshold 2',
    'healthChecks',
  ],
  [
    'check-threshold',
    'a calculated check that one child satisfies',
    (world) => {
      const one = { ...check(world), id: 'a' };
      const two = { ...check(world), id: 'b' };
      Object.assign(check(world), {
        type: 'CALCULATED',
        children: ['a', 'b'],
        threshold: 1,
        inverted: false,
        path: '',
      });
      name(world).checks.push(one, two);
    },
    'HealthThreshold 1 of 2 children',
    '--health-threshold 2',
  ],
  [
    'region-out',
    'a switch that says the region is out',
    (world) => {
      check(world).success = 0.9;
    },
    'unhealthy: Route 53 sends no new clients there',
    'fail-back of us-west-2',
  ],
  [
    'alarm-missing',
    'an alarm of the config that is not there',
    (world) => {
      west(world).alarms = west(world).alarms?.filter((a) => a.name !== 'gpu-errors') ?? null;
    },
    'there is none of this name',
    'evac.config.ts',
  ],
  [
    'alarm-missing',
    'an alarm of Evac that is not there',
    (world) => {
      west(world).alarms = west(world).alarms?.filter((a) => !a.name.endsWith('decide-silent')) ?? null;
    },
    'there is none of this name',
    'deploy again',
  ],
  [
    'alarm-actions-off',
    'an alarm that tells nobody',
    (world) => {
      alarm(world, 'evac-production-decide-silent').actionsEnabled = false;
    },
    'ActionsEnabled false',
    'enable-alarm-actions --alarm-names evac-production-decide-silent',
  ],
  [
    'alarm-muted',
    'an alarm that is muted',
    (world) => {
      west(world).mutes = [{ name: 'night', alarms: ['gpu-errors'], until: Date.UTC(2027, 0, 1) }];
    },
    'muted by the rule night until 2027-01-01T00:00:00.000Z',
    'delete-alarm-mute-rule --alarm-mute-rule-name night',
  ],
  [
    'alarm-suppressed',
    'an alarm that is suppressed',
    (world) => {
      alarm(world, 'gpu-errors').suppressedBy = 'Alarm';
    },
    'its actions are suppressed by Alarm',
    'suppressor',
  ],
  [
    'alarm-on',
    'an alarm of Evac that is on',
    (world) => {
      alarm(world, 'evac-production-judgements').state = 'ALARM';
    },
    'State ALARM',
    'describe-alarms --alarm-names evac-production-judgements',
  ],
  [
    'topic-unheard',
    'a topic that nobody hears',
    (world) => {
      part(world, 'topic', 'critical').state = '0';
    },
    'nobody has subscribed',
    'aws sns subscribe',
  ],
  [
    'part-missing',
    'a function that is not there',
    (world) => {
      part(world, 'function', 'discover').state = 'absent';
    },
    'it does not exist',
    'npx sst deploy --stage production',
  ],
  [
    'part-missing',
    'a region that has no cell, while another has',
    (world) => {
      const { parts } = west(world).cell;
      west(world).cell = {
        parts: parts.map((p) => ({ ...p, state: 'absent' })),
        observations: [],
        pauses: [],
      };
      west(world).alarms = west(world).alarms?.filter((a) => a.name === 'gpu-errors') ?? null;
    },
    'nothing of it is here',
    'npx sst deploy',
  ],
  [
    'part-off',
    'a schedule that is off',
    (world) => {
      part(world, 'schedule', 'decide').state = 'DISABLED';
    },
    'state DISABLED',
    'enable evac-production-decide',
  ],
  [
    'part-off',
    'a function that may not run',
    (world) => {
      west(world).cell.parts.push({ kind: 'concurrency', name: 'evac-production-decide', state: '0' });
    },
    'state 0',
    'delete-function-concurrency --function-name evac-production-decide',
  ],
  [
    'part-off',
    'a stream that wakes nobody',
    (world) => {
      part(world, 'mapping').state = 'Disabled';
    },
    'state Disabled',
    'update-event-source-mapping',
  ],
  [
    'table-unprotected',
    'a table without point-in-time recovery',
    (world) => {
      part(world, 'backups').state = 'DISABLED';
    },
    'DISABLED',
    'update-continuous-backups --table-name evac-production-store',
  ],
  [
    'table-unprotected',
    'a production table that may be deleted',
    (world) => {
      part(world, 'protection').state = 'DISABLED';
    },
    'DISABLED',
    '--deletion-protection-enabled',
  ],
  [
    'observation-missing',
    'a vantage that was never heard',
    (world) => {
      first(west(world).cell.observations).vantages.pop();
    },
    'it has never said anything',
    'aws logs tail',
  ],
  [
    'observation-old',
    'a vantage that fell silent',
    (world) => {
      first(first(west(world).cell.observations).vantages).at -= 90_000;
    },
    'its last observation is 1m33s old',
    'its schedule',
  ],
  [
    'paused',
    'a pause',
    (world) => {
      west(world).cell.pauses = [{ id: 'p1', reason: 'a big launch', by: 'me', until: null }] as never;
    },
    'a big launch',
    'docs/operations.md',
  ],
  [
    'permission-missing',
    'a permission that is missing',
    (world) => {
      west(world).alarms = null;
      world.picture.gaps = [
        {
          region: regionName('us-west-2'),
          action: 'cloudwatch:DescribeAlarms',
          why: 'denied',
          text: 'AccessDenied: no',
        },
      ];
    },
    'AccessDenied: no',
    'evac doctor --policy --stage production',
  ],
  [
    'not-told',
    'a call that was not answered',
    (world) => {
      west(world).limits = null;
      world.picture.gaps = [
        {
          region: regionName('us-west-2'),
          action: 'elasticloadbalancing:DescribeAccountLimits',
          why: 'unanswered',
          text: 'no answer',
        },
      ];
    },
    'no answer',
    'try again',
  ],
  [
    'region-silent',
    'a region that does not answer',
    (world) => {
      Object.assign(west(world), { answers: false, groups: null, alarms: null });
      world.picture.gaps = [
        {
          region: regionName('us-west-2'),
          action: 'sts:GetCallerIdentity',
          why: 'unanswered',
          text: 'timed out',
        },
        {
          region: regionName('us-west-2'),
          action: 'autoscaling:DescribeAutoScalingGroups',
          why: 'unanswered',
          text: 'timed out',
        },
      ];
    },
    'timed out',
    'https://health.aws.amazon.com',
  ],
];

describe('a finding', () => {
  it.each(broken)('%s: %s', (check, _, change, seen, fix) => {
    const found = after(change);
    expect(found.map((f) => f.check)).toEqual([check]);
    const [{ severity, ...finding } = first(found)] = found;
    expect(severity).toBe(checks[check]);
    expect(finding.seen).toMatch(seen);
    expect(finding.fix).toMatch(fix);
    expect(finding.right).not.toBe('');
  });

  it('is made by every check that there is', () => {
    // The one about deploying is above: it comes once a region.
    const made = new Set<string>([...broken.map(([check]) => check), 'not-deployed']);
    expect(Object.keys(checks).filter((check) => !made.has(check))).toEqual([]);
  });
});

describe('what could not be read', () => {
  it('is no finding of what it would have told', () => {
    const found = after(({ picture }) => {
      for (const region of picture.regions)
        Object.assign(region, {
          zones: null,
          groups: null,
          targetGroups: null,
          loadBalancers: null,
          subnets: null,
          vcpus: null,
          running: null,
          quotas: null,
          limits: null,
          alarms: null,
          mutes: null,
          cell: { parts: [], observations: null, pauses: null },
        });
      for (const one of picture.names) Object.assign(one, { records: null, checks: [] });
    });
    expect(found).toEqual([]);
  });
});

describe('moves and stages that need less', () => {
  it('records control needs no health checks', () => {
    const found = after((world) => {
      const { dns } = service(world);
      if (dns) service(world).dns = { ...dns, control: 'records' };
      for (const one of name(world).records ?? []) one.check = null;
    });
    expect(found).toEqual([]);
  });

  it('a stage that is not production needs no deletion protection', () => {
    const world = goodWorld();
    world.picture.stage = 'test';
    for (const region of world.picture.regions) {
      region.cell.parts = region.cell.parts.map((p) => ({
        ...p,
        name: p.name.replace('production', 'test'),
        state: p.kind === 'protection' ? 'DISABLED' : p.state,
      }));
      region.alarms = (region.alarms ?? []).map((a) => ({
        ...a,
        name: a.name.replace('production', 'test'),
      }));
    }
    expect(judged(world)).toEqual([]);
  });

  it('a zone that is suppressed by its region is as it should be', () => {
    const found = after((world) => {
      alarm(world, 'evac-production-llm-us-west-2a').suppressedBy = 'Alarm';
    });
    expect(found).toEqual([]);
  });
});
