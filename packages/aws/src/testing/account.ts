import { regionName, vantageId } from '@evac/core';
import { now } from '../../../core/src/testing/snapshot.ts';
import { type Action, actions } from '../doctor/actions.ts';
import { answer, ec2Answer, failure, group, json, loadBalancer, member, targetGroup } from './aws.ts';
import { service, startStoreWorld } from './store.ts';
import { type Stub, type StubAnswer, type StubCall, type StubReply, startStub } from './stub.ts';

/** Says how one action is answered; null: as usual. */
type Trouble = (action: Action, nth: number, call: StubCall) => StubReply | null;

export interface Account extends Stub {
  /** What was asked for, by the actions' names in IAM. */
  asked(): Action[];
  /** Asked before each answer. */
  trouble: Trouble;
  /** All well again, and nothing asked yet. */
  reset(): void;
}

export const stage = 'test';
export const region = regionName('us-west-2');
const accountId = '123456789012';
/** When the account answers: what its Date header says. */
export const date = new Date(now);

/** Services whose name in a signature is not the one in IAM. */
const services: Record<string, string> = { monitoring: 'cloudwatch' };
/** Operations whose name is not in the request. */
const paths: [RegExp, string][] = [
  [/\/hostedzonesbyname/, 'ListHostedZonesByName'],
  [/\/hostedzone\/[^/]+\/rrset/, 'ListResourceRecordSets'],
  [/\/healthcheck\/[^/]+\/status/, 'GetHealthCheckStatus'],
  [/\/healthcheck\/[^/]+$/, 'GetHealthCheck'],
  [/\/managedresources\//, 'GetManagedResource'],
  [/\/functions\/[^/]+\/configuration/, 'GetFunctionConfiguration'],
  [/\/functions\/[^/]+\/concurrency/, 'GetFunctionConcurrency'],
  [/\/event-source-mappings/, 'ListEventSourceMappings'],
  [/\/account-settings/, 'GetAccountSettings'],
  [/\/schedules$/, 'ListSchedules'],
  [/\/operation\/([A-Za-z]+)$/, ''],
];

/** A call by its name in IAM: by who signed it for what. */
export function iamActionOf({ action, headers }: Pick<StubCall, 'action' | 'headers'>): string {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const found = paths.find(([pattern]) => pattern.test(action));
  const operation = found ? found[1] || (/operation\/([A-Za-z]+)$/.exec(action)?.[1] ?? '') : action;
  return `${services[scope] ?? scope}:${operation}`;
}

function isAction(name: string): name is Action {
  return name in actions;
}

/** One region of an account in which a service runs and Evac is deployed, over the wire. */
export async function startAccount(): Promise<Account> {
  const world = await startStoreWorld();
  const { store, clock } = world;
  for (const vantage of ['out/us-west-2', 'in/us-west-2a'])
    await store.putObservation({
      service,
      vantage: vantageId(vantage),
      at: clock.now() - 2_000,
      outcomes: [],
    } as never);
  await store.addPause({ id: 'p1', reason: 'a big launch', by: 'me', until: null, service: null } as never);
  const times = new Map<string, number>();
  const stub = await startStub(async (call) => {
    const action = iamActionOf(call);
    const nth = (times.get(action) ?? 0) + 1;
    times.set(action, nth);
    if (!isAction(action)) return failure('InvalidAction', `there is no ${action} here`);
    const told = account.trouble(action, nth, call) ?? good[action](call);
    if (told !== 'memory') return dated(told);
    const { headers, body } = call;
    const reply = await fetch(world.db.url, {
      method: 'POST',
      headers: { 'x-amz-target': String(headers['x-amz-target']) },
      body,
    });
    return dated({ status: reply.status, body: await reply.text() });
  });
  const account: Account = {
    ...stub,
    trouble: () => null,
    reset() {
      account.trouble = () => null;
      times.clear();
      stub.calls.length = 0;
    },
    asked: () => [...new Set(stub.calls.map(iamActionOf))].filter(isAction).toSorted(),
  };
  return Object.assign(account, {
    async close() {
      await stub.close();
      await world.close();
    },
  });
}

function dated(reply: StubReply): StubReply {
  if (typeof reply === 'string') return reply;
  return { ...reply, headers: { ...reply.headers, date: date.toUTCString() } };
}

/** As each service says that something is not allowed. */
export function denied(call: StubCall): StubAnswer {
  return refusedAs(call, 'AccessDenied', 'you are not authorized to perform this', 403);
}

export function refusedAs(call: StubCall, code: string, message: string, status: number): StubAnswer {
  const action = iamActionOf(call);
  const isEc2 = action.startsWith('ec2:');
  const isJson = /^(dynamodb|lambda|scheduler|states|events|servicequotas|arc-zonal-shift|cloudwatch):/.test(
    action,
  );
  if (isEc2)
    return {
      status,
      body: `<Response><Errors><Error><Code>${code === 'AccessDenied' ? 'UnauthorizedOperation' : code}</Code><Message>${message}</Message></Error></Errors></Response>`,
    };
  if (!isJson) {
    const body = failure(code, message, status);
    return typeof body === 'string' ? { status, body: '' } : body;
  }
  return {
    status,
    body: JSON.stringify({ __type: `${code}Exception`, message }),
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': `${code}Exception` },
  };
}

const check = `<HealthCheckConfig><Type>HTTPS</Type><ResourcePath>/llm/us-west-2</ResourcePath><Inverted>true</Inverted><RequestInterval>10</RequestInterval><FailureThreshold>2</FailureThreshold></HealthCheckConfig>`;
const record = `<ResourceRecordSet><Name>llm.test.</Name><Type>CNAME</Type><SetIdentifier>us-west-2</SetIdentifier><Weight>100</Weight><TTL>30</TTL><ResourceRecords><ResourceRecord><Value>west.test</Value></ResourceRecord></ResourceRecords><HealthCheckId>check-1</HealthCheckId></ResourceRecordSet>`;

/** What each action answers where nothing is wrong. */
export const good: Record<Action, (call: StubCall) => StubReply | 'memory'> = {
  'sts:GetCallerIdentity': () =>
    answer('GetCallerIdentity', { Account: accountId, Arn: `arn:aws:iam::${accountId}:user/me` }),
  'autoscaling:DescribeAutoScalingGroups': () => groupsAnswer(),
  'ec2:DescribeAvailabilityZones': () =>
    ec2Answer('DescribeAvailabilityZones', {
      availabilityZoneInfo: ['a', 'b', 'c'].map((z) => ({
        zoneName: `us-west-2${z}`,
        zoneId: `usw2-az${z}`,
      })),
    }),
  'ec2:DescribeInstances': () =>
    ec2Answer('DescribeInstances', {
      reservationSet: [
        { instancesSet: [{ instanceType: 'g5.xlarge' }, { instanceType: 'g5.xlarge' }] },
        { instancesSet: [{ instanceType: 'p4d.24xlarge', instanceLifecycle: 'spot' }] },
      ],
    }),
  'ec2:DescribeInstanceTypes': ({ body }) =>
    ec2Answer('DescribeInstanceTypes', {
      instanceTypeSet: [...new URLSearchParams(body)]
        .filter(([key]) => key.startsWith('InstanceType.'))
        .map(([, type]) => ({
          instanceType: type,
          vCpuInfo: { defaultVCpus: type === 'p4d.24xlarge' ? 96 : 4 },
        })),
    }),
  'ec2:DescribeSubnets': () =>
    ec2Answer('DescribeSubnets', {
      subnetSet: ['a', 'b'].map((z) => ({
        subnetId: `subnet-${z}`,
        availabilityZone: `us-west-2${z}`,
        availableIpAddressCount: 251,
      })),
    }),
  'ec2:DescribeLaunchTemplateVersions': () =>
    ec2Answer('DescribeLaunchTemplateVersions', {
      launchTemplateVersionSet: [{ launchTemplateData: { instanceType: 'g6.xlarge' } }],
    }),
  'servicequotas:ListServiceQuotas': () =>
    json({
      Quotas: [
        { QuotaName: 'Running On-Demand G and VT instances', QuotaCode: 'L-DB2E81BA', Value: 64 },
        { QuotaName: 'EC2-VPC Elastic IPs', QuotaCode: 'L-0263D0A3', Value: 5 },
      ],
    }),
  'elasticloadbalancing:DescribeTargetGroups': () =>
    answer('DescribeTargetGroups', {
      TargetGroups: [
        {
          TargetGroupArn: targetGroup,
          TargetGroupName: 'llm',
          Port: 8_000,
          LoadBalancerArns: [loadBalancer],
        },
      ],
    }),
  'elasticloadbalancing:DescribeTargetGroupAttributes': () =>
    answer('DescribeTargetGroupAttributes', {
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '60' }],
    }),
  'elasticloadbalancing:DescribeTargetHealth': () =>
    answer('DescribeTargetHealth', {
      TargetHealthDescriptions: [{ Target: { Id: 'i-a1', Port: 8_000 }, TargetHealth: { State: 'healthy' } }],
    }),
  'elasticloadbalancing:DescribeLoadBalancers': () =>
    answer('DescribeLoadBalancers', {
      LoadBalancers: [
        {
          LoadBalancerArn: loadBalancer,
          LoadBalancerName: 'front',
          Type: 'application',
          Scheme: 'internet-facing',
          DNSName: 'front-1.us-west-2.elb.amazonaws.com',
          State: { Code: 'active' },
          AvailabilityZones: [{ ZoneName: 'us-west-2b' }, { ZoneName: 'us-west-2a' }],
        },
      ],
    }),
  'elasticloadbalancing:DescribeLoadBalancerAttributes': () =>
    answer('DescribeLoadBalancerAttributes', {
      Attributes: [{ Key: 'zonal_shift.config.enabled', Value: 'true' }],
    }),
  'elasticloadbalancing:DescribeAccountLimits': () =>
    answer('DescribeAccountLimits', { Limits: [{ Name: 'targets-per-target-group', Max: '1000' }] }),
  'arc-zonal-shift:GetManagedResource': () =>
    json({ zonalShifts: [{ awayFrom: 'usw2-azb', zonalShiftId: 's', expiryTime: 1 }], autoshifts: [] }),
  'cloudwatch:DescribeAlarms': ({ body }) => alarmsAnswer(body.includes('AlarmNamePrefix')),
  'cloudwatch:ListAlarmMuteRules': () =>
    json({
      AlarmMuteRuleSummaries: [{ AlarmMuteRuleArn: `arn:aws:cloudwatch:us-west-2:1:alarm-mute-rule:night` }],
    }),
  'cloudwatch:GetAlarmMuteRule': () =>
    json({ Name: 'night', MuteTargets: { AlarmNames: ['gpu-errors'] }, ExpireDate: 1_800_000_000 }),
  'route53:ListHostedZonesByName': () =>
    route53(
      'ListHostedZonesByNameResponse',
      '<HostedZones><HostedZone><Id>/hostedzone/Z1</Id><Name>llm.test.</Name><CallerReference>x</CallerReference></HostedZone></HostedZones><IsTruncated>false</IsTruncated><MaxItems>10</MaxItems>',
    ),
  'route53:ListResourceRecordSets': () =>
    route53(
      'ListResourceRecordSetsResponse',
      `<ResourceRecordSets>${record}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems>`,
    ),
  'route53:GetHealthCheck': () =>
    route53(
      'GetHealthCheckResponse',
      `<HealthCheck><Id>check-1</Id><CallerReference>x</CallerReference>${check}</HealthCheck>`,
    ),
  'route53:GetHealthCheckStatus': () =>
    route53(
      'GetHealthCheckStatusResponse',
      `<HealthCheckObservations>${['Failure: 404', 'Failure: 404', 'Success: 200', 'Failure: 404']
        .map(
          (status) =>
            `<HealthCheckObservation><StatusReport><Status>${status}</Status></StatusReport></HealthCheckObservation>`,
        )
        .join('')}</HealthCheckObservations>`,
    ),
  'dynamodb:DescribeTable': () =>
    json({
      Table: {
        TableStatus: 'ACTIVE',
        StreamSpecification: { StreamEnabled: true },
        DeletionProtectionEnabled: false,
      },
    }),
  'dynamodb:DescribeTimeToLive': () => json({ TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED' } }),
  'dynamodb:DescribeContinuousBackups': () =>
    json({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
      },
    }),
  'dynamodb:Query': () => 'memory',
  'lambda:GetFunctionConfiguration': () => json({ State: 'Active' }),
  'lambda:GetFunctionConcurrency': ({ path }) =>
    json(path.includes('evac-test-decide') ? { ReservedConcurrentExecutions: 0 } : {}),
  'lambda:ListEventSourceMappings': () => json({ EventSourceMappings: [{ State: 'Enabled' }] }),
  'states:DescribeStateMachine': () => json({ status: 'ACTIVE', stateMachineArn: 'x', name: 'x' }),
  'scheduler:ListSchedules': () =>
    json({
      Schedules: ['decide', 'discover', 'probe-outside-1', 'probe-outside-2'].map((name) => ({
        Name: `evac-test-${name}`,
        State: 'ENABLED',
      })),
    }),
  'lambda:GetAccountSettings': () =>
    json({ AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 900 } }),
  'events:DescribeEventBus': () => json({ Name: 'incidents' }),
  'events:DescribeRule': () => json({ State: 'ENABLED' }),
  'sns:GetTopicAttributes': () =>
    answer('GetTopicAttributes', {
      Attributes: { entry: { key: 'SubscriptionsConfirmed', value: '2' } },
    }),
};

export function groupsAnswer(change: Parameters<typeof group>[0] = {}, next?: string): StubReply {
  const LaunchTemplate = { LaunchTemplateId: 'lt-1', Version: '3' };
  const more = {
    HealthCheckType: 'EC2,ELB',
    HealthCheckGracePeriod: 300,
    LaunchTemplate,
    SuspendedProcesses: [{ ProcessName: 'AZRebalance' }],
    AvailabilityZoneImpairmentPolicy: {
      ZonalShiftEnabled: true,
      ImpairedZoneHealthCheckBehavior: 'IgnoreUnhealthy',
    },
    Instances: [
      member('i-a1', { InstanceType: 'g5.xlarge' }),
      member('i-b1', {
        InstanceType: 'g5.xlarge',
        AvailabilityZone: 'us-west-2b',
        LifecycleState: 'Pending',
      }),
    ],
  };
  return answer('DescribeAutoScalingGroups', {
    AutoScalingGroups: [group({ ...more, ...change })],
    NextToken: next,
  });
}

function alarmsAnswer(own: boolean): StubReply {
  const alarm = (AlarmName: string) => ({ AlarmName, StateValue: 'OK', ActionsEnabled: true });
  return json(
    own
      ? {
          MetricAlarms: [alarm('evac-test-decide-silent')],
          CompositeAlarms: [{ ...alarm('evac-test-llm-us-west-2a'), ActionsSuppressedBy: 'Alarm' }],
        }
      : { MetricAlarms: [{ ...alarm('gpu-errors'), ActionsEnabled: false }], CompositeAlarms: [] },
  );
}

function route53(root: string, content: string): StubReply {
  const xmlns = 'https://route53.amazonaws.com/doc/2013-04-01/';
  return {
    status: 200,
    body: `<?xml version="1.0"?><${root} xmlns="${xmlns}">${content}</${root}>`,
    headers: { 'content-type': 'text/xml' },
  };
}
