import { beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { now, settings } from '../../../core/src/testing/snapshot.ts';
import { type Clients, createClients } from '../clients.ts';
import {
  type Account,
  date,
  denied,
  good,
  groupsAnswer,
  refusedAs,
  region,
  stage,
  startAccount,
} from '../testing/account.ts';
import { answer, ec2Answer, json, loadBalancer, patient, targetGroup, unanswered } from '../testing/aws.ts';
import { createTestClock } from '../testing/clock.ts';
import { type Action, actions, partitionOf, policyOf } from './actions.ts';
import { readPicture } from './read.ts';

let account: Account;
let shared: Clients;
beforeAll(async () => {
  account = await startAccount();
  shared = clientsOf();
  return async () => {
    shared.destroy();
    await account.close();
  };
});
beforeEach(() => account.reset());

function clientsOf(attempts = 2, patience = patient): Clients {
  return createClients({
    region,
    endpoint: account.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...patience,
    attempts,
  });
}

const west = settings().regions.filter((r) => r.region === region);
const service = settings({ regions: west });
const installation = {
  networks: [],
  names: [],
  alarms: [{ service: service.name, region, name: 'gpu-errors' }],
  restartCommand: null,
  eventBus: 'incidents',
  tags: {},
};

async function read(clients = shared) {
  const clock = { ...createTestClock(), now: () => now - 400 };
  const told: string[] = [];
  const picture = await readPicture({
    stage,
    services: [service],
    installation,
    clients: [clients],
    clock,
    progress: (_, what) => void told.push(what),
  });
  const [here] = picture.regions;
  if (!here) throw new Error('no region was read');
  return { picture, here, told };
}

describe('an account', () => {
  it('is read as it is', async () => {
    const { picture, here, told } = await read();
    expect(picture.gaps).toEqual([]);
    // The middle of the second that the Date header names.
    expect(picture.clock).toEqual({ region, here: now - 400, there: date.getTime() + 500 });
    expect(here).toMatchObject({
      region,
      answers: true,
      zones: { 'us-west-2a': 'usw2-aza', 'us-west-2b': 'usw2-azb', 'us-west-2c': 'usw2-azc' },
      groups: [
        {
          name: 'llm',
          beingDeleted: false,
          min: 1,
          max: 4,
          desired: 2,
          zones: ['us-west-2a', 'us-west-2b'],
          subnets: ['subnet-a', 'subnet-b'],
          healthChecks: ['EC2', 'ELB'],
          graceMs: 300_000,
          suspended: ['AZRebalance'],
          targetGroups: [targetGroup],
          zonalShift: 'ignores',
          instances: [
            { id: 'i-a1', zone: 'us-west-2a', inService: true },
            { id: 'i-b1', zone: 'us-west-2b', inService: false },
          ],
          types: ['g5.xlarge', 'g6.xlarge'],
          spot: false,
        },
      ],
      targetGroups: [
        {
          arn: targetGroup,
          name: 'llm',
          port: 8_000,
          loadBalancers: [loadBalancer],
          deregistrationMs: 60_000,
          targets: [{ id: 'i-a1', state: 'healthy' }],
        },
      ],
      loadBalancers: [
        {
          arn: loadBalancer,
          name: 'front',
          type: 'application',
          internal: false,
          state: 'active',
          zones: ['us-west-2a', 'us-west-2b'],
          shiftable: true,
          shifts: ['usw2-azb'],
        },
      ],
      subnets: [
        { id: 'subnet-a', zone: 'us-west-2a', free: 251 },
        { id: 'subnet-b', zone: 'us-west-2b', free: 251 },
      ],
      running: [
        { type: 'g5.xlarge', spot: false, count: 2 },
        { type: 'p4d.24xlarge', spot: true, count: 1 },
      ],
      vcpus: { 'g5.xlarge': 4, 'g6.xlarge': 4, 'p4d.24xlarge': 96 },
      quotas: [{ name: 'Running On-Demand G and VT instances', code: 'L-DB2E81BA', value: 64 }],
      limits: { 'targets-per-target-group': 1_000 },
      alarms: [
        { name: 'evac-test-decide-silent', state: 'OK', actionsEnabled: true, suppressedBy: null },
        { name: 'evac-test-llm-us-west-2a', state: 'OK', actionsEnabled: true, suppressedBy: 'Alarm' },
        { name: 'gpu-errors', state: 'OK', actionsEnabled: false, suppressedBy: null },
      ],
      mutes: [{ name: 'night', alarms: ['gpu-errors'], until: 1_800_000_000_000 }],
      eventBus: 'there',
      runsAtOnce: 900,
    });
    expect(picture.names).toEqual([
      {
        service: 'llm',
        name: 'llm.test',
        zoneProblem: null,
        records: [
          { region, identifier: region, type: 'CNAME', weight: 100, ttlMs: 30_000, check: 'check-1' },
        ],
        checks: [
          {
            id: 'check-1',
            absent: false,
            type: 'HTTPS',
            inverted: true,
            disabled: false,
            path: '/llm/us-west-2',
            intervalMs: 10_000,
            failures: 2,
            children: [],
            threshold: 0,
            success: 0.25,
          },
        ],
      },
    ]);
    expect(told).toContain('load balancers');
  });

  it('has a cell, with what it saw last', async () => {
    const { cell } = (await read()).here;
    const kinds = Object.fromEntries(
      [...Map.groupBy(cell.parts, (p) => p.kind)].map(([kind, some]) => [
        kind,
        [some.length, [...new Set(some.map((p) => p.state))].join()],
      ]),
    );
    expect(kinds).toEqual({
      table: [1, 'ACTIVE'],
      stream: [1, 'ENABLED'],
      protection: [1, 'DISABLED'],
      ttl: [1, 'ENABLED'],
      backups: [1, 'ENABLED'],
      function: [10, 'Active'],
      concurrency: [1, '0'],
      mapping: [2, 'Enabled'],
      machine: [4, 'ACTIVE'],
      schedule: [4, 'ENABLED'],
      rule: [1, 'ENABLED'],
      topic: [3, '2'],
    });
    expect(cell.observations).toEqual([
      {
        service: 'llm',
        vantages: expect.arrayContaining([{ vantage: 'out/us-west-2', at: expect.any(Number) }]),
      },
    ]);
    expect(cell.observations?.[0]?.vantages).toHaveLength(2);
    expect(cell.pauses).toMatchObject([{ id: 'p1' }]);
  });

  it('is asked for exactly what the policy allows', async () => {
    await read();
    expect(account.asked()).toEqual(Object.keys(actions).toSorted());
    const allowed = policyOf('test', 'aws').Statement.flatMap((s) => s.Action);
    expect(allowed.toSorted()).toEqual(account.asked());
  });
});

describe('every page is read', () => {
  it('of groups', async () => {
    account.trouble = (action, nth) =>
      action !== 'autoscaling:DescribeAutoScalingGroups' || nth > 1
        ? null
        : groupsAnswer({ AutoScalingGroupName: 'llm-2' }, 'more');
    expect((await read()).here.groups?.map((g) => g.name)).toEqual(['llm-2', 'llm']);
  });

  it('of instances', async () => {
    const one = { reservationSet: [{ instancesSet: [{ instanceType: 'g5.xlarge' }] }], nextToken: 'more' };
    account.trouble = (action, nth) =>
      action === 'ec2:DescribeInstances' && nth === 1 ? ec2Answer('DescribeInstances', one) : null;
    expect((await read()).here.running).toContainEqual({ type: 'g5.xlarge', spot: false, count: 3 });
  });

  it('of quotas', async () => {
    const Quotas = [{ QuotaName: 'Running On-Demand P instances', QuotaCode: 'L-417A185B', Value: 8 }];
    account.trouble = (action, nth) =>
      action === 'servicequotas:ListServiceQuotas' && nth === 1 ? json({ Quotas, NextToken: 'more' }) : null;
    expect((await read()).here.quotas?.map((q) => q.code)).toEqual(['L-417A185B', 'L-DB2E81BA']);
  });

  it('of limits', async () => {
    const Limits = [{ Name: 'targets-per-network-load-balancer', Max: '3000' }];
    account.trouble = (action, nth) =>
      action === 'elasticloadbalancing:DescribeAccountLimits' && nth === 1
        ? answer('DescribeAccountLimits', { Limits, NextMarker: 'more' })
        : null;
    expect(Object.keys((await read()).here.limits ?? {})).toHaveLength(2);
  });

  it('of alarms', async () => {
    const MetricAlarms = [{ AlarmName: 'evac-test-judgements', StateValue: 'ALARM', ActionsEnabled: true }];
    account.trouble = (action, nth) =>
      action === 'cloudwatch:DescribeAlarms' && nth === 1 ? json({ MetricAlarms, NextToken: 'more' }) : null;
    expect((await read()).here.alarms?.map((a) => a.name)).toEqual([
      'evac-test-judgements',
      'evac-test-decide-silent',
      'evac-test-llm-us-west-2a',
      'gpu-errors',
    ]);
  });

  it('of mute rules', async () => {
    const arn = 'arn:aws:cloudwatch:us-west-2:1:alarm-mute-rule:day';
    account.trouble = (action, nth) =>
      action === 'cloudwatch:ListAlarmMuteRules' && nth === 1
        ? json({ AlarmMuteRuleSummaries: [{ AlarmMuteRuleArn: arn }], NextToken: 'more' })
        : null;
    expect((await read()).here.mutes?.map((m) => m.name)).toEqual(['day', 'night']);
  });

  it('of schedules', async () => {
    const page = (name: string, State: string, NextToken?: string) =>
      json({ Schedules: [{ Name: `evac-test-${name}`, State }], NextToken });
    account.trouble = (action, nth) => {
      if (action !== 'scheduler:ListSchedules') return null;
      return nth === 1 ? page('probe-outside-1', 'DISABLED', 'more') : page('decide', 'ENABLED');
    };
    const { parts } = (await read()).here.cell;
    const states = parts.flatMap((p) => (p.kind === 'schedule' ? [[p.name, p.state]] : []));
    expect(Object.fromEntries(states)).toEqual({
      'evac-test-probe-outside-1': 'DISABLED',
      'evac-test-probe-outside-2': 'absent',
      'evac-test-decide': 'ENABLED',
      'evac-test-discover': 'absent',
    });
  });

  it('of event source mappings', async () => {
    account.trouble = (action, nth) =>
      action === 'lambda:ListEventSourceMappings' && nth === 1
        ? json({ EventSourceMappings: [{ State: 'Disabled' }], NextMarker: 'more' })
        : null;
    const { parts } = (await read()).here.cell;
    expect(parts.filter((p) => p.kind === 'mapping').map((p) => p.state)).toEqual(
      expect.arrayContaining(['Disabled', 'Enabled', 'Enabled']),
    );
  });
});

describe('a permission that is missing', () => {
  // What hangs on an answer is not asked for without it: those together hang on none of the others.
  const together: Action[][] = [
    ['autoscaling:DescribeAutoScalingGroups'],
    ['elasticloadbalancing:DescribeTargetGroups', 'route53:ListHostedZonesByName'],
    ['elasticloadbalancing:DescribeLoadBalancers', 'route53:ListResourceRecordSets'],
    [
      'cloudwatch:ListAlarmMuteRules',
      'dynamodb:DescribeTable',
      'elasticloadbalancing:DescribeLoadBalancerAttributes',
      'lambda:GetFunctionConfiguration',
      'route53:GetHealthCheck',
    ],
  ];
  const rest = Object.keys(actions)
    // GetCallerIdentity needs no permission.
    .filter((action) => action !== 'sts:GetCallerIdentity' && !together.flat().some((a) => a === action));

  it.each([...together, rest])('is told by its name, and all else is read: %s …', async (...missing) => {
    account.trouble = (action, _, call) => (missing.includes(action) ? denied(call) : null);
    const { picture } = await read();
    expect(picture.gaps.map((gap) => gap.action).toSorted()).toEqual(missing.toSorted());
    expect(new Set(picture.gaps.map((gap) => gap.why))).toEqual(new Set(['denied']));
  });

  it('of all of them is a list of all of them', async () => {
    account.trouble = (_, __, call) => denied(call);
    const { picture, here } = await read();
    expect(here.answers).toBe(true);
    expect(picture.gaps.every((gap) => gap.why === 'denied')).toBe(true);
    expect(picture.gaps.length).toBeGreaterThan(10);
  });
});

describe('an API that is slow to answer', () => {
  it('is asked again when it throttles', async () => {
    // One of each protocol. With clients of their own: once throttled, they take their time.
    const throttling = [
      'autoscaling:DescribeAutoScalingGroups',
      'servicequotas:ListServiceQuotas',
      'cloudwatch:DescribeAlarms',
      'arc-zonal-shift:GetManagedResource',
    ];
    const throttled = new Set<string>();
    account.trouble = (action, nth, call) => {
      if (nth > 1 || !throttling.includes(action)) return null;
      throttled.add(action);
      return refusedAs(call, 'Throttling', 'Rate exceeded', 400);
    };
    const own = clientsOf(4);
    const { picture } = await read(own);
    own.destroy();
    expect(picture.gaps).toEqual([]);
    expect([...throttled].toSorted()).toEqual(throttling.toSorted());
  }, 60_000);

  it('that goes on throttling is told', async () => {
    account.trouble = (action, _, call) =>
      action === 'events:DescribeRule' ? refusedAs(call, 'Throttling', 'Rate exceeded', 400) : null;
    const own = clientsOf();
    const { picture } = await read(own);
    own.destroy();
    expect(picture.gaps).toMatchObject([{ action: 'events:DescribeRule', why: 'unanswered' }]);
  });

  it('that does not answer at all is told', async () => {
    account.trouble = (action) => (action === 'elasticloadbalancing:DescribeTargetHealth' ? 'hang' : null);
    const own = clientsOf(2, unanswered);
    const { picture, here } = await read(own);
    own.destroy();
    expect(picture.gaps).toMatchObject([
      { action: 'elasticloadbalancing:DescribeTargetHealth', why: 'unanswered' },
    ]);
    expect(here.targetGroups).toMatchObject([{ targets: null, deregistrationMs: 60_000 }]);
  });

  it('of a whole region is one silence, and nothing more is asked', async () => {
    account.trouble = () => 'reset';
    const { picture, here } = await read();
    expect(here).toMatchObject({ answers: false, groups: null });
    expect(picture.gaps.map((gap) => [gap.action, gap.why])).toEqual([
      ['sts:GetCallerIdentity', 'unanswered'],
      ['autoscaling:DescribeAutoScalingGroups', 'unanswered'],
    ]);
    expect(picture.names).toEqual([]);
  });

  it('of a region that is not enabled is one refusal, and nothing more is asked', async () => {
    account.trouble = (_, __, call) => refusedAs(call, 'InvalidClientTokenId', 'the token is invalid', 403);
    const { picture, here } = await read();
    expect(here.answers).toBe(false);
    expect(picture.gaps.map((gap) => gap.why)).toEqual(['refused', 'refused']);
  });

  it('that refuses the account says what it says', async () => {
    account.trouble = (action, _, call) =>
      action.startsWith('ec2:') ? refusedAs(call, 'OptInRequired', 'the region is not enabled', 403) : null;
    const { picture } = await read();
    expect(picture.gaps[0]).toMatchObject({
      why: 'refused',
      text: expect.stringContaining('is not enabled'),
    });
  });
});

describe('what is not there', () => {
  it('is absent, and no gap', async () => {
    const own = /^(dynamodb|lambda|states|events):(?!GetAccountSettings)/;
    account.trouble = (action, _, call) => {
      if (action === 'sns:GetTopicAttributes') return refusedAs(call, 'NotFound', 'no such topic', 404);
      if (action === 'states:DescribeStateMachine')
        return refusedAs(call, 'StateMachineDoesNotExist', 'State Machine Does Not Exist', 400);
      if (action === 'scheduler:ListSchedules') return json({ Schedules: [] });
      return own.test(action) ? refusedAs(call, 'ResourceNotFound', 'not found', 404) : null;
    };
    const { picture, here } = await read();
    expect(picture.gaps).toEqual([]);
    expect(new Set(here.cell.parts.map((p) => p.state))).toEqual(new Set(['absent']));
    expect(here.eventBus).toBe('absent');
    expect(here.cell.parts).toHaveLength(1 + 10 + 2 + 4 + 4 + 1 + 3);
    expect(here.cell.observations).toEqual([]);
  });

  it('of a name is said in words', async () => {
    account.trouble = (action) => {
      if (action !== 'route53:ListHostedZonesByName') return null;
      const reply = good[action]({ action: '', method: '', path: '', headers: {}, body: '' });
      return typeof reply === 'string' ? null : { ...reply, body: reply.body.replace('llm.test.', 'other.') };
    };
    const { picture } = await read();
    expect(picture.gaps).toEqual([]);
    expect(picture.names).toMatchObject([
      { zoneProblem: 'no public hosted zone of this account holds llm.test', records: null },
    ]);
  });

  it('of a health check is a check that is absent', async () => {
    account.trouble = (action, _, call) =>
      action === 'route53:GetHealthCheck' ? refusedAs(call, 'NoSuchHealthCheck', 'gone', 404) : null;
    const { picture } = await read();
    expect(picture.names[0]?.checks).toMatchObject([{ id: 'check-1', absent: true }]);
  });
});

test('the policy reads, and narrows what it can', () => {
  const policy = policyOf('blue', partitionOf('cn-north-1'));
  for (const action of policy.Statement.flatMap((s) => s.Action))
    expect(action).toMatch(/:(Describe|Get|List|Query)/);
  expect(policy.Statement).toContainEqual({
    Effect: 'Allow',
    Action: ['dynamodb:Query'],
    Resource: 'arn:aws-cn:dynamodb:*:*:table/evac-blue-store',
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['observation#*', 'pauses'] } },
  });
});
