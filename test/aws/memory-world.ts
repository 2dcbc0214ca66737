import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { type Clients, createClients, createDns, createStore, createSwitch } from '@evac/aws';
import { type CloudPorts, type RegionName, regionName } from '@evac/core';
import { seededRandom } from '@evac/sim';
import { createTestClock } from '../../packages/aws/src/testing/clock.ts';
import { settings } from '../../packages/core/src/testing/snapshot.ts';
import { recordsInPlay } from '../../packages/sim/src/cloud/weighted.ts';
import { startDns } from '../../packages/sim/src/live/dns/server.ts';
import type { ContractWorld } from '../contract/world.ts';
import type { Moto } from './moto.ts';
import { type AwsProxy, type Interference, startProxy } from './proxy.ts';

/** The ports of what a cell remembers, and of what its name answers. */
type MemoryPorts = Pick<CloudPorts, 'store' | 'switch' | 'dns'>;

export interface MemoryWorld extends ContractWorld<keyof MemoryPorts> {
  proxy: AwsProxy;
}

const dnsName = 'chat.evac.test';
const table = 'evac';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const home = { name: regionName('us-west-2'), host: '127.0.0.2', weight: 100 };
const away = { name: regionName('eu-west-1'), host: '127.0.0.3', weight: 0 };
const regions = [home, away];

/** Two regions on moto, a table in each and one hosted zone, whose answers a real DNS server gives. */
export async function createMemoryWorld(moto: Moto): Promise<MemoryWorld> {
  await moto.reset();
  const clock = createTestClock();
  const proxy = await startProxy(moto.url);
  const inTurn = turns();
  const clientsOf = (region: RegionName) =>
    inTurn(createClients({ region, endpoint: proxy.url, credentials }));
  const clients = new Map(regions.map(({ name }) => [name, clientsOf(name)]));
  for (const own of clients.values()) await createTable(own);
  const route53 = clientsOf(home.name);
  const zone = await createZone(route53);
  proxy.interferences.push(checkers(proxy, zone.checks), unknownChanges);

  let weights = await readWeights(route53, zone.id);
  let changesRead = 0;
  const server = await startDns(
    {
      name: dnsName,
      ttlMs: 30_000,
      random: seededRandom(1),
      records: () =>
        recordsInPlay(
          regions.map(({ name }) => ({
            region: name,
            weight: weights.get(name) ?? 0,
            healthy: !isOut(proxy, name),
          })),
        ),
      regions: regions.map(({ name, host }) => ({ region: name, host, port: 80 })),
    },
    '127.0.0.1',
  );
  const service = settings({
    dns: { name: dnsName, control: 'switch', ttlMs: 30_000 },
    regions: regions.map(({ name, host, weight }) => ({
      region: name,
      weight,
      groups: [],
      endpoint: `http://${host}`,
      zones: [],
    })),
  });
  const names = {
    serversOf: async () => [`${server.host}:${server.port}`],
    addressesOf: async () => [],
  };
  const ports = (region: RegionName): MemoryPorts => {
    const own = clients.get(region);
    if (!own) throw new Error(`no region ${region}`);
    const context = { clients: own, services: [service], clock };
    return {
      store: createStore(context, table),
      switch: createSwitch(context, table),
      dns: createDns(context, { names }),
    };
  };
  const notHere = () => Promise.reject(new Error('this world has no nodes'));
  return {
    proxy,
    service: service.name,
    home: { name: home.name, zones: [], ports: ports(home.name) },
    away: { name: away.name, zones: [], ports: ports(away.name) },
    unitMs: 1_000,
    shift: { minMs: 0, maxMs: 0 },
    now: clock.now,
    async pass(ms) {
      clock.pass(ms);
      const changes = proxy.calls.filter((c) => c.method === 'POST' && c.path.includes('/rrset')).length;
      if (changes > changesRead) weights = await readWeights(route53, zone.id);
      changesRead = changes;
    },
    setCapacity: notHere,
    setAnswering: notHere,
    setReachable: notHere,
    restarts: notHere,
    request: notHere,
    async close() {
      for (const own of [...clients.values(), route53]) own.destroy();
      await Promise.all([server.close(), proxy.close()]);
    },
  };
}

/**
 * One request at a time: moto keeps a transaction's tables by copying them, and one that is refused puts back a copy
 * without what others have written in the meantime.
 */
function turns(): (clients: Clients) => Clients {
  let last: Promise<unknown> = Promise.resolve();
  return (clients) => ({
    ...clients,
    call(what, send, limitMs) {
      const next = last.then(() => clients.call(what, send, limitMs));
      last = next.catch(() => undefined);
      return next;
    },
  });
}

export async function createTable(clients: Clients, name = table): Promise<void> {
  const dynamoDb = clients.get(DynamoDBClient);
  await dynamoDb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  await dynamoDb.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
    }),
  );
}

/** A weighted alias a region, each with an inverted check of the switch that lives in the other one. */
async function createZone(clients: Clients): Promise<{ id: string; checks: Map<string, RegionName> }> {
  const route53 = clients.get(Route53Client);
  const created = await route53.send(
    new CreateHostedZoneCommand({ Name: 'evac.test', CallerReference: 'evac' }),
  );
  const id = created.HostedZone?.Id ?? '';
  const checks = new Map<string, RegionName>();
  for (const { name, weight } of regions) {
    const check = await route53.send(
      new CreateHealthCheckCommand({
        CallerReference: name,
        HealthCheckConfig: {
          Type: 'HTTPS',
          FullyQualifiedDomainName: `switch.${name}.evac.test`,
          ResourcePath: '/',
          Inverted: true,
        },
      }),
    );
    const checkId = check.HealthCheck?.Id ?? '';
    checks.set(checkId, name);
    const set = {
      Name: dnsName,
      Type: 'A' as const,
      SetIdentifier: name,
      Weight: weight,
      HealthCheckId: checkId,
      AliasTarget: {
        HostedZoneId: 'Z1H1FL5HABSF5',
        DNSName: `llm.${name}.elb.amazonaws.com`,
        EvaluateTargetHealth: true,
      },
    };
    const change = {
      HostedZoneId: id,
      ChangeBatch: { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet: set }] },
    };
    await route53.send(new ChangeResourceRecordSetsCommand(change));
  }
  return { id, checks };
}

async function readWeights(clients: Clients, zone: string): Promise<Map<string, number>> {
  const list = new ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordName: dnsName });
  const { ResourceRecordSets = [] } = await clients.get(Route53Client).send(list);
  return new Map(
    ResourceRecordSets.flatMap((set) => (set.SetIdentifier ? [[set.SetIdentifier, set.Weight ?? 0]] : [])),
  );
}

/** Whether the switch about a region was last written on, wherever it lives. */
function isOut(proxy: AwsProxy, region: RegionName): boolean {
  const written = proxy.calls.findLast(
    ({ action, body }) =>
      action === 'PutItem' && body.includes(`"switch#`) && body.includes(`"S":"${region}"`),
  );
  return written?.body.includes('"on":{"BOOL":true}') ?? false;
}

/** What Route 53's checkers see of the switches; moto's see success in everything. */
function checkers(proxy: AwsProxy, checks: Map<string, RegionName>): Interference {
  return ({ path }) => {
    const id = /\/healthcheck\/([^/]+)\/status/.exec(path)?.[1];
    const region = checks.get(id ?? '');
    if (!region) return null;
    const status = isOut(proxy, region)
      ? 'Success: HTTP Status Code 200, OK'
      : 'Failure: HTTP Status Code 503';
    const seen = `<HealthCheckObservation><StatusReport><Status>${status}</Status></StatusReport></HealthCheckObservation>`;
    return xml(
      `<GetHealthCheckStatusResponse><HealthCheckObservations>${seen}</HealthCheckObservations></GetHealthCheckStatusResponse>`,
    );
  };
}

/** moto knows every change. */
const unknownChanges: Interference = ({ path }) =>
  path.endsWith('/change/C0000000000000')
    ? xml(
        '<ErrorResponse><Error><Code>NoSuchChange</Code><Message>none</Message></Error></ErrorResponse>',
        404,
      )
    : null;

function xml(body: string, status = 200) {
  return { status, body, headers: { 'content-type': 'text/xml' } };
}
