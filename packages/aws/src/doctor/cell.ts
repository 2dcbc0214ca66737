import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Clock, ServiceSettings } from '@evac/core';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Clients } from '../clients.ts';
import { createStore } from '../store/store.ts';
import type { Action } from './actions.ts';
import type { Ask } from './ask.ts';
import type { CellNames } from './cell-names.ts';
import type { CellPicture, Part } from './picture.ts';

export interface CellRead {
  clients: Clients;
  ask: Ask;
  clock: Clock;
  names: CellNames;
  services: readonly ServiceSettings[];
  /** `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`; null where the account is not known. */
  arn: ((service: string, resource: string) => string) | null;
}

/** What is there of a region's cell, and what it last saw. */
export async function readCell(read: CellRead): Promise<CellPicture> {
  const table = await readTable(read);
  const parts = [
    ...table,
    ...(await each(read.names.functions, (name) => readFunction(read, name))),
    ...(await each(read.names.mapped, (name) => readMappings(read, name))),
    ...(await each(read.names.machines, (name) => readMachine(read, name))),
    ...(await readSchedules(read)),
    ...(await readRule(read)),
    ...(await each(read.names.topics, (name) => readTopic(read, name))),
  ];
  const filled = table.some(({ kind, state }) => kind === 'table' && state !== 'absent');
  return { parts, ...(filled ? await readMemory(read) : { observations: [], pauses: [] }) };
}

async function readTable(read: CellRead): Promise<Part[]> {
  const { clients, names } = read;
  const client = clients.get(DynamoDBClient);
  const input = { TableName: names.table };
  const name = names.table;
  const table = await look(read, 'dynamodb:DescribeTable', (options) =>
    client.send(new DescribeTableCommand(input), options),
  );
  if (table === null) return [];
  if (table === 'absent') return [{ kind: 'table', name, state: 'absent' }];
  const ttl = await look(read, 'dynamodb:DescribeTimeToLive', (options) =>
    client.send(new DescribeTimeToLiveCommand(input), options),
  );
  const backups = await look(read, 'dynamodb:DescribeContinuousBackups', (options) =>
    client.send(new DescribeContinuousBackupsCommand(input), options),
  );
  const { Table } = table;
  const known: [Part['kind'], string | null | undefined][] = [
    ['table', Table?.TableStatus],
    ['stream', Table?.StreamSpecification?.StreamEnabled ? 'ENABLED' : 'DISABLED'],
    ['protection', Table?.DeletionProtectionEnabled ? 'ENABLED' : 'DISABLED'],
    ['ttl', within(ttl, (told) => told.TimeToLiveDescription?.TimeToLiveStatus)],
    [
      'backups',
      within(
        backups,
        (told) =>
          told.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
      ),
    ],
  ];
  return known.flatMap(([kind, state]) => (state === null ? [] : [{ kind, name, state: state ?? '' }]));
}

/** Its configuration: GetFunction would tell where its code lies, too, and the headers that probes send lie in there. */
async function readFunction(read: CellRead, name: string): Promise<Part[]> {
  const client = read.clients.get(LambdaClient);
  const input = { FunctionName: name };
  const found = await look(read, 'lambda:GetFunctionConfiguration', (options) =>
    client.send(new GetFunctionConfigurationCommand(input), options),
  );
  if (found === null) return [];
  if (found === 'absent') return [{ kind: 'function', name, state: 'absent' }];
  const reserved = await look(read, 'lambda:GetFunctionConcurrency', (options) =>
    client.send(new GetFunctionConcurrencyCommand(input), options),
  );
  const concurrency = within(reserved, (told) => told.ReservedConcurrentExecutions);
  return [
    { kind: 'function', name, state: found.State ?? 'Active' },
    ...(concurrency === null || concurrency === undefined
      ? []
      : [{ kind: 'concurrency' as const, name, state: String(concurrency) }]),
  ];
}

/** What wakes a probe for its round, and the judgement when something was observed. */
async function readMappings(read: CellRead, name: string): Promise<Part[]> {
  const client = read.clients.get(LambdaClient);
  const found = await look(read, 'lambda:ListEventSourceMappings', async (options) => {
    const states: string[] = [];
    const pages = paginateListEventSourceMappings({ client }, { FunctionName: name }, options);
    for await (const page of pages)
      states.push(...(page.EventSourceMappings ?? []).map((mapping) => mapping.State ?? ''));
    return states;
  });
  if (found === null) return [];
  if (found === 'absent' || found.length === 0) return [{ kind: 'mapping', name, state: 'absent' }];
  return found.map((state) => ({ kind: 'mapping', name, state }));
}

async function readMachine(read: CellRead, name: string): Promise<Part[]> {
  const { clients, arn } = read;
  if (arn === null) return [];
  const command = new DescribeStateMachineCommand({
    stateMachineArn: arn('states', `stateMachine:${name}`),
    // Without what it runs.
    includedData: 'METADATA_ONLY',
  });
  const found = await look(read, 'states:DescribeStateMachine', (options) =>
    clients.get(SFNClient).send(command, options),
  );
  return part('machine', name, found, (told) => told.status);
}

async function readSchedules(read: CellRead): Promise<Part[]> {
  const { names } = read;
  const client = read.clients.get(SchedulerClient);
  const found = await look(read, 'scheduler:ListSchedules', async (options) => {
    const all: { name: string; state: string }[] = [];
    const pages = paginateListSchedules(
      { client },
      { GroupName: 'default', NamePrefix: names.prefix },
      options,
    );
    for await (const page of pages)
      all.push(...(page.Schedules ?? []).map(({ Name = '', State = '' }) => ({ name: Name, state: State })));
    return all;
  });
  if (found === null) return [];
  const listed = new Map(found === 'absent' ? [] : found.map((s) => [s.name, s.state]));
  return names.schedules.map((name) => ({ kind: 'schedule', name, state: listed.get(name) ?? 'absent' }));
}

async function readRule(read: CellRead): Promise<Part[]> {
  const name = read.names.rule;
  const found = await look(read, 'events:DescribeRule', (options) =>
    read.clients.get(EventBridgeClient).send(new DescribeRuleCommand({ Name: name }), options),
  );
  return part('rule', name, found, (told) => told.State);
}

async function readTopic(read: CellRead, name: string): Promise<Part[]> {
  const { clients, arn } = read;
  if (arn === null) return [];
  const command = new GetTopicAttributesCommand({ TopicArn: arn('sns', name) });
  const found = await look(read, 'sns:GetTopicAttributes', (options) =>
    clients.get(SNSClient).send(command, options),
  );
  return part('topic', name, found, (told) => told.Attributes?.SubscriptionsConfirmed);
}

async function readMemory({
  clients,
  ask,
  clock,
  names,
  services,
}: CellRead): Promise<Pick<CellPicture, 'observations' | 'pauses'>> {
  const store = createStore({ clients, clock }, names.table);
  return {
    observations: await ask('dynamodb:Query', () =>
      Promise.all(
        services.map(async ({ name: service }) => ({
          service,
          vantages: (await store.observations({ service })).map(({ vantage, at }) => ({ vantage, at })),
        })),
      ),
    ),
    pauses: await ask('dynamodb:Query', () => store.pauses()),
  };
}

/** One call; `absent` for what is not there, null for what is not told. */
function look<Answer>(
  { clients, ask }: CellRead,
  action: Action,
  send: (options: HttpHandlerOptions) => Promise<Answer>,
): Promise<Answer | 'absent' | null> {
  const what = action.split(':')[1] ?? action;
  return ask(action, () => clients.call(what, send), { absent: 'absent' as const });
}

function part<Answer extends object>(
  kind: Part['kind'],
  name: string,
  found: Answer | 'absent' | null,
  stateOf: (told: Answer) => string | undefined,
): Part[] {
  if (found === null) return [];
  return [{ kind, name, state: found === 'absent' ? 'absent' : (stateOf(found) ?? '') }];
}

function within<Answer extends object, Value>(
  found: Answer | 'absent' | null,
  of: (told: Answer) => Value,
): Value | null {
  return found === null || found === 'absent' ? null : of(found);
}

/** A few at once: the control planes of several services are asked, and none is in a hurry. */
async function each(names: readonly string[], read: (name: string) => Promise<Part[]>): Promise<Part[]> {
  return (await Promise.all(names.map(read))).flat();
}
