import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { Clients } from '@evac/aws';
import type { ServiceSettings } from '@evac/core';

/** A service's name as a deployment has it: weighted records, each with an inverted check of a switch. */
export interface MotoName {
  /** Changes the record of a region; the rest of it stays as it is. */
  setRecord(region: string, change: Partial<ResourceRecordSet>): Promise<void>;
  /** The health check of each region. */
  checks: Map<string, string>;
}

export async function createName(clients: Clients, service: ServiceSettings): Promise<MotoName> {
  const route53 = clients.get(Route53Client);
  const name = service.dns?.name ?? '';
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: name.split('.').slice(1).join('.'), CallerReference: 'zone' }),
  );
  const records = new Map<string, ResourceRecordSet>();
  const checks = new Map<string, string>();
  const put = (set: ResourceRecordSet) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: HostedZone?.Id,
        ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet: set }] },
      }),
    );
  for (const { region, weight, endpoint } of service.regions) {
    const { HealthCheck } = await route53.send(
      new CreateHealthCheckCommand({
        CallerReference: region,
        HealthCheckConfig: {
          Type: 'HTTPS',
          FullyQualifiedDomainName: 'switch.evac.test',
          ResourcePath: `/${service.name}/${region}`,
          Inverted: true,
          RequestInterval: 10,
          FailureThreshold: 2,
        },
      }),
    );
    checks.set(region, HealthCheck?.Id ?? '');
    const set: ResourceRecordSet = {
      Name: name,
      Type: 'CNAME',
      SetIdentifier: region,
      Weight: weight,
      TTL: (service.dns?.ttlMs ?? 0) / 1_000,
      ResourceRecords: [{ Value: new URL(endpoint).hostname }],
      HealthCheckId: HealthCheck?.Id,
    };
    records.set(region, set);
    await put(set);
  }
  return {
    checks,
    async setRecord(region, change) {
      const set = records.get(region);
      if (!set) throw new Error(`no record of ${region}`);
      const changed = { ...set, ...change };
      records.set(region, changed);
      await put(changed);
    },
  };
}
