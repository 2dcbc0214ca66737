import {
  type RegionName,
  regionName,
  type ServiceName,
  serviceName,
  type ZoneName,
  zoneName,
} from '../ids.ts';
import type { ParsedConfig } from './schema.ts';

/** What only deploying needs to know. */
export interface Installation {
  /** Where the zones' vantages stand; a region that is not here has none but its own, outside the VPC. */
  networks: {
    region: RegionName;
    vpc: string;
    subnets: { zone: ZoneName; subnet: string }[];
    /** Empty where the subnets have a gateway endpoint to DynamoDB. */
    routeTables: string[];
    /** How many runs of a zone's probe share the targets of a round. */
    shards: number;
  }[];
  /** Hosted zones that are known, and whether the records in them are ours. */
  names: { service: ServiceName; name: string; zone: string; manage: boolean }[];
  /** Alarms of the user's own. */
  alarms: { service: ServiceName; region: RegionName; name: string }[];
  /** Null: nothing may be restarted. */
  restartCommand: string | null;
  /** Null: only people are told. */
  eventBus: string | null;
  tags: Record<string, string>;
}

export function installationOf({
  network,
  services,
  restartCommand,
  eventBus,
  tags,
}: ParsedConfig): Installation {
  const all = Object.entries(services);
  return {
    networks: Object.entries(network ?? {}).map(([region, { vpc, subnets, routeTables, shards }]) => ({
      region: regionName(region),
      vpc,
      subnets: Object.entries(subnets).map(([zone, subnet]) => ({ zone: zoneName(zone), subnet })),
      routeTables: routeTables ?? [],
      shards: shards ?? 1,
    })),
    names: all.flatMap(([service, { dns }]) =>
      dns?.zone === undefined
        ? []
        : [{ service: serviceName(service), name: dns.name, zone: dns.zone, manage: dns.manage ?? false }],
    ),
    alarms: all.flatMap(([service, { regions }]) =>
      regions.flatMap((region) =>
        (region.alarms ?? []).map((name) => ({
          service: serviceName(service),
          region: regionName(region.name),
          name,
        })),
      ),
    ),
    restartCommand: restartCommand ?? null,
    eventBus: eventBus ?? null,
    tags: tags ?? {},
  };
}
