import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { createStore } from '@evac/aws';
import { type CellNames, cellNames } from '@evac/aws/doctor';
import { type Clock, type ServiceSettings, vantageId } from '@evac/core';
import { createTable } from '../table.ts';
import { askAws } from '../workflow/plain-aws.ts';
import type { MotoRegion } from '../world.ts';

const account = '123456789012';
const role = `arn:aws:iam::${account}:role/evac`;

/** A call of moto that is a method and a path. */
async function rest(
  url: string,
  ask: { service: string; region: string; method: string; path: string },
  body?: object,
): Promise<void> {
  const scope = `Credential=test/20260101/${ask.region}/${ask.service}/aws4_request`;
  const response = await fetch(`${url}${ask.path}`, {
    method: ask.method,
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none` },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${ask.method} ${ask.path}: ${response.status} ${await response.text()}`);
}

/** A region's cell on moto, as far as the doctor looks at it, and the means to spoil and mend it. */
export interface MotoCell {
  names: CellNames;
  setSchedule(name: string, state: 'ENABLED' | 'DISABLED'): Promise<void>;
  setConcurrency(name: string, reserved: number | null): Promise<void>;
  setRule(state: 'Enable' | 'Disable'): Promise<void>;
  setBackups(on: boolean): Promise<void>;
  setActions(alarm: string, enabled: boolean): Promise<void>;
  removeFunction(name: string): Promise<void>;
  putFunction(name: string): Promise<void>;
  /** What the vantage outside of the VPC says at the clock's time. */
  observe(): Promise<void>;
  store: ReturnType<typeof createStore>;
}

export async function deployCell(
  url: string,
  { name: region, clients }: MotoRegion,
  stage: string,
  services: readonly ServiceSettings[],
  clock: Clock,
): Promise<MotoCell> {
  const names = cellNames({ stage, region, network: undefined, services });
  const dynamoDb = clients.get(DynamoDBClient);
  const store = createStore({ clients, clock }, names.table);
  const target = (service: string, action: string) => ({ service, region, target: action });

  const cell: MotoCell = {
    names,
    store,
    setSchedule: (name, State) => putSchedule('PUT', name, State),
    setConcurrency: (name, reserved) =>
      rest(
        url,
        {
          service: 'lambda',
          region,
          method: reserved === null ? 'DELETE' : 'PUT',
          path: `/2017-10-31/functions/${name}/concurrency`,
        },
        reserved === null ? undefined : { ReservedConcurrentExecutions: reserved },
      ),
    async setRule(how) {
      await askAws(url, target('events', `AWSEvents.${how}Rule`), { Name: names.rule });
    },
    async setBackups(on) {
      const specification = { PointInTimeRecoveryEnabled: on };
      await dynamoDb.send(
        new UpdateContinuousBackupsCommand({
          TableName: names.table,
          PointInTimeRecoverySpecification: specification,
        }),
      );
    },
    setActions: (alarm, enabled) => putAlarm(clients.get(CloudWatchClient), alarm, enabled),
    removeFunction: (name) =>
      rest(url, { service: 'lambda', region, method: 'DELETE', path: `/2015-03-31/functions/${name}` }),
    putFunction,
    async observe() {
      for (const service of services)
        await store.putObservation({
          service: service.name,
          vantage: vantageId(`out/${region}`),
          region,
          zone: null,
          at: clock.now(),
          blind: false,
          outcomes: [],
        });
    },
  };

  function putFunction(FunctionName: string): Promise<void> {
    const code = { ZipFile: 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==' };
    return rest(
      url,
      { service: 'lambda', region, method: 'POST', path: '/2015-03-31/functions' },
      { FunctionName, Role: role, Runtime: 'nodejs22.x', Handler: 'index.handler', Code: code },
    );
  }

  function putSchedule(method: 'POST' | 'PUT', name: string, State: string): Promise<void> {
    return rest(
      url,
      { service: 'scheduler', region, method, path: `/schedules/${name}` },
      {
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        State,
        Target: { Arn: `arn:aws:lambda:${region}:${account}:function:evac-${stage}-decide`, RoleArn: role },
      },
    );
  }

  await createTable(clients, names.table);
  await cell.setBackups(true);
  for (const name of names.functions) await putFunction(name);
  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
  for (const name of names.machines)
    await askAws(url, target('states', 'AWSStepFunctions.CreateStateMachine'), {
      name,
      roleArn: role,
      definition,
    });
  for (const name of names.schedules) await putSchedule('POST', name, 'ENABLED');
  await askAws(url, target('events', 'AWSEvents.PutRule'), {
    Name: names.rule,
    EventPattern: JSON.stringify({ source: ['aws.cloudwatch'] }),
    State: 'ENABLED',
  });
  for (const Name of names.topics) {
    await askAws(url, { service: 'sns', region, action: 'CreateTopic' }, { Name });
  }
  for (const name of names.alarms) await putAlarm(clients.get(CloudWatchClient), name);
  await cell.observe();
  return cell;
}

/** moto has no composite alarms; here all are of a metric. */
async function putAlarm(
  cloudWatch: CloudWatchClient,
  AlarmName: string,
  ActionsEnabled = true,
): Promise<void> {
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      ActionsEnabled,
      Namespace: 'Evac',
      MetricName: 'Some',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    }),
  );
}

/** IAM is of no region; Lambda on moto asks that the role be there. */
export async function createRole(url: string): Promise<void> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  await askAws(
    url,
    { service: 'iam', region: 'us-east-1', action: 'CreateRole' },
    { RoleName: 'evac', AssumeRolePolicyDocument: JSON.stringify(trust) },
  );
}
