import { AutoScalingClient, CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateDocumentCommand, ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  type Clients,
  createBalancer,
  createClients,
  createRestart,
  createTrafficReader,
  createZonalShift,
  restartDocument,
} from '@evac/aws';
import { createFleet } from '@evac/aws/fleet';
import type { Clock, CloudPorts, RegionName, ServiceSettings, ZoneId, ZoneName } from '@evac/core';
import { regionName, zoneId, zoneName } from '@evac/core';
import { settings } from '../../packages/core/src/testing/snapshot.ts';
import type { ContractWorld } from '../contract/world.ts';
import { createArc } from './arc.ts';
import { createFront } from './front.ts';
import type { Moto } from './moto.ts';
import { type AwsProxy, type Interference, startProxy } from './proxy.ts';

/** The ports of a region's Auto Scaling, load balancers and nodes. */
type FleetPorts = Pick<CloudPorts, 'fleet' | 'balancer' | 'zonalShift' | 'restart'>;

export interface MotoRegion {
  name: RegionName;
  clients: Clients;
  zones: { name: ZoneName; id: ZoneId; subnet: string }[];
  group: string;
  targetGroup: string;
  loadBalancer: string;
}

export interface MotoWorld extends ContractWorld<keyof FleetPorts> {
  proxy: AwsProxy;
  services: ServiceSettings[];
  clock: Clock;
  regions: { home: MotoRegion; away: MotoRegion };
}

/** A health check's second: the world's own time, which passes only when the test says so. */
const unitMs = 1_000;
export const document = 'evac-restart';
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/**
 * Two regions on moto, each with a service behind a load balancer; the first has six nodes in three zones. `inTheWay`
 * meets the ports' calls, and not what the world itself asks of moto.
 */
export async function createMotoWorld(moto: Moto, inTheWay: Interference[] = []): Promise<MotoWorld> {
  await moto.reset();
  // Ahead of moto's own stamps, so that nothing was launched in the future.
  let time = Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000;
  await moto.setTime(time);
  const clock: Clock = {
    now: () => time,
    async sleep(ms) {
      time += ms;
      await moto.setTime(time);
    },
  };
  const proxy = await startProxy(moto.url);
  proxy.interferences.push(...inTheWay, createArc(clock.now), unknownActions);
  const home = await createRegion(regionName('us-west-2'), moto.url, 6);
  const away = await createRegion(regionName('eu-west-1'), moto.url, 2);
  const service = settings({
    regions: [home, away].map(({ name, group, zones }, i) => ({
      region: name,
      weight: i === 0 ? 100 : 0,
      groups: [group],
      endpoint: `https://${name}.evac.test`,
      zones: zones.map((zone) => ({ name: zone.name, id: zone.id })),
    })),
  });
  const services = [service];
  // What is never answered is waited for, and there is some of it in the way.
  const attemptMs = inTheWay.length > 0 ? 1_000 : 20_000;
  const asked = [home, away].map(({ name }) =>
    createClients({ region: name, endpoint: proxy.url, credentials, connectMs: 10_000, attemptMs }),
  );
  const ports = (region: RegionName): FleetPorts => {
    const clients = asked.find((c) => c.region === region);
    if (!clients) throw new Error(`no region ${region} here`);
    const context = { clients, services, clock };
    return {
      fleet: createFleet(context),
      balancer: createBalancer(context, createTrafficReader()),
      zonalShift: createZonalShift(context),
      restart: createRestart(context, { document }),
    };
  };
  const tagged = (id: string, Key: string, Value: string) =>
    home.clients.get(EC2Client).send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));
  return {
    proxy,
    services,
    clock,
    regions: { home, away },
    service: service.name,
    home: { name: home.name, zones: home.zones, ports: ports(home.name) },
    away: { name: away.name, zones: away.zones, ports: ports(away.name) },
    unitMs,
    shift: { minMs: 60_000, maxMs: 72 * 3_600_000 },
    now: clock.now,
    pass: (ms) => clock.sleep(ms),
    async setCapacity(zone, plenty) {
      const subnet = home.zones.find((z) => z.name === zone)?.subnet ?? '';
      await tagged(subnet, 'sim:capacity', plenty ? 'plenty' : 'none');
    },
    async setAnswering(node, ok) {
      await tagged(node, 'sim:answering', ok ? 'yes' : 'no');
    },
    async setReachable(node, ok) {
      await tagged(node, 'sim:reachable', ok ? 'yes' : 'no');
    },
    async restarts(node) {
      const command = new ListCommandsCommand({ InstanceId: node });
      return ((await home.clients.get(SSMClient).send(command)).Commands ?? []).length;
    },
    request: (ask) => count(home, time, ask),
    async close() {
      for (const clients of [home.clients, away.clients, ...asked]) clients.destroy();
      await proxy.close();
    },
  };
}

/** As AWS answers what a region does not have; moto answers with a page of HTML. */
export function unknownActions({ action }: { action: string }) {
  if (action !== 'LaunchInstances') return null;
  const error = `<Error><Code>InvalidAction</Code><Message>The action ${action} is not valid</Message></Error>`;
  return {
    status: 400,
    body: `<ErrorResponse>${error}</ErrorResponse>`,
    headers: { 'content-type': 'text/xml' },
  };
}

/** A region with a service behind a load balancer, of so many nodes in three zones; asked for directly, not over the proxy. */
export async function createRegion(name: RegionName, endpoint: string, size: number): Promise<MotoRegion> {
  const clients = createClients({
    region: name,
    endpoint,
    credentials,
    connectMs: 10_000,
    attemptMs: 20_000,
  });
  const ec2 = clients.get(EC2Client);
  const group = `llm-${name}`;
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const zones = Subnets.map((s) => ({
    name: zoneName(s.AvailabilityZone ?? ''),
    id: zoneId(s.AvailabilityZoneId ?? ''),
    subnet: s.SubnetId ?? '',
  }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .slice(0, 3);
  const subnets = zones.map((z) => z.subnet);
  const { targetGroup, loadBalancer } = await createFront(clients, group, subnets, Subnets[0]?.VpcId ?? '');
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: group,
      LaunchTemplateData: { ImageId: 'ami-12c6146b', InstanceType: 't3.micro' },
    }),
  );
  await clients.get(AutoScalingClient).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: group,
      MinSize: 2,
      MaxSize: 8,
      DesiredCapacity: size,
      LaunchTemplate: { LaunchTemplateName: group },
      VPCZoneIdentifier: subnets.join(','),
      TargetGroupARNs: [targetGroup],
    }),
  );
  await clients.get(SSMClient).send(
    new CreateDocumentCommand({
      Name: document,
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      Content: JSON.stringify(restartDocument('systemctl restart llm')),
    }),
  );
  return { name, clients, zones, group, targetGroup, loadBalancer };
}

/** As ELB would publish it, a minute ago. */
async function count(
  { clients, targetGroup, loadBalancer }: MotoRegion,
  now: number,
  { zone, ok, latencyMs }: { zone: ZoneName; ok: boolean; latencyMs: number },
): Promise<void> {
  const end = (arn: string) => arn.split(':').at(-1) ?? '';
  const Timestamp = new Date(Math.floor(now / 60_000) * 60_000 - 30_000);
  const whole = [
    { Name: 'TargetGroup', Value: end(targetGroup) },
    { Name: 'LoadBalancer', Value: end(loadBalancer).slice('loadbalancer/'.length) },
  ];
  const told = [
    { MetricName: 'RequestCount', Value: 1 },
    { MetricName: 'TargetResponseTime', Value: latencyMs / 1_000 },
    ...(ok ? [] : [{ MetricName: 'HTTPCode_Target_5XX_Count', Value: 1 }]),
  ];
  const by = (Dimensions: typeof whole) => told.map((datum) => ({ ...datum, Timestamp, Dimensions }));
  const command = new PutMetricDataCommand({
    Namespace: 'AWS/ApplicationELB',
    MetricData: [...by(whole), ...by([...whole, { Name: 'AvailabilityZone', Value: zone }])],
  });
  await clients.get(CloudWatchClient).send(command);
}
