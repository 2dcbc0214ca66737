import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { Clients } from '@evac/aws';
import type { RegionName } from '@evac/core';
import type { AwsProxy, AwsReply, Interference } from './proxy.ts';

export const dnsName = 'chat.evac.test';

interface HostedZone {
  id: string;
  /** The region that each health check is about. */
  checks: Map<string, RegionName>;
}

/** A weighted alias a region, each with an inverted check of the switch that lives in the other one. */
export async function createZone(
  clients: Clients,
  regions: readonly { name: RegionName; weight: number }[],
): Promise<HostedZone> {
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

export async function readWeights(clients: Clients, zone: string): Promise<Map<string, number>> {
  const list = new ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordName: dnsName });
  const { ResourceRecordSets = [] } = await clients.get(Route53Client).send(list);
  return new Map(
    ResourceRecordSets.flatMap((set) => (set.SetIdentifier ? [[set.SetIdentifier, set.Weight ?? 0]] : [])),
  );
}

/** Whether the switch about a region was last written on, wherever it lives. */
export function isOut(proxy: AwsProxy, region: RegionName): boolean {
  const written = proxy.calls.findLast(
    ({ action, body }) =>
      action === 'PutItem' && body.includes(`"switch#`) && body.includes(`"S":"${region}"`),
  );
  return written?.body.includes('"on":{"BOOL":true}') ?? false;
}

/** What Route 53's checkers see of the switches; moto's see success in everything. */
export function checkers(proxy: AwsProxy, { checks }: HostedZone): Interference {
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

export function xml(body: string, status = 200): AwsReply {
  return { status, body, headers: { 'content-type': 'text/xml' } };
}
